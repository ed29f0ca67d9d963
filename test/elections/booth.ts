/**
 * A voter's booth for tests: makes ballots with tweetnacl, from what the public address of the election says, and sends them
 * over HTTP. It shares no code with the server but the ballot format; only where very many ballots are needed it makes them
 * with the server's fast cryptography. Seeds are made of names, so that a failure can be run again.
 */
import { createHash } from 'node:crypto';
import nacl from 'tweetnacl';
import { DemoClock, type Clock } from '../../src/clock.js';
import {
  ballotMessage,
  type BallotMaker,
  makeBallot,
  type AreaVote,
  type Ballot,
  type BallotTarget,
} from '../../projections/ballot.js';
import { fromBase64url, toBase64url } from '../../projections/bytes.js';
import { canonicalBytes } from '../../projections/canonical.js';
import { boxSeal } from '../../src/crypto/boxes.js';
import { nodeCrypto, sign, signingKeyPair } from '../../src/crypto/node-crypto.js';
import { BALLOT_TYPE } from '../../src/rest/media-types.js';
import type { Client, people } from '../rest/site.js';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

const BEGIN_MS = Date.parse('2026-05-01T08:00:00.000Z');

/** A clock that begins at 2026-05-01T08:00Z, runs, and is moved forward by the test. */
export function storyClock(): DemoClock {
  const started = performance.now();
  const system: Clock = {
    now: () => new Date(BEGIN_MS + (performance.now() - started)),
    monotonicMs: () => performance.now(),
  };
  return new DemoClock(0, system);
}

export type Who = keyof typeof people;

let requests = 0;

/** An idempotency key that no other request has. */
export function newCommandId(): string {
  return `test-command-${String(++requests).padStart(8, '0')}`;
}

/** The JSON of an answer. @throws Error when it is not of the expected status: the message has the body */
export async function json<T = Record<string, unknown>>(
  response: Promise<Response>,
  status = 200,
): Promise<T> {
  const got = await response;
  const text = await got.text();
  if (got.status !== status) throw new Error(`${got.url}: ${got.status} instead of ${status}: ${text}`);
  return JSON.parse(text) as T;
}

/** Both persons of an act. @returns the act as it stands after the second approval */
export async function together(
  site: Client,
  [one, other]: readonly [Who, Who],
  kind: string,
  body: unknown,
  second?: unknown,
): Promise<{ id: string; state: string; outcome?: { position?: string; rejected?: string } }> {
  const path = '/api/v1/acts';
  const proposed = await json<{ id: string }>(
    site.as(one, 'POST', path, { body: { kind, body }, id: newCommandId() }),
    201,
  );
  const part = second === undefined ? {} : { body: second };
  return json(site.as(other, 'POST', `${path}/${proposed.id}/approvals`, { body: part }));
}

/** What tests read of an election's address. */
export interface ElectionJson {
  readonly phase: string;
  readonly schedule: { readonly closesAt: string; readonly claimsUntil: string };
  readonly opening?: { readonly e: string; readonly boxKey: string };
  readonly ballot: { readonly sealedBytes: number };
  readonly disclosure: BallotTarget['disclosure'];
  readonly onRoll: number;
  readonly paper: { readonly reconciled?: { readonly marks: number; readonly surplus: number } };
  readonly key?: { readonly secret: string };
  readonly counts: readonly { readonly number: number; readonly outputDigest: string }[];
  readonly certified?: { readonly tally: number; readonly by: readonly string[] };
  readonly annulments: readonly {
    readonly count: number;
    readonly afterKey: boolean;
    readonly words?: unknown;
  }[];
  readonly history: readonly { readonly what: string; readonly words?: unknown }[];
}

export function electionAt(site: Client, electionId: string): Promise<ElectionJson> {
  return json<ElectionJson>(site.fetch(`/api/v1/elections/${electionId}`));
}

/**
 * Waits until an election is as wanted: the views follow the log, and the scheduler looks once a second.
 * @throws Error after twenty seconds
 */
export async function electionWhen(
  site: Client,
  electionId: string,
  wanted: (election: ElectionJson) => boolean,
): Promise<ElectionJson> {
  const until = performance.now() + 20_000;
  for (;;) {
    const response = await site.fetch(`/api/v1/elections/${electionId}`);
    const text = await response.text();
    const election = response.ok ? (JSON.parse(text) as ElectionJson) : undefined;
    if (election !== undefined && wanted(election)) return election;
    if (performance.now() > until) throw new Error(`The election stays ${text}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export interface VoterKeys {
  readonly name: string;
  readonly publicKey: Uint8Array;
  readonly secretKey: Uint8Array;
}

/** What makes keys and ballots. */
export interface BoothCrypto extends BallotMaker {
  signPair(seed: Uint8Array): { publicKey: Uint8Array; secretKey: Uint8Array };
  boxPublicKey(secretKey: Uint8Array): Uint8Array;
}

export const tweetnacl: BoothCrypto = {
  sha512: nacl.hash,
  sign: (message, secretKey) => nacl.sign.detached(message, secretKey),
  boxSeal: nacl.box,
  signPair: (from) => nacl.sign.keyPair.fromSeed(from),
  boxPublicKey: (secretKey) => nacl.scalarMult.base(secretKey),
};

/** The same bytes, about a hundred times faster. */
export const fast: BoothCrypto = {
  sha512: (bytes) => nodeCrypto.sha512(bytes),
  sign,
  boxSeal,
  signPair: signingKeyPair,
  boxPublicKey: (secretKey) => nodeCrypto.boxPublicKey(secretKey),
};

export function voterKeys(name: string, crypto = tweetnacl): VoterKeys {
  return { name, ...crypto.signPair(seed(`voter ${name}`)) };
}

/** A line of the roll as staff sends it. */
export function rollLine({ name, publicKey }: VoterKeys, areas: readonly string[]) {
  return { person: `person ${name}`, k: toBase64url(publicKey), areas };
}

export interface Vote {
  readonly vote: readonly AreaVote[];
  readonly n?: number;
  /** The id of the ballot that it replaces. */
  readonly previous?: string;
  /** Another ephemeral key: the same vote in another ballot. */
  readonly again?: number;
}

/** What a voter was answered. */
export interface Receipt {
  readonly ballotId: string;
  readonly v: string;
  readonly status: string;
  readonly leafHash: string;
  readonly position: string;
  readonly repeated: boolean;
}

export class Booth {
  private constructor(
    private readonly site: Client,
    readonly target: BallotTarget,
    private readonly crypto: BoothCrypto,
  ) {}

  /** A booth of an election whose voting was opened. */
  static async at(site: Client, electionId: string, crypto = tweetnacl): Promise<Booth> {
    const { opening, ballot, disclosure } = await electionAt(site, electionId);
    if (opening === undefined) throw new Error('Voting was not opened yet');
    const boxKey = bytes(opening.boxKey);
    const { sealedBytes } = ballot;
    return new Booth(site, { electionId, e: opening.e, boxKey, sealedBytes, disclosure }, crypto);
  }

  ballot(
    voter: VoterKeys,
    { vote, n = 1, previous, again = 0 }: Vote,
    target: Partial<BallotTarget> = {},
  ): Ballot {
    const secretKey = seed(`ephemeral ${voter.name} ${n} ${again}`);
    const ephemeral = { publicKey: this.crypto.boxPublicKey(secretKey), secretKey };
    // The word lets a voter know her sealed vote again; a vote in the clear has none.
    const word = this.target.disclosure === 'immediate' ? '' : 'river';
    const content = { n, vote, word, ...(previous !== undefined && { previous }) };
    return makeBallot(
      this.crypto,
      { ...this.target, ...target },
      { ...voter, cl: 'all' },
      content,
      ephemeral,
    );
  }

  /** The bytes that `send` takes. */
  bytes(voter: VoterKeys, vote: Vote, target: Partial<BallotTarget> = {}): Uint8Array {
    return canonicalBytes(this.ballot(voter, vote, target));
  }

  send(body: Uint8Array | string, type = BALLOT_TYPE): Promise<Response> {
    const headers = { 'content-type': type };
    const content = typeof body === 'string' ? body : Buffer.from(body);
    return this.site.fetch(this.path, { method: 'POST', headers, body: content });
  }

  /** @throws Error when the ballot is refused */
  async cast(voter: VoterKeys, vote: Vote): Promise<Receipt> {
    return json<Receipt>(this.send(this.bytes(voter, vote)), 201);
  }

  get path(): string {
    return `/api/v1/elections/${this.target.electionId}/ballots`;
  }
}

/** Signs a changed ballot anew. */
export function signAgain(ballot: Ballot, { secretKey }: VoterKeys): Ballot {
  const { g: _g, ...body } = ballot;
  return { ...body, g: toBase64url(nacl.sign.detached(ballotMessage(body), secretKey)) };
}

/** Bytes of base64url. */
export function bytes(text: string): Uint8Array {
  const found = fromBase64url(text);
  if (found === undefined) throw new TypeError(`not base64url: ${text}`);
  return found;
}

export function seed(name: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(`booth ${name}`).digest());
}
