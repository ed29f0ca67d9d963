/**
 * A double of an EventStoreDB cluster, for tests where no real one is: it speaks the same gRPC interface, through the
 * definitions in the client, on loopback; it keeps its log in memory; and it misbehaves when it is told to.
 *
 *     const double = await EventStoreDbDouble.start();
 *     const client = EventStoreDBClient.connectionString(double.url);
 *     await double.misbehave({ on: ['append'], do: 'lose-answer' });
 *
 * It has no persistent subscriptions, projections, links, scavenging, users' or stream's access lists, nor HTTP.
 */
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import type { DoubleControl, Written } from './control.js';
import { Log, type Outcome } from './log.js';
import { Misdeeds, type Call, type Rule } from './misdeeds.js';
import { Node, type Surroundings } from './node.js';
import { View } from './view.js';

export interface DoubleOptions {
  /** Number of nodes on one log; the first leads. */
  readonly nodes?: number;
  /** Fixed ports, one a node. */
  readonly ports?: readonly number[];
  /** Passwords by user. Only with `tls`, for the client sends none without. */
  readonly users?: Readonly<Record<string, string>>;
  readonly tls?: { readonly key: string; readonly certificate: string };
  /** Mixes an event of the server's own into $all after so many appends. */
  readonly statsEvery?: number;
}

export class EventStoreDbDouble implements DoubleControl {
  readonly #log = new Log();
  readonly #misdeeds = new Misdeeds();
  readonly #nodes: Node[];
  readonly #tls: boolean;
  /** What waits for most nodes to be reached again; undefined while they are. */
  #unagreed: (() => void)[] | undefined;
  #appends = 0;

  private constructor(options: DoubleOptions) {
    this.#tls = options.tls !== undefined;
    const { users, tls, statsEvery = Infinity } = options;
    const surroundings: Surroundings = {
      misdeeds: this.#misdeeds,
      ...(users === undefined ? {} : { users }),
      ...(tls === undefined ? {} : { tls }),
      leader: () => this.#nodes.find(({ role }) => role === 'leader'),
      members: () =>
        this.#nodes.map(({ id, port, role, isUp }) => ({ id, port, alive: isUp, state: STATES[role] })),
      agreed: (write) => {
        if (++this.#appends % statsEvery === 0) this.#stats();
        if (this.#unagreed === undefined) return Promise.resolve(write());
        return new Promise<Outcome>((resolve) => this.#unagreed?.push(() => resolve(write())));
      },
    };
    this.#nodes = Array.from(
      { length: options.nodes ?? 1 },
      (_, i) => new Node(i, new View(this.#log), surroundings),
    );
    this.#nodes[0]!.role = 'leader';
    for (const name of Object.keys(users ?? {})) {
      this.#log.system(`$user-${name}`, '$UserCreated', { loginName: name, fullName: name, groups: [] });
      this.#log.system('$users', '$User', { loginName: name });
    }
  }

  static async start(options: DoubleOptions = {}): Promise<EventStoreDbDouble> {
    const double = new EventStoreDbDouble(options);
    await Promise.all(double.#nodes.map((node, i) => node.open(options.ports?.[i] ?? 0)));
    return double;
  }

  get ports(): readonly number[] {
    return this.#nodes.map(({ port }) => port);
  }

  /** Connection string, without credentials: of the only node, or of all as seeds. */
  get url(): string {
    return this.urlFor();
  }

  /** @param credentials such as `admin:changeit` */
  urlFor(credentials?: string): string {
    const hosts = this.ports.map((port) => `127.0.0.1:${port}`).join();
    return `esdb://${credentials === undefined ? '' : `${credentials}@`}${hosts}?tls=${this.#tls}`;
  }

  async misbehave(rule: Rule): Promise<void> {
    this.#misdeeds.add(rule);
  }

  async behave(): Promise<void> {
    this.#misdeeds.clear();
  }

  async calls(): Promise<readonly Call[]> {
    return [...this.#misdeeds.calls];
  }

  async written(): Promise<readonly Written[]> {
    return this.#log.records.map(({ stream, revision, id, type, position }) => ({
      ...{ stream, id, type },
      ...{ revision: revision.toString(), position: position.toString() },
    }));
  }

  async freeze(node = 0): Promise<void> {
    this.#node(node).freeze(true);
  }

  async thaw(node = 0): Promise<void> {
    this.#node(node).freeze(false);
  }

  async cut(node = 0): Promise<void> {
    this.#node(node).cut();
  }

  async stop(node = 0): Promise<void> {
    await this.#node(node).stop();
  }

  async restart(node = 0): Promise<void> {
    await this.#node(node).start();
  }

  /** All nodes are stopped, brought back to how they were when they had so many records, and started again. */
  async restore(records: number): Promise<void> {
    for (const node of this.#nodes) await node.stop();
    this.#log.restore(records);
    for (const node of this.#nodes) await node.start();
  }

  async elect(node?: number): Promise<void> {
    for (const each of this.#nodes) each.role = node === undefined ? 'unknown' : 'follower';
    if (node === undefined) return;
    this.#node(node).role = 'leader';
    this.#log.begin();
  }

  async lag(node: number, ms: number): Promise<void> {
    this.#node(node).view.lag = ms;
  }

  async loseQuorum(): Promise<void> {
    this.#unagreed ??= [];
  }

  async regainQuorum(): Promise<void> {
    const waiting = this.#unagreed ?? [];
    this.#unagreed = undefined;
    for (const write of waiting) write();
  }

  async writeStats(): Promise<void> {
    this.#stats();
  }

  async close(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.close()));
  }

  #node(index: number): Node {
    const node = this.#nodes[index];
    if (node === undefined) throw new RangeError(`no node ${index}`);
    return node;
  }

  #stats(): void {
    this.#log.system(`$stats-127.0.0.1:${this.ports[0]!}`, '$statsCollected', { 'proc-cpu': 1 });
  }
}

const { LEADER, FOLLOWER, UNKNOWN } = gossip.MemberInfo.VNodeState;
const STATES = { leader: LEADER, follower: FOLLOWER, unknown: UNKNOWN } as const;
