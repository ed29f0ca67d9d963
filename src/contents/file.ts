/** Which files are taken: few kinds, told by their first bytes and never by what the sender says alone. */
import type { Rejection } from '../event-store/command-log.js';

export const MAX_FILE_BYTES = 5 * 1024 * 1024;

interface Kind {
  readonly mediaType: string;
  /** Bytes at an offset that all files of this kind have. */
  readonly signature: readonly (readonly [offset: number, bytes: string])[];
}

const KINDS: readonly Kind[] = [
  { mediaType: 'image/jpeg', signature: [[0, '\xff\xd8\xff']] },
  { mediaType: 'image/png', signature: [[0, '\x89PNG\r\n\x1a\n']] },
  {
    mediaType: 'image/webp',
    signature: [
      [0, 'RIFF'],
      [8, 'WEBP'],
    ],
  },
  { mediaType: 'application/pdf', signature: [[0, '%PDF-']] },
];

/** The media type that the first bytes tell, of those that are allowed. @see https://mimesniff.spec.whatwg.org/#matching-an-image-type-pattern */
export function sniffMediaType(bytes: Uint8Array): string | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, 16));
  return KINDS.find((kind) => kind.signature.every(([at, expected]) => head.startsWith(expected, at)))
    ?.mediaType;
}

/** Rejects with `file-empty`, `file-too-large`, `file-type-not-allowed` or `file-type-mismatch`. */
export function fileProblem(
  file: { mediaType: string; bytes: Uint8Array },
  maxBytes = MAX_FILE_BYTES,
): Rejection | undefined {
  if (file.bytes.length === 0) return { rejected: 'file-empty' };
  if (file.bytes.length > maxBytes) return { rejected: 'file-too-large', detail: { max: maxBytes } };
  const found = sniffMediaType(file.bytes);
  if (found === undefined || !KINDS.some((kind) => kind.mediaType === file.mediaType)) {
    return { rejected: 'file-type-not-allowed' };
  }
  return found === file.mediaType
    ? undefined
    : { rejected: 'file-type-mismatch', detail: { found, declared: file.mediaType } };
}
