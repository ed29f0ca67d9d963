/**
 * Clients that write all the time: voters who cast, replace and repeat their ballots, and staff who define elections. Some
 * are impatient and send the same twice at once, some get ahead of themselves, some give up; all remember what they were told.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ballotId } from '../../projections/ballot.js';
import { canonicalBytes } from '../../projections/canonical.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { BALLOT_TYPE } from '../../src/rest/media-types.js';
import { ballotOf } from '../bench/ballots.js';
import { people } from '../rest/site.js';
import type { Answer, Told, Write } from './model.js';
import type { Random } from './random.js';
import type { Web } from './web.js';
import type { World } from './world.js';

/** How long a client waits for an answer. */
const PATIENCE_MS = 6_000;
const MOST_TRIES = 12;
const LONGEST_PAUSE_MS = 60;
/** Of one voter; the program takes a hundred. */
const MOST_BALLOTS = 95;
const HOUR_MS = 3_600_000;

/** What a client sends, always in the same bytes. */
interface Request {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array | string;
}

interface Ballot {
  readonly n: number;
  readonly write: Write;
  readonly request: Request;
}

export class Load {
  /** When something was acknowledged, as `performance.now()` tells. */
  readonly acknowledgedAt: number[] = [];
  /** Requests that were sent a second time at once, and ballots that overtook another one. */
  repeated = 0;
  reordered = 0;
  /** Of each voter, the number of her next ballot as she knows it. */
  readonly #next = new Map<number, number>();
  readonly #busy = new Set<number>();
  readonly #stopping = new AbortController();
  readonly #running: Promise<unknown>;
  #made = 0;
  #elections = 0;

  constructor(
    private readonly world: World,
    private readonly told: Told,
    random: Random,
    clients: number,
  ) {
    this.#running = Promise.all(Array.from({ length: clients }, (_, i) => this.#client(random.fork(i))));
  }

  /** Begins nothing any more, and resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** The longest time without an acknowledgement since then, in milliseconds. */
  longestSilence(since: number): number {
    const times = [since, ...this.acknowledgedAt.filter((at) => at > since), performance.now()];
    return times.reduce((most, at, i) => Math.max(most, at - (times[i - 1] ?? at)), 0);
  }

  /** Casts a ballot through one web process, until it is acknowledged. @returns its id and place @throws Error after so long */
  async castThrough(web: Web, withinMs: number): Promise<{ id: string; position: bigint }> {
    const end = performance.now() + withinMs;
    const voter = this.#freeVoter(undefined);
    for (let ballot = this.#ballot(voter); ;) {
      const answer = await this.#send(web, ballot.write, ballot.request);
      if (answer.is === 'acknowledged') return { id: ballot.write.key, position: answer.position };
      if (performance.now() > end)
        throw new Error(`${web.name} takes no ballot: ${JSON.stringify(answer)}\n${web.said()}`);
      if (answer.is === 'refused') {
        this.#learn(voter, ballot);
        ballot = this.#ballot(voter);
      }
      await sleep(100);
    }
  }

  async #client(random: Random): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      if (random.chance(0.02)) {
        const { write, request } = this.#election();
        await this.#insist(random, write, request);
      } else {
        await this.#vote(random, this.#freeVoter(random));
      }
      await sleep(random.between(0, LONGEST_PAUSE_MS));
    }
  }

  async #vote(random: Random, voter: number): Promise<void> {
    this.#busy.add(voter);
    const ballots = [this.#ballot(voter)];
    if (random.chance(0.1)) {
      this.reordered++;
      ballots.unshift(this.#ballot(voter));
    }
    await Promise.all(ballots.map(({ write, request }) => this.#insist(random, write, request)));
    for (const ballot of ballots) this.#learn(voter, ballot);
    this.#busy.delete(voter);
  }

  /** A voter who was told the number of her next ballot uses that one. */
  #learn(voter: number, { n, write }: Ballot): void {
    const next = this.#next.get(voter) ?? 1;
    for (const answer of write.answers) {
      if (answer.is === 'acknowledged') this.#next.set(voter, Math.max(next, n + 1));
      else if (answer.is === 'refused' && answer.expected !== undefined)
        this.#next.set(voter, answer.expected);
    }
  }

  /** Sends a request again, through any web process, until it is answered or this client has had enough. */
  async #insist(random: Random, write: Write, request: Request): Promise<void> {
    const { webs } = this.world;
    const tries = random.between(1, MOST_TRIES);
    const twice = random.chance(0.1);
    for (let i = 0; i < tries; i++) {
      const sent = [this.#send(random.of(webs), write, request)];
      if (twice) {
        this.repeated++;
        sent.push(this.#send(random.of(webs), write, request));
      }
      if ((await Promise.all(sent)).some(({ is }) => is !== 'unknown')) return;
      await sleep(random.between(20, 400));
    }
  }

  async #send(web: Web, write: Write, { path, headers, body }: Request): Promise<Answer> {
    const answer = await fetch(web.url + path, {
      method: 'POST',
      headers,
      body: typeof body === 'string' ? body : Buffer.from(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
      .then(answerOf)
      .catch((error: unknown): Answer => ({ is: 'unknown', why: whyOf(error) }));
    write.answers.push(answer);
    if (answer.is === 'acknowledged') this.acknowledgedAt.push(performance.now());
    return answer;
  }

  #freeVoter(random: Random | undefined): number {
    const { voters } = this.world;
    const start = random?.between(0, voters - 1) ?? 0;
    for (let i = 0; i < voters; i++) {
      const voter = (start + i) % voters;
      if (!this.#busy.has(voter) && (this.#next.get(voter) ?? 1) < MOST_BALLOTS) return voter;
    }
    throw new Error('Every voter has cast all her ballots');
  }

  /** The voter's next. */
  #ballot(voter: number): Ballot {
    const n = this.#next.get(voter) ?? 1;
    this.#next.set(voter, n + 1);
    const { target, path } = this.world.booth;
    const ballot = ballotOf(target, voter, n, ++this.#made);
    const write = this.told.begin('ballot', ballotId(nodeCrypto, ballot));
    return {
      n,
      write,
      request: { path, headers: { 'content-type': BALLOT_TYPE }, body: canonicalBytes(ballot) },
    };
  }

  #election(): Pick<Ballot, 'write' | 'request'> {
    const key = `faults-election-${String(++this.#elections).padStart(6, '0')}`;
    const headers = {
      authorization: `Bearer ${people.ana.key}`,
      'content-type': 'application/json',
      'idempotency-key': key,
    };
    const request = { path: '/api/v1/elections', headers, body: JSON.stringify(definition()) };
    return { write: this.told.begin('election', key), request };
  }
}

async function answerOf(response: Response): Promise<Answer> {
  const body = (await response.json()) as {
    code?: string;
    position?: string;
    leafHash?: string;
    parameters?: { expected?: number };
    events?: readonly { leafHash: string }[];
  };
  if (response.ok) {
    const leafHashes = body.events?.map(({ leafHash }) => leafHash) ?? [body.leafHash ?? ''];
    return { is: 'acknowledged', position: BigInt(body.position ?? -1), leafHashes };
  }
  const code = body.code ?? String(response.status);
  if (response.status >= 500) return { is: 'unknown', why: `${response.status} ${code}` };
  const { expected } = body.parameters ?? {};
  return { is: 'refused', code, ...(expected !== undefined && { expected }) };
}

function whyOf(error: unknown): string {
  const { name, cause } = error as { name?: string; cause?: { code?: string } };
  return cause?.code ?? name ?? 'unknown';
}

/** Opens in weeks, wherever a clock may jump in between. */
function definition() {
  const instant = (hours: number) => new Date(Date.now() + hours * HOUR_MS).toISOString();
  return {
    title: { en: 'Defined under faults' },
    areas: [{ id: 'city', budget: 1_000 }],
    ballot: { type: 'approval', min: 1, max: 2, repeats: 'refuse', limits: 'refuse' },
    ruleset: { v: 1, rule: 'greedy', score: { by: 'votes' }, tieOrder: ['listed'], ties: ['bench', 'trees'] },
    schedule: { opensAt: instant(1_000), closesAt: instant(1_100), claimsUntil: instant(1_200) },
    paper: 'none',
    options: [
      { id: 'bench', area: 'city', cost: 300, title: { en: 'Benches' } },
      { id: 'trees', area: 'city', cost: 500, title: { en: 'Trees' } },
    ],
  };
}
