/**
 * A small election with real cryptography: made-up voters with keys, sealed and signed ballots, paper batches under two
 * signatures. The same seeds give the same bytes. Events come from the real `decide` functions wherever these make them.
 */
import nacl from 'tweetnacl';
import { approvalMessage, type Act, type Approval } from '../../projections/approval.js';
import { ballotId, makeBallot, type AreaVote, type Ballot } from '../../projections/ballot.js';
import { toBase64url, utf8 } from '../../projections/bytes.js';
import type { Option, RollEntry } from '../../projections/definition.js';
import {
  leafBytes,
  openEvent,
  type LogEvent,
  type NewEvent,
  type RecordedEvent,
} from '../../projections/event.js';
import { leafHash } from '../../projections/hash.js';
import { batchDigest, sealBatch, type Sheet } from '../../projections/paper.js';
import { boxKeyPair } from '../../src/crypto/boxes.js';
import { ballotMaker, nodeCrypto, sign, signingKeyPair } from '../../src/crypto/node-crypto.js';
import type { DefinitionParts } from '../../src/elections/election.js';
import { eventId } from '../../src/event-store/event-ids.js';

export const ELECTION_ID = '6f1c2f5e-8d38-5a53-9d3a-0d7f4f0a7a11';
export const ACT_ID = '0b6f9d3e-4c1a-5f2b-8e7d-9a6c5b4d3e2f';
export const SEALED_BYTES = 512;

/** 32 bytes that are the same every time for a name. */
export function seed(name: string): Uint8Array {
  return new Uint8Array(nodeCrypto.sha256(utf8(name)));
}

/** base64url of bytes that are the same every time for a name; 16, 32 or 64 of them. */
export function fixed(name: string, length = 32): string {
  return toBase64url(new Uint8Array(nodeCrypto.sha512(utf8(name))).subarray(0, length));
}

export function contentRef(name: string): { id: string; commitment: string } {
  return { id: eventId('content', name, 0), commitment: fixed(`commitment of ${name}`) };
}

export const electionKey = nacl.box.keyPair.fromSecretKey(seed('election key'));

export const SCHEDULE = {
  opensAt: '2026-10-01T08:00:00.000Z',
  closesAt: '2026-10-08T18:00:00.000Z',
  claimsUntil: '2026-10-15T18:00:00.000Z',
};

export const OPTIONS: readonly Option[] = [
  { id: 'bench', area: 'city', cost: 300, title: contentRef('bench') },
  { id: 'bridge', area: 'city', cost: 800, category: 'mobility', title: contentRef('bridge') },
  {
    id: 'trees',
    area: 'city',
    cost: 500,
    place: { lat: 43_360_000, lon: -5_840_000 },
    title: contentRef('trees'),
  },
  { id: 'mural', area: 'north', cost: 400, title: contentRef('mural') },
  { id: 'swing', area: 'north', cost: 200, title: contentRef('swing') },
];

/** What staff gives to define the election; parts can be put in place of those. */
export function parts(
  changes: Partial<DefinitionParts['definition']> = {},
  options = OPTIONS,
): DefinitionParts {
  return {
    definition: {
      electionId: ELECTION_ID,
      title: contentRef('title'),
      profile: 'open',
      disclosure: 'at-close',
      currency: 'EUR',
      areas: [
        { id: 'city', budget: 1_000 },
        { id: 'north', budget: 400 },
      ],
      ballot: {
        type: 'approval',
        min: 1,
        max: 2,
        repeats: 'refuse',
        limits: 'refuse',
        sealedBytes: SEALED_BYTES,
      },
      schedule: SCHEDULE,
      paper: 'prevails',
      origin: 'live',
      ...changes,
    },
    ruleset: {
      v: 1,
      rule: 'greedy',
      score: { by: 'votes' },
      tieOrder: ['lowest-cost', 'most-votes', 'listed'],
      ties: options.map(({ id }) => id),
    },
    options,
  };
}

export interface Voter {
  v: string;
  keys: { publicKey: Uint8Array; secretKey: Uint8Array };
  entry: RollEntry;
}

/** A voter of both areas; her key and pseudonym hang on her name alone. */
export function voter(name: string, changes: Partial<RollEntry> = {}): Voter {
  const keys = signingKeyPair(seed(`voter ${name}`));
  const v = fixed(`pseudonym ${name}`, 16);
  const k = toBase64url(keys.publicKey);
  return { v, keys, entry: { v, k, areas: ['city', 'north'], w: 1, c: fixed(`census ${name}`), ...changes } };
}

/** A signed ballot; sealed unless `disclosure` says otherwise. */
export function ballotOf(
  { v, keys }: Voter,
  e: string,
  vote: readonly AreaVote[],
  {
    n = 1,
    previous,
    boxKey = electionKey.publicKey,
    disclosure = 'at-close',
  }: {
    n?: number;
    previous?: string;
    boxKey?: Uint8Array;
    disclosure?: 'at-close' | 'immediate';
  } = {},
): { id: string; ballot: Ballot } {
  const secretKey = seed(`ephemeral ${v} ${n}`);
  const ephemeral = { secretKey, publicKey: nodeCrypto.boxPublicKey(secretKey) };
  const target = { electionId: ELECTION_ID, e, boxKey, sealedBytes: SEALED_BYTES, disclosure };
  const content = { n, vote, word: 'river', ...(previous !== undefined && { previous }) };
  const ballot = makeBallot(ballotMaker, target, { ...keys, cl: 'all' }, content, ephemeral);
  return { id: ballotId(nodeCrypto, ballot), ballot };
}

export const OFFICERS = ['officer-a', 'officer-b'] as const;

export function officerKeys(actor: string): { publicKey: Uint8Array; secretKey: Uint8Array } {
  return signingKeyPair(seed(`staff ${actor}`));
}

/** Both officers sign an act. */
export function approve(act: Act, at = '2026-10-09T09:00:00.000Z'): [Approval, Approval] {
  const [first, second] = OFFICERS.map((actor) => ({
    actor,
    at,
    sig: toBase64url(sign(approvalMessage(nodeCrypto, act, actor, at), officerKeys(actor).secretKey)),
  }));
  return [first as Approval, second as Approval];
}

/** Paper sheets as `PaperBatchRecorded` holds them, sealed to the election's key and signed by both officers. */
export function batchOf(batch: string, e: string, sheets: readonly Sheet[]) {
  const salt = seed(`salt ${batch}`);
  const target = { electionId: ELECTION_ID, e, boxKey: electionKey.publicKey };
  const ephemeral = boxKeyPair(seed(`ephemeral ${batch}`));
  const data = {
    electionId: ELECTION_ID,
    actId: ACT_ID,
    batch,
    sheets: sheets.length,
    digest: batchDigest(nodeCrypto, salt, sheets),
    ...sealBatch(ballotMaker, target, { id: batch, salt, sheets }, ephemeral),
  };
  return { ...data, approvals: approve({ type: 'PaperBatchRecorded', data }) };
}

/** A log in memory that goes through the real leaf bytes and their hashes. */
export class SmallLog {
  readonly recorded: RecordedEvent[] = [];
  readonly events: LogEvent[] = [];
  readonly #revisions = new Map<string, bigint>();

  add(stream: string, event: NewEvent, at: string, actor = 'officer-a'): LogEvent {
    const position = BigInt(this.events.length);
    const revision = this.#revisions.get(stream) ?? 0n;
    this.#revisions.set(stream, revision + 1n);
    const id = eventId(actor, `command ${position}`, 0);
    const leaf = leafBytes(event, { id, stream, at, actor });
    const hash = leafHash(nodeCrypto, leaf);
    const recordedAt = new Date(at);
    const recorded = { position, revision, stream, id, type: event.type, leaf, hash, recordedAt };
    this.recorded.push({ ...recorded, commandId: undefined, requestDigest: undefined });
    const opened = openEvent(nodeCrypto, this.recorded[Number(position)] as RecordedEvent);
    this.events.push(opened);
    return opened;
  }
}
