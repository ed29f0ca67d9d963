/** The roll of an election: listed in chunks, then committed once. Pure. Stream `roll-<electionId>`. */
import type { Crypto } from '../../projections/crypto.js';
import { rollRoot, type RollEntry } from '../../projections/definition.js';
import type { LogEvent, NewEvent } from '../../projections/event.js';
import type { Rejection } from '../event-store/command-log.js';

export interface RollState {
  entries: RollEntry[];
  chunks: number;
  committed?: { root: string; count: number; areas: readonly string[] };
}

export function noRoll(): RollState {
  return { entries: [], chunks: 0 };
}

/** Adds to the array that it is given: a roll of a million lines is not copied for each chunk. */
export function evolve(state: RollState, event: LogEvent): RollState {
  if (event.type === 'RollListed') {
    for (const entry of event.data.entries) state.entries.push(entry);
    return { ...state, chunks: state.chunks + 1 };
  }
  if (event.type === 'RollCommitted') {
    return {
      ...state,
      committed: {
        root: event.data.root,
        count: event.data.count,
        areas: event.data.perArea.map(({ area }) => area),
      },
    };
  }
  return state;
}

/** Entries of one chunk: at most 400, and few enough for the limit of an event. */
export function chunksOf(entries: readonly RollEntry[]): RollEntry[][] {
  const chunks: RollEntry[][] = [];
  let bytes = Infinity;
  for (const entry of entries) {
    const size = JSON.stringify(entry).length + 1;
    if (bytes + size > 55_000 || (chunks.at(-1)?.length ?? 0) >= 400) {
      chunks.push([]);
      bytes = 0;
    }
    chunks.at(-1)?.push(entry);
    bytes += size;
  }
  return chunks;
}

/** Closes the roll: nothing is added after it, and the same pseudonym or key twice is refused. */
export function commitRoll(
  state: RollState,
  electionId: string,
  crypto: Pick<Crypto, 'sha256'>,
): NewEvent[] | Rejection {
  if (state.committed !== undefined) return { rejected: 'roll-committed' };
  if (state.entries.length === 0) return { rejected: 'roll-empty' };
  const voters = new Set<string>();
  const keys = new Set<string>();
  const perArea = new Map<string, number>();
  for (const { v, k, areas } of state.entries) {
    if (voters.has(v)) return { rejected: 'voter-repeated' };
    if (k !== undefined && keys.has(k)) return { rejected: 'ballot-key-repeated' };
    voters.add(v);
    if (k !== undefined) keys.add(k);
    for (const area of areas) perArea.set(area, (perArea.get(area) ?? 0) + 1);
  }
  const counts = [...perArea]
    .map(([area, count]) => ({ area, count }))
    .sort((a, b) => (a.area < b.area ? -1 : 1));
  const root = rollRoot(crypto, state.entries);
  return [
    { type: 'RollCommitted', data: { electionId, count: state.entries.length, perArea: counts, root } },
  ];
}
