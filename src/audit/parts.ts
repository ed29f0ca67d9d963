/** Byte strings of any length in one block, each behind its length in four bytes. */
const HEAD = 4;

export function partsOf(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let length = 0;
  for (const part of parts) length += HEAD + part.length;
  const block = new Uint8Array(length);
  const lengths = new DataView(block.buffer);
  let at = 0;
  for (const part of parts) {
    lengths.setUint32(at, part.length);
    block.set(part, at + HEAD);
    at += HEAD + part.length;
  }
  return block;
}

/** Views of the block, no copies. */
export function partsIn(block: Uint8Array): Uint8Array[] {
  const lengths = new DataView(block.buffer, block.byteOffset);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < block.length;) {
    const start = at + HEAD;
    at = start + lengths.getUint32(at);
    parts.push(block.subarray(start, at));
  }
  return parts;
}
