/** What several processes show over HTTP, gathered in the order in which it was seen, and held against the log as it became. */
import { setTimeout as sleep } from 'node:timers/promises';
import { merkleRoot } from '../../projections/hash.js';
import { parseCheckpoint, type Checkpoint } from '../../projections/ledger/checkpoint.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import type { EventStore } from '../../src/event-store/event-store.js';

export interface Seen extends Checkpoint {
  readonly note: string;
}

export class ShownHeads {
  readonly seen: Seen[] = [];
  readonly #urls = new Set<string>();
  #isOver = false;
  readonly #watching: Promise<void>;

  /** @param patience milliseconds to wait for an answer, and then to ask again; without, whoever fails is asked no more */
  constructor(private readonly patience?: number) {
    this.#watching = this.#watch();
  }

  ask(url: string): void {
    this.#urls.add(url);
  }

  get size(): bigint {
    return this.seen.at(-1)?.size ?? 0n;
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#watching;
  }

  async until(size: bigint, ms: number): Promise<void> {
    const end = performance.now() + ms;
    while (this.size < size) {
      if (performance.now() > end) throw new Error(`No head of ${size} was shown in ${ms} ms: ${this.size}`);
      await sleep(20);
    }
  }

  /** One question after another, so that each sees what was shown no earlier than the one before. */
  async #watch(): Promise<void> {
    while (!this.#isOver) {
      for (const url of this.#urls) {
        try {
          const { patience } = this;
          const response = await fetch(
            url,
            patience === undefined ? {} : { signal: AbortSignal.timeout(patience) },
          );
          if (response.status === 200) this.#add(await response.text());
        } catch {
          // It was killed.
          if (this.patience === undefined) this.#urls.delete(url);
        }
      }
      await sleep(10);
    }
  }

  #add(note: string): void {
    const checkpoint = parseCheckpoint(note.slice(0, note.indexOf('\n\n') + 1));
    if (typeof checkpoint === 'string') throw new Error(checkpoint);
    if (this.seen.at(-1)?.note !== note) this.seen.push({ ...checkpoint, note });
  }
}

/** Leaf hashes of the whole log. */
export async function leavesOf(store: EventStore): Promise<Uint8Array[]> {
  const all = await store.leafHashes(-1n, 1_000_000);
  return Array.from({ length: all.length / 32 }, (_, i) => all.slice(32 * i, 32 * i + 32));
}

/** The first heads that go back, or are of another history; none where all is well. */
export function faultsOf(seen: readonly Seen[], leaves: readonly Uint8Array[]): string[] {
  const faults: string[] = [];
  let before = 0n;
  for (const { size, root } of seen) {
    if (size < before) faults.push(`${size} after ${before}`);
    before = size;
    const expected = merkleRoot(nodeCrypto, leaves.slice(0, Number(size)));
    if (!Buffer.from(expected).equals(root)) faults.push(`another root of ${size}`);
  }
  return faults.slice(0, 5);
}
