/** Photos that came with a form: kept, or told in words why not. */
import { createHash } from 'node:crypto';
import { isRejection } from '../event-store/command-log.js';
import type { Sender } from '../photos/photo-limits.js';
import type { Photos } from '../photos/photos.js';
import type { FormFile } from '../rest/forms.js';

/** @returns ids in order, or the code of what is wrong. @throws Overloaded */
export async function keepPhotos(
  photos: Photos,
  files: readonly FormFile[],
  sender: Sender,
): Promise<{ ids: string[] } | { refused: string }> {
  try {
    const refs = await photos.add(
      files.filter(({ field }) => field === 'photo'),
      sender,
    );
    return isRejection(refs) ? { refused: refs.rejected } : { ids: refs.map(({ id }) => id) };
  } catch (error) {
    // One can go on without.
    if ((error as { code?: string }).code === 'photos-too-many') return { refused: 'photos-too-many' };
    throw error;
  }
}

/** By what was sent, not by what was made of it: a form that is sent again is the same. */
export function digestsOf(files: readonly FormFile[]): string[] {
  return files.map(({ bytes }) => createHash('sha256').update(bytes).digest('base64url'));
}
