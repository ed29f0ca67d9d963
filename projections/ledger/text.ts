/** Bytes that must be text. */

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Exactly what the bytes say in UTF-8, a byte-order mark as well; `undefined` where they are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** UTF-8 without control characters but newlines, as notes and what is built on them are; `undefined` for all else. */
export function textOf(bytes: Uint8Array): string | undefined {
  const text = decodeUtf8(bytes);
  return text === undefined || /[\u0000-\u0009\u000b-\u001f]/.test(text) ? undefined : text;
}
