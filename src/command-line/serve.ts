/** `concejo serve`: the site for real use. */
import { createHttpApp } from '../app.js';
import { assertFolderOf } from '../demo/folder-mark.js';
import { readSettings } from '../settings.js';
import { listen } from './listen.js';
import { untilAskedToStop } from './stopping.js';

export async function serve(): Promise<void> {
  const settings = readSettings(process.env);
  assertFolderOf(settings.data, 'real');
  const running = await createHttpApp(settings);
  try {
    // Before anything can fail: they are never shown again.
    for (const { id, key } of running.newKeys) {
      process.stdout.write(`Key of ${id} (shown once, keep it): ${key}\n`);
    }
    await listen(running.app, settings);
    process.stdout.write(`Concejo serves http://${settings.host}:${settings.port}\n`);
    await untilAskedToStop();
  } finally {
    await running.close();
  }
}
