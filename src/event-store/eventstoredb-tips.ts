/** Ends of the streams that this sequencer has just indexed: what is remembered need not be asked. */
import type { Arrived, Folded, StreamTip } from './eventstoredb-fold.js';

/** Streams whose ends are remembered. */
const MOST_TIPS = 20_000;

export class RecentTips {
  readonly #tips = new Map<string, StreamTip>();

  /** Tips of all streams of these appends; nothing where one is neither remembered nor new. */
  of(appends: readonly (readonly Arrived[])[]): ReadonlyMap<string, StreamTip> | undefined {
    const tips = new Map<string, StreamTip>();
    for (const [first] of appends) {
      if (first === undefined || tips.has(first.stream)) continue;
      const tip = this.#tips.get(first.stream);
      if (tip !== undefined) tips.set(first.stream, tip);
      else if (first.raw > 0n) return undefined;
      else tips.set(first.stream, { revision: -1n, raw: -1n });
    }
    return tips;
  }

  seen({ rows, leftOut }: Folded): void {
    for (const { stream, revision, raw } of rows) {
      this.#tips.delete(stream);
      this.#tips.set(stream, { revision, raw });
    }
    for (const { stream } of leftOut) this.#tips.delete(stream);
    for (const stream of this.#tips.keys()) {
      if (this.#tips.size <= MOST_TIPS) return;
      this.#tips.delete(stream);
    }
  }
}
