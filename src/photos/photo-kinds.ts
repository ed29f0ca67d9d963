/** Which files can be photos, told by their first bytes. Pure. */
import { fileProblem, MAX_FILE_BYTES, sniffMediaType } from '../contents/file.js';
import type { Rejection } from '../event-store/command-log.js';

export const MAX_PHOTO_BYTES = MAX_FILE_BYTES;

/** A file as it was sent. */
export interface SentFile {
  readonly bytes: Uint8Array;
  /** As its sender declares it; nothing, or what says nothing, is no claim. */
  readonly mediaType?: string;
}

const KINDS = ['image/jpeg', 'image/png', 'image/webp'];
const NO_CLAIM = 'application/octet-stream';
/** Brands of HEIF files in which telephones keep photos. @see ISO/IEC 23008-12, annex B */
const HEIC = /^ftyp(heic|heix|heim|heis|hevc|hevx|mif1|msf1)$/;

/**
 * Rejects with `file-empty`, `file-too-large`, `photo-is-heic`, `photo-type-not-allowed` or, where the sender declares another
 * kind, `file-type-mismatch`.
 */
export function photoProblem({ bytes, mediaType = NO_CLAIM }: SentFile): Rejection | undefined {
  const found = sniffMediaType(bytes);
  const problem = fileProblem({ bytes, mediaType: found ?? '' }, MAX_PHOTO_BYTES);
  if (problem !== undefined && problem.rejected !== 'file-type-not-allowed') return problem;
  if (found === undefined || !KINDS.includes(found)) {
    return { rejected: HEIC.test(brandOf(bytes)) ? 'photo-is-heic' : 'photo-type-not-allowed' };
  }
  const declared = mediaType.split(';', 1)[0]?.trim().toLowerCase().replace('image/jpg', 'image/jpeg');
  if (declared === NO_CLAIM || declared === found) return undefined;
  return { rejected: 'file-type-mismatch', detail: { found, declared: declared ?? '' } };
}

function brandOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(4, 12));
}
