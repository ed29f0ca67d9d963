/**
 * The one form of tar that a bundle has: plain files in the `ustar` format, with nothing in a header that is not needed, so
 * that the same files are the same bytes everywhere. The reader refuses every other form.
 *
 * @see POSIX.1-2017, pax, "ustar Interchange Format"
 */
import { concat, equalBytes, toHex, utf8 } from '../bytes.js';

export interface TarMember {
  name: string;
  bytes: Uint8Array;
}

export type TarFault =
  | 'archive-cut'
  | 'archive-compressed'
  | 'archive-header-malformed'
  | 'archive-name-unsafe'
  | 'archive-member-too-large'
  | 'archive-padding-wrong'
  | 'archive-goes-on';

/** Thrown by the reader at the first thing that is not as it must be. */
export class BadArchive extends Error {
  constructor(
    readonly code: TarFault,
    /** The member before which, or in which, it is. */
    readonly member: string | undefined,
  ) {
    super(`${code}${member === undefined ? '' : ` at ${member}`}`);
    this.name = 'BadArchive';
  }
}

const BLOCK = 512;
const NAME_BYTES = 100;
const SIZE_AT = 124;
const CHECKSUM_AT = 148;
/** Above the largest entry bundle (256 events of 60,000 bytes) and the manifest of millions of events. */
export const MAX_MEMBER_BYTES = 64_000_000;
/** No part is empty, `.` or `..`; nothing else than these characters, so that a name means the same on every system. */
const NAME = /^(?!\.{1,2}(?:\/|$))[A-Za-z0-9._@-]+(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._@-]+)*$/;

/** Whether a name may stand in an archive. */
export function isSafeName(name: string): boolean {
  return name.length <= NAME_BYTES && NAME.test(name);
}

/** The header of a file. @throws RangeError for a name or a size that no archive of ours has */
export function tarHeader(name: string, size: number): Uint8Array {
  if (!isSafeName(name) || size > MAX_MEMBER_BYTES) throw new RangeError('Not a member of an archive');
  const header = new Uint8Array(BLOCK);
  const put = (text: string, at: number) => header.set(utf8(text), at);
  put(name, 0);
  put('0000644\0', 100);
  put('0000000\0', 108);
  put('0000000\0', 116);
  put(`${size.toString(8).padStart(11, '0')}\0`, SIZE_AT);
  put('00000000000\0', 136);
  put(' '.repeat(8), CHECKSUM_AT);
  put('0', 156);
  put('ustar\0' + '00', 257);
  put('0000000\0', 329);
  put('0000000\0', 337);
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, '0')}\0 `, CHECKSUM_AT);
  return header;
}

/** What follows a file of a size, up to the next header. */
export function tarPadding(size: number): Uint8Array {
  return new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK);
}

/** What ends an archive. */
export function tarEnd(): Uint8Array {
  return new Uint8Array(2 * BLOCK);
}

/** Reads an archive as it comes, one member in memory at a time. @throws BadArchive */
export async function* readTar(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<TarMember> {
  const source = new Source(chunks);
  let before: string | undefined;
  for (;;) {
    const header = await source.take(BLOCK);
    if (header === undefined) throw new BadArchive('archive-cut', before);
    if (header.every((byte) => byte === 0)) break;
    if (before === undefined && isCompressed(header)) throw new BadArchive('archive-compressed', undefined);
    const { name, size } = readHeader(header, before);
    before = name;
    const bytes = await source.take(size);
    const padding = await source.take(tarPadding(size).length);
    if (bytes === undefined || padding === undefined) throw new BadArchive('archive-cut', name);
    if (padding.some((byte) => byte !== 0)) throw new BadArchive('archive-padding-wrong', name);
    yield { name, bytes };
  }
  const last = await source.take(BLOCK);
  if (last === undefined) throw new BadArchive('archive-cut', before);
  if (last.some((byte) => byte !== 0)) throw new BadArchive('archive-padding-wrong', before);
  if ((await source.take(1)) !== undefined) throw new BadArchive('archive-goes-on', before);
}

/** How files begin that somebody packed: gzip, Zstandard (RFC 8878), xz, bzip2, zip. */
const PACKED = ['1f8b', '28b52ffd', 'fd377a585a00', '425a68', '504b0304'];

/** Whoever packed a bundle to send it is told so. The first name in a bundle begins like none of these. */
function isCompressed(header: Uint8Array): boolean {
  const start = toHex(header.subarray(0, 6));
  return PACKED.some((magic) => start.startsWith(magic));
}

function readHeader(header: Uint8Array, before: string | undefined): { name: string; size: number } {
  const text = String.fromCharCode(...header);
  const end = text.indexOf('\0');
  const name = text.slice(0, Math.min(end === -1 ? NAME_BYTES : end, NAME_BYTES));
  const [, octal] = /^([0-7]{11})\0$/.exec(text.slice(SIZE_AT, SIZE_AT + 12)) ?? [];
  if (octal === undefined) throw new BadArchive('archive-header-malformed', before);
  if (!isSafeName(name)) throw new BadArchive('archive-name-unsafe', before);
  const size = Number.parseInt(octal, 8);
  if (size > MAX_MEMBER_BYTES) throw new BadArchive('archive-member-too-large', name);
  // Whatever else a header can say (links, owners, times, longer names) is not said.
  if (!equalBytes(tarHeader(name, size), header)) throw new BadArchive('archive-header-malformed', name);
  return { name, size };
}

/** Bytes by count, out of pieces of any length. */
class Source {
  readonly #iterator: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  #held: Uint8Array = new Uint8Array();

  constructor(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
    this.#iterator =
      Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();
  }

  /** Exactly so many bytes; `undefined` where there are not so many any more. */
  async take(length: number): Promise<Uint8Array | undefined> {
    const pieces: Uint8Array[] = [];
    let missing = length;
    while (missing > 0) {
      if (this.#held.length === 0) {
        const next = await this.#iterator.next();
        if (next.done === true) return undefined;
        this.#held = next.value;
        continue;
      }
      const piece = this.#held.subarray(0, missing);
      this.#held = this.#held.subarray(piece.length);
      missing -= piece.length;
      pieces.push(piece);
    }
    return pieces.length === 1 ? pieces[0] : concat(...pieces);
  }
}
