/**
 * Two projection runners whose interleaving a seed chooses, while the log grows: they are killed, frozen with their locks taken away,
 * and lose connections before and after a commit. After every commit each table must be what a replay gives.
 */
import { openEvent, type LogEvent, type RecordedEvent } from '../../../projections/event.js';
import { label, foldInto } from '../../../projections/projection.js';
import { nodeCrypto } from '../../../src/crypto/node-crypto.js';
import type { EventStore } from '../../../src/event-store/event-store.js';
import { ViewRunner } from '../../../src/views/runner.js';
import { tableName, type AnyProjection } from '../../../src/views/table.js';
import { granted, revoked, rolesView, staffView, toAppend } from '../../views/world.js';
import { Random } from '../random.js';
import type { Simulated } from './log-simulation.js';
import { Scheduler } from './scheduler.js';
import { SimulatedServer, type Statements } from './server.js';

const PROCESSES = ['one', 'other'] as const;
const VIEWS: readonly AnyProjection[] = [staffView, rolesView];
const NAMES = ['ana', 'bea', 'cova'];
const ROLES = ['clerk', 'officer', 'mayor'];
/** As the program calls it. */
const COMMIT_LOCK = '1668247139, 3';
const MOST_EVENTS = 30;
const MOST_STEPS = 20_000;

/** @param Runner the one under test, or one that is broken on purpose */
export async function simulateRunner(seed: number, Runner = ViewRunner): Promise<Simulated> {
  return new RunnerSimulation(new Random(seed), Runner).run();
}

interface Row {
  readonly key: string;
  readonly row: string;
  readonly changed_at: string;
}

class RunnerSimulation {
  readonly #log: RecordedEvent[] = [];
  readonly #events: LogEvent[] = [];
  readonly #tables = new Map<string, Map<string, Row>>(VIEWS.map((view) => [tableName(view), new Map()]));
  readonly #checkpoints = VIEWS.map(({ name, version }) => ({
    name,
    version,
    position: -1n,
    changedAt: -1n,
  }));
  readonly #findings: string[] = [];
  readonly #scheduler: Scheduler;
  readonly #server: SimulatedServer;
  /** Those who wait for new events. */
  readonly #hints = new Map<string, () => void>();

  constructor(
    private readonly random: Random,
    private readonly Runner: typeof ViewRunner,
  ) {
    this.#scheduler = new Scheduler(random.fork(1));
    this.#server = new SimulatedServer(this.#scheduler, random.fork(2), this.#statements, () =>
      this.#compare(),
    );
    this.#server.loses = random.of([0, 0.02, 0.1]);
  }

  async run(): Promise<Simulated> {
    for (const name of PROCESSES) this.#start(name);
    let under = 3;
    void this.#grow(this.random.fork(3)).finally(() => under--);
    void this.#trouble(this.random.fork(4)).finally(() => under--);
    void this.#rebuild(this.random.fork(5)).finally(() => under--);
    const head = () => BigInt(this.#log.length - 1);
    const isOver = () => under === 0 && this.#checkpoints.every(({ position }) => position === head());
    try {
      if (!(await this.#scheduler.run(isOver, MOST_STEPS))) this.#findings.push('nothing goes on any more');
    } catch (error) {
      this.#findings.push(String(error));
    }
    return { findings: this.#findings, steps: this.#scheduler.steps };
  }

  #start(name: string): void {
    const options = { timers: this.#scheduler.timers(name), pollMs: 100, pageSize: 4 };
    new this.Runner(this.#server.pool(name), this.#store(name), nodeCrypto, VIEWS, options).start();
  }

  /** The log as a process reads it: each page when its turn comes. */
  #store(of: string): EventStore {
    const scheduler = this.#scheduler;
    const log = this.#log;
    const store: Pick<EventStore, 'readAll' | 'head' | 'onAppended'> = {
      async *readAll(after, pageSize = 1_000) {
        for (let at = Number(after) + 1; at < log.length; at += pageSize) {
          await scheduler.turn(of);
          const page = log.slice(at, at + pageSize);
          yield page;
          if (page.length < pageSize) return;
        }
      },
      head: () => Promise.resolve(BigInt(log.length - 1)),
      onAppended: (listener) => {
        this.#hints.set(of, listener);
        return () => this.#hints.delete(of);
      },
    };
    return store as EventStore;
  }

  async #grow(random: Random): Promise<void> {
    for (let left = random.between(1, MOST_EVENTS); left > 0; left--) {
      // Now and then so late that all has been folded before.
      for (let wait = random.chance(0.2) ? random.between(1, 100) : 1; wait > 0; wait--)
        await this.#scheduler.turn('log');
      const name = random.of(NAMES);
      const event = random.chance(0.3) ? revoked(name) : granted(name, random.of(ROLES), random.of(ROLES));
      const position = BigInt(this.#log.length);
      const recorded = {
        ...toAppend(event, 'staff', this.#log.length),
        ...{ stream: 'staff', position, revision: position },
        ...{ recordedAt: new Date(0), commandId: undefined, requestDigest: undefined },
      };
      this.#log.push(recorded);
      this.#events.push(openEvent(nodeCrypto, recorded));
      // A hint may be lost; behind it stands the poll.
      for (const hint of this.#hints.values()) if (random.chance(0.8)) hint();
    }
  }

  async #trouble(random: Random): Promise<void> {
    const wait = async (most: number) => {
      for (let i = random.between(1, most); i > 0; i--) await this.#scheduler.turn('trouble');
    };
    for (let i = random.between(0, 8); i > 0; i--) {
      await wait(20);
      const name = random.of(PROCESSES);
      switch (random.of(['kill', 'freeze', 'cut'] as const)) {
        case 'kill':
          this.#scheduler.kill(name);
          this.#server.killed(name);
          this.#start(name);
          break;
        case 'freeze':
          // With its locks taken away: it believes to be active when it thaws, as the other one is.
          this.#scheduler.freeze(name);
          await wait(10);
          this.#server.cut(name, random.of(['all', 'holding'] as const));
          await wait(30);
          this.#scheduler.thaw(name);
          break;
        case 'cut':
          this.#server.cut(name, random.of(['all', 'holding'] as const));
      }
    }
  }

  /** Another process builds the views anew and switches to them, in the transaction that no other may move them in. */
  async #rebuild(random: Random): Promise<void> {
    for (let i = random.between(0, 5); i > 0; i--) {
      for (let wait = random.between(1, 60); wait > 0; wait--) await this.#scheduler.turn('builder');
      const client = await this.#server.pool('builder').connect();
      try {
        await client.query(`begin; select pg_advisory_xact_lock(${COMMIT_LOCK})`);
        await client.query('switch');
        await client.query('commit');
      } catch {
        // Its connection ended, before or after: another build comes.
      }
      client.release();
    }
  }

  #switch(): void {
    const position = BigInt(this.#log.length - 1);
    for (const view of VIEWS) {
      const rows = foldInto(view, new Map<string, unknown>(), this.#events);
      const stored = [...rows].map(([key, row]): [string, Row] => [
        key,
        { key, row: JSON.stringify(row), changed_at: '0' },
      ]);
      this.#tables.set(tableName(view), new Map(stored));
      this.#move(view.name, position, position);
    }
  }

  /** After each commit. */
  #compare(): void {
    for (const [v, view] of VIEWS.entries()) {
      const { position } = this.#checkpoints[v] ?? { position: -1n };
      const replayed = foldInto(
        view,
        new Map<string, unknown>(),
        this.#events.slice(0, Number(position) + 1),
      );
      const stored = [...(this.#tables.get(tableName(view)) ?? [])].map(([key, { row }]) => [key, row]);
      const expected = [...replayed].map(([key, row]) => [key, JSON.stringify(row)]);
      if (String(stored.sort()) !== String(expected.sort()))
        this.#findings.push(`${label(view)} at ${position} is not what a replay gives`);
    }
  }

  readonly #statements: Statements = ({ text, values }, write) => {
    const [first, second, third, fourth] = values as (readonly string[])[];
    if (text === 'switch') {
      write(() => this.#switch());
      return { rows: [] };
    }
    const table = /views\."[^"]+"/.exec(text)?.[0] ?? '';
    if (text.startsWith('select key')) {
      const rows = (first ?? []).flatMap((key) => this.#tables.get(table)?.get(key) ?? []);
      return { rows };
    }
    if (text.startsWith('insert into')) {
      for (const [i, key] of (first ?? []).entries()) {
        const row = { key, row: second?.[i] ?? '', changed_at: third?.[i] ?? '' };
        write(() => this.#tables.get(table)?.set(key, row));
      }
      return { rows: [] };
    }
    if (text.startsWith('delete from')) {
      for (const key of first ?? []) write(() => this.#tables.get(table)?.delete(key));
      return { rows: [] };
    }
    if (text.includes('update views.checkpoints')) {
      for (const [i, name] of (first ?? []).entries())
        write(() => this.#move(name, BigInt(third?.[i] ?? -1), BigInt(fourth?.[i] ?? -1)));
      return { rows: [], rowCount: first?.length ?? 0 };
    }
    if (text.includes('from views.checkpoints')) {
      const rows = this.#checkpoints.map(({ changedAt, ...rest }) => ({
        ...rest,
        ...{ state: 'live', changed_at: changedAt },
      }));
      return { rows };
    }
    return undefined;
  };

  #move(name: string, position: bigint, changedAt: bigint): void {
    const checkpoint = this.#checkpoints.find((each) => each.name === name);
    if (checkpoint === undefined) return;
    if (position < checkpoint.position)
      this.#findings.push(`${name} went back from ${checkpoint.position} to ${position}`);
    Object.assign(checkpoint, { position, changedAt });
  }
}
