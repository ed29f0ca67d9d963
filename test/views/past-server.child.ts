/**
 * A server that watches its main thread: at each SIGUSR2 it prints as JSON, and forgets, how many ballots were folded there, how
 * long the longest list was that was sorted there, and for how many milliseconds its event loop was held at most.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { AddressInfo } from 'node:net';
import { allViews } from '../../projections/views.js';
import { createHttpApp } from '../../src/app.js';
import { readSettings } from '../../src/settings.js';

export interface Watched {
  readonly folds: number;
  readonly longestSorted: number;
  readonly heldMs: number;
}

let folds = 0;
let longestSorted = 0;
for (const { on } of allViews) {
  const handler = on.BallotCast as { fold: (...given: unknown[]) => unknown } | undefined;
  if (handler === undefined) continue;
  const { fold } = handler;
  handler.fold = (...given) => {
    folds += 1;
    return fold(...given);
  };
}
const { sort } = Array.prototype;
Array.prototype.sort = function (this: unknown[], ...given): unknown[] {
  longestSorted = Math.max(longestSorted, this.length);
  return sort.apply(this, given) as unknown[];
};

const delays = monitorEventLoopDelay({ resolution: 1 });
const running = await createHttpApp(readSettings(process.env));
process.on('SIGUSR2', () => {
  const heldMs = Math.round(delays.max / 1e6);
  console.log(`watched ${JSON.stringify({ folds, longestSorted, heldMs } satisfies Watched)}`);
  [folds, longestSorted] = [0, 0];
  delays.reset();
});
process.once('SIGTERM', () => void running.close());
await running.app.listen(0, '127.0.0.1');
delays.enable();
console.log(`at http://127.0.0.1:${(running.app.getHttpServer().address() as AddressInfo).port}`);
