/**
 * The engine on PostgreSQL (group commit, and trying again after nobody knows) in two processes whose interleaving a seed
 * chooses: callers append to few streams, send the same again, send what the database refuses; processes are killed and frozen,
 * connections end before and after a commit.
 */
import { nodeCrypto } from '../../../src/crypto/node-crypto.js';
import pg from 'pg';
import { toBase64url } from '../../../projections/bytes.js';
import type { RecordedEvent } from '../../../projections/event.js';
import { leafHash } from '../../../projections/hash.js';
import type { Append, EventToAppend } from '../../../src/event-store/event-store.js';
import { PostgresEventStore } from '../../../src/event-store/postgres.js';
import { structureFaults, Told, type Answer, type Write } from '../model.js';
import { Random } from '../random.js';
import { Scheduler } from './scheduler.js';
import { SimulatedServer, type Query, type Statements } from './server.js';

/** What a simulation found, and how much happened in it. */
export interface Simulated {
  readonly findings: readonly string[];
  readonly steps: number;
}

const PROCESSES = ['one', 'other'] as const;
const STREAMS = ['a', 'b', 'c'];
const CALLERS = 6;
const APPENDS = 4;
const MOST_TRIES = 3;
const MOST_STEPS = 20_000;
/** Small, so that batches are full and queues overflow. */
const LIMITS = { batchAppends: 3, batchBytes: 50, waitingAppends: 5, waitingBytes: 60 };
/** What the database cannot store. */
const POISON = 'Poison';

/** @param Engine the one under test, or one that is broken on purpose */
export async function simulateLog(seed: number, Engine = PostgresEventStore): Promise<Simulated> {
  const simulation = new LogSimulation(new Random(seed), Engine);
  return simulation.run();
}

/** What a caller knows of one of her appends. */
interface Called {
  readonly append: Append;
  readonly write: Write;
  readonly repeated: boolean[];
}

class LogSimulation {
  readonly #log: RecordedEvent[] = [];
  readonly #told = new Told();
  readonly #called: Called[] = [];
  readonly #scheduler: Scheduler;
  readonly #server: SimulatedServer;
  readonly #engines = new Map<string, PostgresEventStore>();
  /** Resolves when the process that runs now is killed. */
  readonly #killed = new Map<string, { readonly promise: Promise<unknown>; readonly kill: () => void }>();
  #numbers = 0;

  constructor(
    private readonly random: Random,
    private readonly Engine: typeof PostgresEventStore,
  ) {
    this.#scheduler = new Scheduler(random.fork(1));
    this.#server = new SimulatedServer(this.#scheduler, random.fork(2), this.#statements);
    this.#server.loses = random.of([0, 0.02, 0.1]);
  }

  async run(): Promise<Simulated> {
    for (const name of PROCESSES) this.#start(name);
    let under = CALLERS + 1;
    for (let i = 0; i < CALLERS; i++) void this.#call(this.random.fork(10 + i)).finally(() => under--);
    void this.#trouble(this.random.fork(3)).finally(() => under--);
    const isOver = await this.#scheduler.run(() => under === 0, MOST_STEPS);
    const findings = [
      ...(await this.#refusing()),
      ...structureFaults(this.#log),
      ...this.#told.compare(this.#log, -1n),
      ...this.#answerFaults(),
    ];
    if (!isOver) findings.push('a caller is never answered');
    return { findings, steps: this.#scheduler.steps };
  }

  /** Processes that refuse an append although nothing waits and nothing is broken any more. */
  async #refusing(): Promise<string[]> {
    this.#server.loses = 0;
    const wrong: string[] = [];
    for (const name of PROCESSES) {
      this.#scheduler.thaw(name);
      let answer: Answer | undefined;
      const append: Append = {
        stream: `last-${name}`,
        expected: 'no-stream',
        events: Array.from({ length: 3 }, () => this.#event(false)),
        commandId: `last-${name}`,
      };
      const called = { append, write: this.#told.begin('append', `last-${name}`, 3), repeated: [] };
      this.#called.push(called);
      void this.#send(name, called).then((each) => (answer = each));
      await this.#scheduler.run(() => answer !== undefined, MOST_STEPS);
      if (answer?.is === 'refused') wrong.push(`${name} refuses a last append: ${answer.code}`);
    }
    return wrong;
  }

  #start(name: string): void {
    const timers = this.#scheduler.timers(name);
    const options = { ...LIMITS, timers, retryMs: 2_000, tryMs: 1_000 };
    this.#engines.set(name, new this.Engine(this.#server.pool(name), options));
    let kill: () => void = () => undefined;
    this.#killed.set(name, { promise: new Promise<void>((resolve) => (kill = resolve)), kill: () => kill() });
  }

  async #call(random: Random): Promise<void> {
    for (let i = 0; i < APPENDS; i++) {
      await this.#scheduler.turn('callers');
      const append = this.#append(random);
      const write = this.#told.begin('append', append.commandId ?? '', append.events.length);
      const called: Called = { append, write, repeated: [] };
      this.#called.push(called);
      for (let tries = random.between(1, MOST_TRIES); tries > 0; tries--) {
        // An impatient one sends it twice.
        const sent = random.chance(0.1)
          ? [random.of(PROCESSES), random.of(PROCESSES)]
          : [random.of(PROCESSES)];
        const answers = await Promise.all(sent.map((name) => this.#send(name, called)));
        if (answers.some(({ is }) => is !== 'unknown')) break;
        await this.#scheduler.turn('callers');
      }
    }
  }

  /** Mostly at the right revision. */
  #append(random: Random): Append {
    const stream = random.of(STREAMS);
    const last = this.#log.findLast((event) => event.stream === stream)?.revision ?? 'no-stream';
    // Wrong for ever: nothing is expected that could still come to be.
    const expected = random.chance(0.8) ? last : random.of(['no-stream' as const, 1_000n]);
    const events = Array.from({ length: random.between(1, 3) }, () => this.#event(random.chance(0.03)));
    return { stream, expected, events, commandId: `append-${this.#called.length}` };
  }

  #event(isPoisoned: boolean): EventToAppend {
    const number = this.#numbers++;
    const leaf = Buffer.from(`event ${number}`);
    const id = `00000000-0000-5000-8000-${number.toString(16).padStart(12, '0')}`;
    return { id, type: isPoisoned ? POISON : 'Something', leaf, hash: leafHash(nodeCrypto, leaf) };
  }

  async #send(name: string, { append, write, repeated }: Called): Promise<Answer> {
    const gone = this.#killed.get(name)?.promise.then((): Answer => ({ is: 'unknown', why: 'killed' }));
    const answered = this.#engines
      .get(name)
      ?.append(append)
      .then(
        (appended): Answer => {
          repeated.push(appended.repeated);
          const leafHashes = append.events.map((event) => toBase64url(event.hash));
          return { is: 'acknowledged', position: appended.position, leafHashes };
        },
        (error: unknown): Answer => {
          const { code = 'none' } = error as { code?: string };
          return code === 'engine-unavailable' ? { is: 'unknown', why: code } : { is: 'refused', code };
        },
      );
    const answer = (await Promise.race([gone, answered])) ?? { is: 'unknown', why: 'not running' };
    write.answers.push(answer);
    return answer;
  }

  /** What happens to processes and connections. */
  async #trouble(random: Random): Promise<void> {
    for (let i = random.between(0, 6); i > 0; i--) {
      for (let wait = random.between(1, 60); wait > 0; wait--) await this.#scheduler.turn('trouble');
      const name = random.of(PROCESSES);
      switch (random.of(['kill', 'freeze', 'cut', 'away'] as const)) {
        case 'kill':
          this.#scheduler.kill(name);
          this.#server.killed(name);
          this.#killed.get(name)?.kill();
          this.#start(name);
          break;
        case 'freeze':
          this.#scheduler.freeze(name);
          if (random.chance(0.5)) this.#server.cut(name, 'all');
          for (let wait = random.between(1, 60); wait > 0; wait--) await this.#scheduler.turn('trouble');
          this.#scheduler.thaw(name);
          break;
        case 'cut':
          this.#server.cut(name, 'all');
          break;
        case 'away':
          this.#server.isAway = true;
          await this.#scheduler.timers('trouble').pause(random.between(100, 5_000));
          this.#server.isAway = false;
      }
    }
  }

  /** What the comparison does not know: what this port promises of refusals and repetitions. */
  #answerFaults(): string[] {
    const there = new Set(this.#log.map(({ commandId }) => commandId));
    return this.#called.flatMap(({ append, write, repeated }) => {
      const key = append.commandId ?? '';
      const codes = write.answers.flatMap((answer) => (answer.is === 'refused' ? [answer.code] : []));
      const isPoisoned = append.events.some(({ type }) => type === POISON);
      return [
        // At another revision now, a stream never comes back to that one: it cannot have been written, nor be later.
        ...(codes.includes('stream-conflict') && there.has(key)
          ? [`${key}: in conflict, and in the log`]
          : []),
        ...(codes.some((code) => !KNOWN.has(code)) && !isPoisoned
          ? [`${key}: refused with ${codes.join()}`]
          : []),
        ...(write.answers.length === 1 && repeated[0] === true
          ? [`${key}: sent once, and called repeated`]
          : []),
      ];
    });
  }

  readonly #statements: Statements = (query, write) => {
    if (query.text.includes('from log_head'))
      return [NO_ROWS, { rows: [{ position: BigInt(this.#log.length - 1) }] }];
    const [first] = query.values;
    switch (query.name) {
      case 'append-revisions':
        return { rows: this.#revisions(first as readonly string[]) };
      case 'append-by-id':
        return { rows: this.#log.filter(({ id }) => (first as readonly string[]).includes(id)) };
      case 'append-insert': {
        const events = insertedBy(query, this.#called);
        write(() => this.#log.push(...events));
        return NO_ROWS;
      }
      default:
        return undefined;
    }
  };

  #revisions(streams: readonly string[]): object[] {
    return streams.flatMap((stream) => this.#log.findLast((event) => event.stream === stream) ?? []);
  }
}

const NO_ROWS = { rows: [] };
/** Refusals that an append may get without a poisoned event. */
const KNOWN = new Set(['stream-conflict', 'overloaded']);

/** The rows that `append-insert` makes of its values. @throws DatabaseError for one that it cannot store */
function insertedBy({ values }: Query, called: readonly Called[]): RecordedEvent[] {
  const [first, , streams, revisions, ids, types] = values as [
    bigint,
    bigint,
    readonly string[],
    readonly bigint[],
    readonly string[],
    readonly string[],
  ];
  if (types.includes(POISON))
    throw Object.assign(new pg.DatabaseError('cannot be stored', 0, 'error'), { code: '22021' });
  const events = new Map(
    called.flatMap(({ append }) => append.events.map((event) => [event.id, { append, event }])),
  );
  return ids.map((id, i): RecordedEvent => {
    const { append, event } = events.get(id) as { append: Append; event: EventToAppend };
    return {
      ...{ id, type: event.type, leaf: event.leaf, hash: event.hash },
      ...{ position: first + BigInt(i + 1), revision: revisions[i] ?? -1n, stream: streams[i] ?? '' },
      ...{ recordedAt: new Date(0), commandId: append.commandId, requestDigest: undefined },
    };
  });
}
