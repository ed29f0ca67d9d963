/**
 * How every command becomes events: load the stream, decide, append at the revision that was seen, and begin again when
 * somebody else was faster. A repeated command id gets its first receipt, whatever the state has become since.
 */
import { createHmac } from 'node:crypto';
import type { TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { equalBytes, toBase64url } from '../../projections/bytes.js';
import type { Crypto } from '../../projections/crypto.js';
import { leafBytes, openEvent, type LogEvent, type NewEvent } from '../../projections/event.js';
import { catalogue, type EventName } from '../../projections/events/catalogue.js';
import { leafHash } from '../../projections/hash.js';
import { eventId } from './event-ids.js';
import {
  EventIdReused,
  Overloaded,
  StreamConflict,
  type EventStore,
  type EventToAppend,
} from './event-store.js';

/** A refusal by a rule of the domain: a stable code, the field it concerns, and numbers for the sentence that explains it. */
export interface Rejection {
  readonly rejected: string;
  readonly field?: string;
  readonly detail?: Readonly<Record<string, string | number | boolean>>;
}

/** Who asks for a command, and the id and bytes of the request (`Idempotency-Key`). `decide` authorises the actor. */
export interface By {
  readonly commandId: string;
  readonly actor: { readonly id: string; readonly roles: readonly string[] };
  readonly request: Uint8Array;
}

export interface CommandMeta {
  /** Unique for this actor: the idempotency key. */
  readonly commandId: string;
  readonly actor: string;
  /** The command's clock, as it will stand in the leaf: UTC with milliseconds. */
  readonly at: string;
  /** The bytes of the request: a command id that comes again with others is refused. */
  readonly request: Uint8Array;
}

/** What a command made. Where `decide` returned no events, `events` is empty and the place is that of the stream as it was. */
export interface Receipt {
  readonly stream: string;
  /** In order; `leafHash` is base64url. */
  readonly events: readonly { readonly id: string; readonly type: string; readonly leafHash: string }[];
  /** Of the last event: its place in the stream and in the log; -1n where there is none. */
  readonly revision: bigint;
  readonly position: bigint;
  /** True when the command was there before, and nothing was written now. */
  readonly repeated: boolean;
}

export interface LoggedCommand<State> {
  readonly stream: string;
  readonly meta: CommandMeta;
  readonly initial: State;
  /**
   * What the caller thinks of the stream: tried first, without reading. It may be out of date and the command may be in the
   * log already: what is wrong is never written, and then the stream is read. For streams that are most likely new, and for
   * long ones that grow by many commands.
   */
  readonly known?: Known<State>;
  readonly evolve: (state: State, event: LogEvent) => State;
  /** Pure; called again after a conflict. No events: there is nothing to do. */
  readonly decide: (state: State) => readonly NewEvent[] | Rejection;
}

export function isRejection(answer: object): answer is Rejection {
  return 'rejected' in answer;
}

/** Tries after which a stream is too busy to get in: the first and ten more. */
const MAX_TRIES = 11;

/** Of an event: its place in the stream and in the log. */
export type Place = Pick<Receipt, 'revision' | 'position'>;
const NOWHERE: Place = { revision: -1n, position: -1n };

/** A fold of a stream and its last event's place; no place: the stream is new. */
export interface Known<State> {
  readonly state: State;
  readonly place?: Place;
}

export class CommandLog {
  constructor(
    private readonly store: EventStore,
    private readonly crypto: Pick<Crypto, 'sha256'>,
    /** Key of the request digests: a plain hash of a short request could be guessed. */
    private readonly digestKey: Uint8Array,
  ) {}

  /**
   * Loads, decides and appends, again and again when somebody else wrote to the stream meanwhile. A command id that the
   * actor used before gets its first receipt, or the rejection `command-id-reused` when the request was another one.
   * @throws Overloaded when the stream stays too busy or the queue is full, EngineUnavailable, DamagedEvent, UnknownEvent;
   * TypeError for a decision that does not fit its schema
   */
  async run<State>(command: LoggedCommand<State>): Promise<Receipt | Rejection> {
    const { stream, known } = command;
    const requestDigest = this.#digest(command.meta.request);
    if (known !== undefined) {
      const receipt = await this.#try(command, known, requestDigest);
      if (receipt !== undefined) return receipt;
    }
    let idTaken = false;
    for (let tries = 1; tries <= MAX_TRIES; tries++) {
      const loaded = await this.#load(command, requestDigest);
      if ('answer' in loaded) return loaded.answer;
      const { state, last } = loaded;
      const decided = command.decide(state);
      if (isRejection(decided)) return decided;
      if (decided.length === 0) return { stream, events: [], ...(last ?? NOWHERE), repeated: false };
      const appended = await this.#append(command, decided, last?.revision ?? 'no-stream', requestDigest);
      if (typeof appended === 'object') return appended;
      // Once: the same command came in between, and the next look finds it. Twice: the actor used its id elsewhere.
      if (appended === 'id-taken' && idTaken) return { rejected: 'command-id-reused' };
      idTaken ||= appended === 'id-taken';
    }
    throw new Overloaded();
  }

  /** Nothing where the log has the last word: a refusal may be due to an old state, or be a repeated command. */
  async #try<State>(
    command: LoggedCommand<State>,
    { state, place }: Known<State>,
    requestDigest: Uint8Array,
  ): Promise<Receipt | undefined> {
    const decided = command.decide(state);
    if (isRejection(decided) || decided.length === 0) return undefined;
    const appended = await this.#append(command, decided, place?.revision ?? 'no-stream', requestDigest);
    return typeof appended === 'object' ? appended : undefined;
  }

  /**
   * The first receipt of a command that stands in a stream, as `run` would answer it; `undefined` when it is not there. For
   * commands that check facts before `run`, which may have changed since the first time, most of all by the command itself.
   * @throws EngineUnavailable, DamagedEvent, UnknownEvent
   */
  async find(stream: string, { commandId, actor, request }: By): Promise<Receipt | Rejection | undefined> {
    const meta = { commandId, actor: actor.id };
    const command = { stream, meta, initial: undefined, evolve: () => undefined };
    const loaded = await this.#load(command, this.#digest(request));
    return 'answer' in loaded ? loaded.answer : undefined;
  }

  async #load<State>(
    {
      stream,
      meta,
      initial,
      evolve,
    }: Pick<LoggedCommand<State>, 'stream' | 'initial' | 'evolve'> & {
      meta: Pick<CommandMeta, 'commandId' | 'actor'>;
    },
    requestDigest: Uint8Array,
  ): Promise<{ state: State; last: Place | undefined } | { answer: Receipt | Rejection }> {
    let state = initial;
    let last: Place | undefined;
    const before: { id: string; type: string; leafHash: string }[] = [];
    let beforeAt: Place | undefined;
    for await (const recorded of this.store.readStream(stream)) {
      const event = openEvent(this.crypto, recorded);
      last = { revision: recorded.revision, position: recorded.position };
      if (recorded.commandId === meta.commandId && event.actor === meta.actor) {
        if (recorded.requestDigest === undefined || !equalBytes(recorded.requestDigest, requestDigest)) {
          return { answer: { rejected: 'command-id-reused' } };
        }
        before.push({ id: event.id, type: event.type, leafHash: toBase64url(recorded.hash) });
        beforeAt = last;
      }
      state = evolve(state, event);
    }
    if (beforeAt !== undefined) return { answer: { stream, events: before, ...beforeAt, repeated: true } };
    return { state, last };
  }

  /** `conflict` and `id-taken`: nothing was written, look again. */
  async #append<State>(
    { stream, meta }: LoggedCommand<State>,
    decided: readonly NewEvent[],
    expected: bigint | 'no-stream',
    requestDigest: Uint8Array,
  ): Promise<Receipt | 'conflict' | 'id-taken'> {
    const { actor, at, commandId } = meta;
    const events = decided.map((event, index): EventToAppend => {
      checkShape(event);
      const id = eventId(actor, commandId, index);
      const leaf = leafBytes(event, { id, stream, at, actor });
      return { id, type: event.type, leaf, hash: leafHash(this.crypto, leaf) };
    });
    try {
      const appended = await this.store.append({ stream, expected, events, commandId, requestDigest });
      // The same command came in twice at once. The engine compared leaves, not requests: the next look compares both.
      if (appended.repeated) return 'conflict';
      const made = events.map(({ id, type, hash }) => ({ id, type, leafHash: toBase64url(hash) }));
      return { stream, events: made, ...appended };
    } catch (error) {
      if (error instanceof StreamConflict) return 'conflict';
      // Most likely the same command at another instant, which came in between.
      if (error instanceof EventIdReused) return 'id-taken';
      throw error;
    }
  }

  #digest(request: Uint8Array): Uint8Array {
    return createHmac('sha256', this.digestKey).update(request).digest();
  }
}

const validators = new Map<EventName, Validator>();

/** An event outside its closed schema would be in the log for ever: a bug stops here. @throws TypeError */
function checkShape(event: NewEvent): void {
  let validator = validators.get(event.type);
  if (validator === undefined) {
    validator = Compile<TSchema>(catalogue[event.type].data);
    validators.set(event.type, validator);
  }
  if (!validator.Check(event.data)) {
    const [error] = validator.Errors(event.data);
    // Where, not what: the message goes to the log of the server, which holds no data of people.
    throw new TypeError(
      `${event.type} does not fit its schema at ${error?.instancePath ?? ''} (${error?.keyword ?? ''})`,
    );
  }
}
