/** A bar on standard error for long work, where somebody looks. */
import { Presets, SingleBar } from 'cli-progress';

export interface Progress {
  at(done: number, of: number): void;
  stop(): void;
}

/** @param title what is going on, at most 18 characters */
export function progressBar(title: string): Progress {
  if (!process.stderr.isTTY) return { at: () => undefined, stop: () => undefined };
  const bar = new SingleBar(
    { format: `${title.padEnd(18)} {bar} {value}/{total}`, stream: process.stderr },
    Presets.shades_classic,
  );
  bar.start(1, 0);
  return {
    at: (done, of) => {
      bar.setTotal(of);
      bar.update(done);
    },
    stop: () => bar.stop(),
  };
}
