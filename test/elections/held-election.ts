/** A whole small election with web and paper, held by the real `decide` functions, as a log and as a ballot box. */
import nacl from 'tweetnacl';
import { BallotBox } from '../../projections/ballot-box.js';
import { toBase64url } from '../../projections/bytes.js';
import type { ElectionRow } from '../../projections/elections.view.js';
import type { NewEvent } from '../../projections/event.js';
import type { AreaVote } from '../../projections/ballot.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { decide, evolve, NO_ELECTION, type ElectionCommand } from '../../src/elections/election.js';
import { chunksOf, commitRoll } from '../../src/elections/roll.js';
import {
  ballotOf,
  batchOf,
  ELECTION_ID,
  electionKey,
  parts,
  SCHEDULE,
  SmallLog,
  voter,
  type Voter,
} from './small-election.js';

const electionId = ELECTION_ID;
const system = { id: 'system', roles: [] };
export const DURING = '2026-10-02T10:00:00.000Z';
const boxKey = toBase64url(electionKey.publicKey);
export const secret = toBase64url(electionKey.secretKey);
const wrongBox = nacl.box.keyPair.fromSecretKey(new Uint8Array(32).fill(5));

/** Votes for the city and the north, as lists of options. */
export function votes(city: readonly string[], north?: readonly string[]): AreaVote[] {
  return [{ a: 'city', ids: [...city] }, ...(north === undefined ? [] : [{ a: 'north', ids: [...north] }])];
}

export interface Cast {
  who: Voter;
  vote: readonly AreaVote[];
  n?: number;
  /** Sealed to this key instead of the election's. */
  box?: Uint8Array;
}

const people = Object.fromEntries(
  ['ana', 'bea', 'cai', 'dora', 'eva', 'fina', 'gil'].map((name) => [name, voter(name)]),
) as Record<string, Voter>;
const heavy = voter('hugo', { w: 3 });
const cityOnly = voter('ines', { areas: ['city'] });
export const who = (name: string): Voter => people[name] as Voter;
export const everybody = [...Object.values(people), heavy, cityOnly];

export const CASTS: readonly Cast[] = [
  { who: who('ana'), vote: votes(['bridge']) },
  { who: who('ana'), vote: votes(['bench', 'trees'], ['swing']), n: 2 },
  { who: who('bea'), vote: votes(['trees']) },
  { who: who('cai'), vote: votes(['bridge'], ['mural']) },
  { who: who('dora'), vote: votes(['bench', 'bridge', 'trees']) },
  { who: who('eva'), vote: votes(['nowhere']) },
  { who: who('fina'), vote: votes(['bridge']), box: wrongBox.publicKey },
  { who: who('gil'), vote: votes(['bridge']) },
  { who: heavy, vote: votes(['bench'], ['mural']) },
  { who: cityOnly, vote: votes(['bench'], ['mural']) },
];
export const SHEETS = [
  { s: 1, vote: votes(['bridge']) },
  { s: 2, vote: votes(['bridge'], ['swing']) },
  { s: 3, vote: votes(['bench', 'bridge', 'trees']) },
];

/** Runs an election: who casts what in which order, gil then takes paper, three sheets are keyed. */
export function held(
  casts: readonly Cast[] = CASTS,
  roll = everybody,
  definition = parts(),
): { box: BallotBox; log: SmallLog; ids: Map<Cast, string> } {
  const log = new SmallLog();
  let state = NO_ELECTION;
  const ids = new Map<Cast, string>();
  const does = (command: ElectionCommand, now: string) => {
    const decided = decide(state, command, { electionId, now, actor: system, crypto: nodeCrypto });
    if ('rejected' in decided) throw new Error(`${command.do} was refused: ${decided.rejected}`);
    for (const event of decided) state = evolve(state, log.add(`election-${electionId}`, event, now));
  };
  const add = (stream: string, event: NewEvent) => void log.add(stream, event, DURING);
  does({ do: 'define', ...definition }, '2026-09-01T00:00:00.000Z');
  const entries = roll.map(({ entry }) => entry);
  for (const [chunk, part] of chunksOf(entries).entries()) {
    add(`roll-${electionId}`, { type: 'RollListed', data: { electionId, chunk, entries: part } });
  }
  const committed = commitRoll({ entries, chunks: 1 }, electionId, nodeCrypto);
  if ('rejected' in committed || committed[0]?.type !== 'RollCommitted')
    throw new Error('the roll was refused');
  add(`roll-${electionId}`, committed[0]);
  does({ do: 'open', boxKey, roll: { ...committed[0].data, areas: [] } }, SCHEDULE.opensAt);
  const e = (state.row as ElectionRow).opening?.e ?? '';
  for (const cast of casts) {
    const { v } = cast.who;
    const made = ballotOf(cast.who, e, cast.vote, { n: cast.n ?? 1, ...(cast.box && { boxKey: cast.box }) });
    ids.set(cast, made.id);
    add(`ballots-${electionId}.${v}`, { type: 'BallotCast', data: { electionId, v, ...made } });
  }
  const { v } = who('gil');
  add(`ballots-${electionId}.${v}`, { type: 'RollMarkedPaper', data: { electionId, v } });
  does({ do: 'close' }, SCHEDULE.closesAt);
  const { electionId: _id, ...batch } = batchOf('box-1', e, SHEETS);
  does({ do: 'record-batch', batch }, SCHEDULE.closesAt);
  does({ do: 'reconcile', marks: 1 }, SCHEDULE.closesAt);
  does({ do: 'publish-key', secret, publicKey: boxKey }, SCHEDULE.closesAt);
  const box = new BallotBox(electionId);
  for (const event of log.events) box.apply(event);
  return { box, log, ids };
}
