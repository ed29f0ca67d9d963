/**
 * What a photo of a telephone costs the program: 12 million pixels in 4.8 MB, from the form to the table, alone
 * and many at once, and how long everything else waits meanwhile.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import pg from 'pg';
import { systemClock } from '../../src/clock.js';
import type { ContentLife } from '../../src/contents/content-life.js';
import { Contents } from '../../src/contents/contents.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { PhotoLimits } from '../../src/photos/photo-limits.js';
import { PHOTO_TURNS, Photos } from '../../src/photos/photos.js';
import { Previews } from '../../src/photos/previews.js';
import { Turns } from '../../src/photos/turns.js';
import { largePhoto } from '../photos/pictures.js';
import { withDatabase } from './scratch.js';

/** Of filing with a photo, of which this is the most. */
const TARGET_MS = 400;
const AT_ONCE = 16;

export async function run({ short }: { short: boolean }): Promise<void> {
  const bytes = await largePhoto();
  console.log(`photos: 4,032 x 3,024 pixels, turned by a quarter, ${(bytes.length / 1e6).toFixed(1)} MB`);
  await withDatabase(async (url) => {
    const pool = new pg.Pool({ connectionString: url });
    try {
      const contents = new Contents(pool, nodeCrypto, systemClock);
      // Nothing is erased here.
      const life = undefined as unknown as ContentLife;
      const turns = new Turns({ ...PHOTO_TURNS, waitMs: 600_000 });
      let addresses = 0;
      const photos = new Photos(contents, life, new Previews(pool), new PhotoLimits(), turns);
      const add = async () => {
        const begun = performance.now();
        const answer = await photos.add([{ bytes, mediaType: 'image/jpeg' }], { address: `a${addresses++}` });
        if ('rejected' in answer) throw new Error(`Refused: ${answer.rejected}`);
        return performance.now() - begun;
      };

      await add();
      const before = process.cpuUsage();
      const alone = await inTurn(short ? 3 : 20, add);
      console.log(
        `photos, alone: median ${at(alone, 0.5)} ms, slowest ${at(alone, 1)} ms; target of the whole filing ${TARGET_MS} ms ` +
          `(ratio ${(Number(at(alone, 0.5)) / TARGET_MS).toFixed(2)}); processor ${(processorMs(before) / alone.length).toFixed(0)} ms`,
      );

      const delay = monitorEventLoopDelay({ resolution: 1 });
      delay.enable();
      const begun = performance.now();
      const rounds = short ? 1 : 4;
      for (let round = 0; round < rounds; round++) await Promise.all(Array.from({ length: AT_ONCE }, add));
      const seconds = (performance.now() - begun) / 1_000;
      delay.disable();
      console.log(
        `photos, ${AT_ONCE} at once: ${((rounds * AT_ONCE) / seconds).toFixed(1)}/s; everything else waited ` +
          `${ms(delay.percentile(99))} ms (p99), ${ms(delay.max)} ms at most; memory ${Math.round(process.memoryUsage().rss / 1e6)} MB`,
      );
    } finally {
      await pool.end();
    }
  });
}

async function inTurn(times: number, work: () => Promise<number>): Promise<number[]> {
  const took: number[] = [];
  for (let n = 0; n < times; n++) took.push(await work());
  return took.sort((a, b) => a - b);
}

function at(sorted: readonly number[], share: number): string {
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN).toFixed(0);
}

/** Of all threads of this process. */
function processorMs(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

function ms(nanoseconds: number): string {
  return (nanoseconds / 1e6).toFixed(0);
}
