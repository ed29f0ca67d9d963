/** A new file's name is durable only with its folder. */
import { open } from 'node:fs/promises';

export async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folders; its file systems keep the name with the file.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
