/**
 * A log like that of a city's election, made up but of the real shapes and sizes: the roll in chunks of 300 lines, sealed
 * ballots of about 500 bytes, marks for paper, and what opens and closes the vote. The same numbers give the same bytes.
 */
import { toBase64url } from '../../projections/bytes.js';
import { leafBytes, type NewEvent } from '../../projections/event.js';
import { leafHash } from '../../projections/hash.js';
import { hourOf } from '../../projections/turnout.view.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import type { Append, EventStore } from '../../src/event-store/event-store.js';

const CHUNK = 300;
/** Appends that are under way at once. */
const CALLERS = 1_000;
const SEALED_BYTES = 300;
export const ELECTION = '11111111-1111-4111-8111-111111111111';
const OPENS = Date.UTC(2026, 9, 1, 8);

/** Bytes that look random and are the same every time. */
function bytes(seed: string, length: number): string {
  const parts: Uint8Array[] = [];
  for (let have = 0, i = 0; have < length; have += 64, i++) {
    parts.push(nodeCrypto.sha512(new TextEncoder().encode(`${seed}/${i}`)));
  }
  return toBase64url(Buffer.concat(parts).subarray(0, length));
}

const content = { id: ELECTION, commitment: bytes('title', 32) };
const definitionHash = bytes('definition', 32);

function instant(i: number): string {
  return new Date(OPENS + i * 500).toISOString();
}

/** The start of an election with so many options and lines on the roll, up to its opening. */
export function* opening(voters: number, options: number): Generator<{ stream: string; event: NewEvent }> {
  const stream = `election-${ELECTION}`;
  yield {
    stream,
    event: {
      type: 'ElectionDefined',
      data: {
        electionId: ELECTION,
        title: content,
        profile: 'open',
        disclosure: 'at-close',
        currency: 'EUR',
        areas: [{ id: 'city', budget: 500_000_000 }],
        ballot: { type: 'approval', min: 1, max: 10, repeats: 'refuse', limits: 'refuse', sealedBytes: 284 },
        ruleset: bytes('ruleset', 32),
        schedule: { opensAt: instant(0), closesAt: instant(10_000_000), claimsUntil: instant(20_000_000) },
        paper: 'prevails',
        origin: 'live',
      },
    },
  };
  const listed = Array.from({ length: options }, (_, i) => ({
    id: `p${i}`,
    area: 'city',
    cost: 100_000 + i,
    title: { id: ELECTION, commitment: bytes(`title ${i}`, 32) },
  }));
  for (let i = 0; i < listed.length; i += 150) {
    const last = i + 150 >= listed.length;
    yield {
      stream,
      event: {
        type: 'OptionsListed',
        data: { electionId: ELECTION, listing: 1, chunk: i / 150, last, options: listed.slice(i, i + 150) },
      },
    };
  }
  for (let i = 0; i < voters; i += CHUNK) {
    const entries = Array.from({ length: Math.min(CHUNK, voters - i) }, (_, j) => ({
      v: bytes(`v ${i + j}`, 16),
      k: bytes(`k ${i + j}`, 32),
      areas: ['city'],
      w: 1,
      c: bytes(`c ${i + j}`, 32),
    }));
    yield {
      stream: `roll-${ELECTION}`,
      event: { type: 'RollListed', data: { electionId: ELECTION, chunk: i / CHUNK, entries } },
    };
  }
  const root = bytes('root', 32);
  yield {
    stream,
    event: {
      type: 'VotingOpened',
      data: {
        electionId: ELECTION,
        e: definitionHash,
        boxKey: bytes('box', 32),
        rollRoot: root,
        optionsRoot: root,
      },
    },
  };
}

/** What the voters of the roll do: of ten, six vote on the web, one of these twice, and four on paper. */
export function* voting(voters: number): Generator<{ stream: string; event: NewEvent }> {
  for (let i = 0; i < voters; i++) {
    const v = bytes(`v ${i}`, 16);
    if (i % 10 >= 6) {
      yield {
        stream: `ballots-${ELECTION}.${v}`,
        event: { type: 'RollMarkedPaper', data: { electionId: ELECTION, v } },
      };
      continue;
    }
    for (let n = 1; n <= (i % 10 === 0 ? 2 : 1); n++) {
      const id = bytes(`id ${i} ${n}`, 32);
      const ballot = {
        v: 1 as const,
        e: definitionHash,
        cl: 'all',
        k: bytes(`k ${i}`, 32),
        n,
        ...(n > 1 ? { p: bytes(`id ${i} ${n - 1}`, 32) } : {}),
        x: bytes(`x ${i}`, 32),
        b: bytes(`b ${i} ${n}`, SEALED_BYTES),
        g: bytes(`g ${i} ${n}`, 64),
      };
      yield {
        stream: `ballots-${ELECTION}.${v}`,
        event: { type: 'BallotCast', data: { electionId: ELECTION, v, id, ballot } },
      };
    }
  }
}

/** The events as appends of one event each, with the revisions that a log of only these would have. */
export function* appends(events: Iterable<{ stream: string; event: NewEvent }>): Generator<Append> {
  const revisions = new Map<string, bigint>();
  let i = 0;
  for (const { stream, event } of events) {
    const last = revisions.get(stream);
    const hex = i.toString(16).padStart(12, '0');
    const id = `00000000-0000-5000-8000-${hex}`;
    const leaf = leafBytes(event, {
      id,
      stream,
      at: event.type === 'BallotCast' ? hourOf(instant(i)) : instant(i),
      actor: 'system',
    });
    i++;
    yield {
      stream,
      expected: last ?? 'no-stream',
      events: [{ id, type: event.type, leaf, hash: leafHash(nodeCrypto, leaf) }],
    };
    revisions.set(stream, (last ?? -1n) + 1n);
  }
}

/** Appends the log of an election, its start in order and then the voters' streams many at once. */
export async function appendElection(store: EventStore, voters: number, options = 160): Promise<void> {
  function* events() {
    yield* opening(voters, options);
    yield* voting(voters);
  }
  let waiting: Promise<unknown>[] = [];
  const streams = new Set<string>();
  const settle = async () => {
    await Promise.all(waiting);
    waiting = [];
    streams.clear();
  };
  for (const append of appends(events())) {
    // Appends to one stream must come one after another.
    if (streams.has(append.stream) || waiting.length >= CALLERS) await settle();
    streams.add(append.stream);
    waiting.push(store.append(append));
  }
  await settle();
}
