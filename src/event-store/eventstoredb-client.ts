/**
 * One client of EventStoreDB at a time, with a deadline around every call. The client itself does not leave a server that
 * answers nothing, and remembers a discovery that failed; so it is replaced as soon as a call fails and nothing was answered
 * since it began. Credentials go with every call: an append without them takes the batch path, which has no deadline.
 */
import {
  BACKWARDS,
  END,
  ErrorType,
  EventStoreDBClient,
  FORWARDS,
  NO_STREAM,
  START,
  streamNameFilter,
  type AllStreamRecordedEvent,
  type AllStreamSubscription,
  type AppendResult,
  type Credentials,
  type EventData,
  type RecordedEvent,
} from '@eventstore/db-client';
import type { Place } from './eventstoredb-fold.js';

/** No answer within the deadline, or the client was replaced meanwhile: whether something was done is unknown. */
export class NoAnswer extends Error {
  constructor(why: string) {
    super(`EventStoreDB gave no answer: ${why}`);
    this.name = 'NoAnswer';
  }
}

interface Lease {
  readonly client: EventStoreDBClient;
  /** Called when the client is given up. */
  readonly leave: Set<() => void>;
  replaced: boolean;
  answeredAt: number;
}

/** Of one call, and of one step of a read; milliseconds. */
const CALL_MS = 2_000;
/** The client gives up first, so that its own error is seen. */
const GRACE_MS = 250;
/** Between two replacements; milliseconds. */
const REPLACE_MS = 200;

/** What the server answered, as against what happened on the way. */
const ANSWERS = new Set<unknown>([
  ErrorType.WRONG_EXPECTED_VERSION,
  ErrorType.STREAM_NOT_FOUND,
  ErrorType.STREAM_DELETED,
  ErrorType.ACCESS_DENIED,
  ErrorType.MAXIMUM_APPEND_SIZE_EXCEEDED,
  ErrorType.INVALID_ARGUMENT,
  ErrorType.NOT_LEADER,
]);

export function typeOf(error: unknown): unknown {
  return error instanceof Error && 'type' in error ? error.type : undefined;
}

/** Found by the client in the URL, and left out where an append takes the path without a deadline. */
type Call = { credentials: Credentials; requiresLeader: true };

export class StoreClient {
  readonly #url: string;
  readonly #call: Call;
  #lease: Lease;
  #replacedAt = -Infinity;

  /** @param url a connection string of EventStoreDB. @throws Error when it is none */
  constructor(url: string) {
    this.#url = withDefaults(url);
    this.#call = { credentials: credentialsOf(url), requiresLeader: true };
    this.#lease = this.#open();
  }

  append(stream: string, events: EventData[], expected: bigint | typeof NO_STREAM): Promise<AppendResult> {
    const options = { ...this.#call, deadline: CALL_MS, expectedRevision: expected };
    return this.#ask((lease) =>
      within(CALL_MS + GRACE_MS, lease, lease.client.appendToStream(stream, events, options)),
    );
  }

  /** At most `limit` events of a stream from a revision on; none for a stream that does not exist. */
  async readStream(stream: string, from: bigint, limit: number): Promise<RecordedEvent[]> {
    return this.#read((client) =>
      client.readStream(stream, { ...this.#call, fromRevision: from, direction: FORWARDS, maxCount: limit }),
    );
  }

  async lastOf(stream: string): Promise<RecordedEvent | undefined> {
    const [last] = await this.#read<RecordedEvent>((client) =>
      client.readStream(stream, { ...this.#call, fromRevision: END, direction: BACKWARDS, maxCount: 1 }),
    );
    return last;
  }

  /** At most `limit` events of `$all`, of whatever stream, from a place on: the one that stands there comes first. */
  async readAll(from: Place, limit: number): Promise<AllStreamRecordedEvent[]> {
    return this.#read((client) =>
      client.readAll({ ...this.#call, fromPosition: { ...from }, direction: FORWARDS, maxCount: limit }),
    );
  }

  /** The last place of `$all`. */
  async end(): Promise<Place | undefined> {
    const [last] = await this.#read<AllStreamRecordedEvent>((client) =>
      client.readAll({ ...this.#call, fromPosition: END, direction: BACKWARDS, maxCount: 1 }),
    );
    return last?.position;
  }

  /**
   * What comes after a place of `$all` in streams of some prefixes.
   * @param replaced called when the client was given up: the subscription says nothing by itself then
   */
  subscribe(
    after: Place | undefined,
    prefixes: string[],
    checkpointReached: (place: Place) => void,
    replaced: () => void,
  ): AllStreamSubscription {
    const lease = this.#lease;
    const filter = streamNameFilter({
      prefixes,
      checkpointInterval: 1,
      checkpointReached: (_subscription, place) => checkpointReached(place),
    });
    const fromPosition = after === undefined ? START : { commit: after.commit, prepare: after.prepare };
    const subscription = lease.client.subscribeToAll({ ...this.#call, fromPosition, filter });
    lease.leave.add(replaced);
    subscription.once('close', () => lease.leave.delete(replaced));
    return subscription;
  }

  async close(): Promise<void> {
    leave(this.#lease);
    await this.#lease.client.dispose();
  }

  async #read<E>(open: (client: EventStoreDBClient) => AsyncIterable<{ event?: unknown }>): Promise<E[]> {
    try {
      return await this.#ask(async (lease) => {
        const events: E[] = [];
        const stream = open(lease.client) as AsyncIterable<{ event?: unknown }> & { cancel(): Promise<void> };
        const steps = stream[Symbol.asyncIterator]();
        try {
          for (;;) {
            const step = await within(CALL_MS, lease, steps.next());
            if (step.done === true) return events;
            lease.answeredAt = performance.now();
            if (step.value.event !== undefined) events.push(step.value.event as E);
          }
        } catch (error) {
          stream.cancel().catch(() => undefined);
          throw error;
        }
      });
    } catch (error) {
      if (typeOf(error) === ErrorType.STREAM_NOT_FOUND) return [];
      throw error;
    }
  }

  async #ask<T>(work: (lease: Lease) => Promise<T>): Promise<T> {
    const lease = this.#lease;
    const begun = performance.now();
    try {
      const result = await work(lease);
      lease.answeredAt = performance.now();
      return result;
    } catch (error) {
      if (ANSWERS.has(typeOf(error))) lease.answeredAt = performance.now();
      else if (lease === this.#lease && lease.answeredAt < begun) this.#replace();
      throw error;
    }
  }

  #replace(): void {
    const now = performance.now();
    if (now - this.#replacedAt < REPLACE_MS) return;
    this.#replacedAt = now;
    const old = this.#lease;
    this.#lease = this.#open();
    // Whatever waits for the old one is told at once: it may be tried again.
    leave(old);
    old.client.dispose().catch(() => undefined);
  }

  #open(): Lease {
    const client = EventStoreDBClient.connectionString(this.#url);
    return { client, leave: new Set(), replaced: false, answeredAt: -Infinity };
  }
}

function leave(lease: Lease): void {
  lease.replaced = true;
  for (const left of lease.leave) left();
  lease.leave.clear();
}

function within<T>(ms: number, lease: Lease, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const left = () => reject(new NoAnswer('the client was replaced'));
    if (lease.replaced) left();
    lease.leave.add(left);
    const timer = setTimeout(() => reject(new NoAnswer(`${ms} ms have passed`)), ms);
    void work.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      lease.leave.delete(left);
    });
  });
}

/** A frozen node must not hold up the search for the leader: five seconds for each are the client's own choice. */
const DEFAULTS = { gossipTimeout: '1', maxDiscoverAttempts: '5', discoveryInterval: '200' };

function withDefaults(url: string): string {
  const missing = Object.entries(DEFAULTS).filter(([key]) => !new RegExp(`[?&]${key}=`, 'i').test(url));
  const added = missing.map(([key, value]) => `${key}=${value}`).join('&');
  const base = url.replace(/\/+$/, '');
  return `${base}${base.includes('?') ? '&' : '?'}${added}`;
}

/** A server without authentication takes any. */
function credentialsOf(url: string): Credentials {
  const [, username, password] = /^[^:]+:\/\/([^:@/?]+):([^@/?]+)@/.exec(url) ?? [];
  return username === undefined || password === undefined
    ? { username: 'concejo', password: 'none' }
    : { username: decodeURIComponent(username), password: decodeURIComponent(password) };
}
