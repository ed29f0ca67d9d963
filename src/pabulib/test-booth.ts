/** The booth of an import: keys and ballots are made on another processor while the server casts those before. */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { AreaVote, BallotTarget } from '../../projections/ballot.js';
import { testBallot, testKey } from './test-voter.js';

export interface TestVoter {
  id: string;
  vote: readonly AreaVote[];
}

/** Without a target what is asked for are the public keys. */
export interface Asked {
  number: number;
  source: string;
  voters: readonly TestVoter[];
  target?: BallotTarget;
}

export interface Made {
  number: number;
  /** One after another. */
  bytes: Uint8Array;
  lengths: readonly number[];
}

/** Voters of one message: enough to keep the booth busy, few enough for flat memory. */
const PER_MESSAGE = 1_000;
const WORKER = fileURLToPath(new URL('./test-booth.worker.js', import.meta.url));
/** Under a test runner that compiles in memory there is no compiled worker on disk. */
const COMPILED = import.meta.url.endsWith('.js');

export class TestBooth {
  #worker: Worker | undefined;
  readonly #waiting = new Map<number, (made: Made) => void>();
  #number = 0;
  #fail: (error: Error) => void = () => undefined;
  readonly #failed = new Promise<never>((_, reject) => {
    this.#fail = reject;
  });

  /** The worker starts when there is something to make. @param source hash of the file */
  constructor(private readonly source: string) {
    // Whoever waits at that moment hears of it; nobody may be waiting.
    this.#failed.catch(() => undefined);
  }

  /** The public keys of voters, in their order. */
  async keys(ids: readonly string[]): Promise<Uint8Array[]> {
    if (!COMPILED) return ids.map((id) => testKey(this.source, id).publicKey);
    return this.#make(ids.map((id) => ({ id, vote: [] })));
  }

  /** Gives a function that makes the ballot of `voters[index]`: to be called in about the order of the list. */
  ballots(target: BallotTarget, voters: readonly TestVoter[]): (index: number) => Promise<Uint8Array> {
    const parts = new Map<number, Promise<Uint8Array[]>>();
    const ask = (part: number) => {
      const start = part * PER_MESSAGE;
      if (parts.has(part) || start >= voters.length) return;
      const made = this.#make(voters.slice(start, start + PER_MESSAGE), target);
      made.catch(() => undefined);
      parts.set(part, made);
      parts.delete(part - 3);
    };
    return async (index) => {
      const voter = voters[index] as TestVoter;
      if (!COMPILED) return testBallot(this.source, target, voter.id, voter.vote);
      const part = Math.floor(index / PER_MESSAGE);
      ask(part);
      ask(part + 1);
      return ((await parts.get(part)) as Uint8Array[])[index % PER_MESSAGE] as Uint8Array;
    };
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  async #make(voters: readonly TestVoter[], target?: BallotTarget): Promise<Uint8Array[]> {
    if (voters.length === 0) return [];
    const number = this.#number++;
    const made = new Promise<Made>((resolve) => this.#waiting.set(number, resolve));
    this.#started().postMessage({
      number,
      source: this.source,
      voters,
      ...(target && { target }),
    } satisfies Asked);
    const { bytes, lengths } = await Promise.race([made, this.#failed]);
    let at = 0;
    return lengths.map((length) => bytes.subarray(at, (at += length)));
  }

  #started(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(WORKER);
    worker.on('message', (made: Made) => {
      this.#waiting.get(made.number)?.(made);
      this.#waiting.delete(made.number);
    });
    worker.on('error', (error) => this.#fail(error));
    worker.on('exit', (code) => this.#fail(new Error(`The import's booth ended with code ${code}`)));
    return (this.#worker = worker);
  }
}
