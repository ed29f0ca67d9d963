import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { UnnamedFile } from '../../src/ledger/unnamed-file.js';

const before = process.env.TMPDIR;
const folder = mkdtempSync(join(tmpdir(), 'concejo-unnamed-'));
afterEach(() => {
  if (before === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = before;
  rmSync(folder, { recursive: true, force: true });
});

async function* pieces(count: number, bytes: number): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < count; index++) yield await Promise.resolve(new Uint8Array(bytes).fill(index));
}

describe('a file without a name', () => {
  it('is read by as many as have it, leaves nothing behind, and is gone when nobody has it', async () => {
    process.env.TMPDIR = folder;
    const file = await UnnamedFile.write(pieces(200, 1_000));
    expect([file.bytes, readdirSync(folder)]).toEqual([200_000, []]);
    file.take();
    file.take();
    const [one, other] = await Promise.all([buffer(file.stream()), buffer(file.stream())]);
    expect([one.length, one[123_456], one.equals(other)]).toEqual([200_000, 123, true]);
    // Whoever goes away in the middle has it no more either.
    expect(file.take()).toBe(true);
    const broken = file.stream();
    await once(broken, 'readable');
    broken.destroy();
    await once(broken, 'close');
    await file.give();
    expect(file.take()).toBe(false);
  });

  it('is closed where it could not be written', async () => {
    const failing = async function* () {
      yield* pieces(1, 10);
      throw new Error('The log cannot be read');
    };
    await expect(UnnamedFile.write(failing())).rejects.toThrow('The log cannot be read');
  });
});
