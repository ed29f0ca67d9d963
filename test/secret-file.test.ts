import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { serverSecret } from '../src/secret-file.js';

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'concejo-secret-'));
});
afterEach(() => rm(parent, { recursive: true }));

async function modeOf(path: string): Promise<number> {
  return (await stat(path)).mode & 0o777;
}

describe('the server’s secret', () => {
  it('is made in a closed folder, and leaves a new data folder as open as any other', async () => {
    const before = process.umask(0o022);
    try {
      const data = join(parent, 'data');
      expect(await serverSecret({ data, serverSecret: undefined })).toHaveLength(32);
      expect(await modeOf(data)).toBe(0o755);
      expect(await modeOf(join(data, 'secrets'))).toBe(0o700);
      expect(await modeOf(join(data, 'secrets', 'server'))).toBe(0o600);
    } finally {
      process.umask(before);
    }
  });

  it('is the same at the next start', async () => {
    const settings = { data: join(parent, 'data'), serverSecret: undefined };
    expect(await serverSecret(settings)).toEqual(await serverSecret(settings));
  });
});
