/** Small files that must never be half old and half new. */
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from './sync-folder.js';

/** Whole or not at all, and durable when it resolves. One writer at a time. @param mode for its owner alone by default */
export async function replaceFile(path: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
  const beside = `${path}.new`;
  const file = await open(beside, 'w', mode);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
  await syncFolder(dirname(path));
}
