/** Counts an election from the log: reads it, opens the ballots on all processors, tallies. Writes nothing. */
import { BallotBox } from '../../projections/ballot-box.js';
import { countElection, type Count } from '../../projections/count.js';
import type { Crypto } from '../../projections/crypto.js';
import { openEvent, type RecordedEvent } from '../../projections/event.js';
import type { TieUndecided } from '../../projections/tally/outcome.js';
import { ahead } from '../event-store/ahead.js';
import type { EventStore } from '../event-store/event-store.js';
import { Opening } from './opening.js';

export interface CountTimes {
  /** Milliseconds. */
  read: number;
  open: number;
  count: number;
}

export interface Counted {
  box: BallotBox;
  count: Count | (TieUndecided & { area: string });
  times: CountTimes;
}

/** Events asked for at once; two pages are held, and a listing of the roll is 60 kB. */
const PAGE = 1_000;

/**
 * Pages of the log from an election's definition on, up to a position (exclusive); nothing where it is not defined. What
 * stands before is none of it: a city's tenth election does not read the other nine.
 */
export async function* logOf(
  store: EventStore,
  electionId: string,
  end: bigint,
): AsyncGenerator<readonly RecordedEvent[]> {
  const defined = await definedAt(store, electionId);
  if (defined === undefined) return;
  for await (const page of ahead(store.readAll(defined - 1n, PAGE))) {
    const last = page.at(-1);
    if (last !== undefined && last.position >= end) {
      yield page.filter(({ position }) => position < end);
      return;
    }
    yield page;
  }
}

async function definedAt(store: EventStore, electionId: string): Promise<bigint | undefined> {
  for await (const { position } of store.readStream(`election-${electionId}`)) return position;
  return undefined;
}

/** Fills a ballot box from the log up to a position (exclusive), or up to its end. */
export async function fillBox(
  store: EventStore,
  crypto: Pick<Crypto, 'sha256'>,
  electionId: string,
  through?: bigint,
  onPage?: (box: BallotBox) => void,
): Promise<{ box: BallotBox; through: bigint }> {
  const end = through ?? (await store.head()) + 1n;
  const box = new BallotBox(electionId);
  for await (const page of logOf(store, electionId, end)) {
    for (const recorded of page) box.apply(openEvent(crypto, recorded));
    onPage?.(box);
  }
  return { box, through: end };
}

/** @throws Error when the key is not published yet */
export async function countFromLog(
  store: EventStore,
  crypto: Crypto,
  electionId: string,
  through?: bigint,
): Promise<Counted> {
  const opening = new Opening();
  try {
    const started = performance.now();
    const filled = await fillBox(store, crypto, electionId, through, ({ cast }) => opening.expect(cast));
    const { box } = filled;
    const read = performance.now();
    const opened = await opening.read(crypto, box, box.standingBallots());
    const open = performance.now();
    const count = countElection(crypto, box, opened, Number(filled.through));
    const times = { read: read - started, open: open - read, count: performance.now() - open };
    return { box, count, times };
  } finally {
    await opening.end();
  }
}
