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
import { Overloaded, StreamConflict, type EventStore, type EventToAppend } from './event-store.js';

/** A refusal by a rule of the domain: a stable code, the field it concerns, and numbers for the sentence that explains it. */
export interface Rejection {
  readonly rejected: string;
  readonly field?: string;
  readonly detail?: Readonly<Record<string, string | number | boolean>>;
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

export interface Receipt {
  readonly stream: string;
  readonly events: readonly { readonly id: string; readonly type: string; readonly leafHash: string }[];
  /** Of the last event. */
  readonly revision: bigint;
  readonly position: bigint;
  /** True when these events were there before. */
  readonly repeated: boolean;
}

export interface LoggedCommand<State> {
  readonly stream: string;
  readonly meta: CommandMeta;
  readonly initial: State;
  evolve(state: State, event: LogEvent): State;
  /** Pure; called again after a conflict. Must return at least one event or a rejection. */
  decide(state: State): readonly NewEvent[] | Rejection;
}

export function isRejection(answer: object): answer is Rejection {
  return 'rejected' in answer;
}

/** Tries after which a stream is too busy to get in. */
const MAX_TRIES = 10;

export class CommandLog {
  constructor(
    private readonly store: EventStore,
    private readonly crypto: Pick<Crypto, 'sha256'>,
    /** Key of the request digests: a plain hash of a short request could be guessed. */
    private readonly digestKey: Uint8Array,
  ) {}

  /** @throws StreamConflict after many tries; Overloaded, EngineUnavailable */
  async run<State>(command: LoggedCommand<State>): Promise<Receipt | Rejection> {
    const requestDigest = this.#digest(command.meta.request);
    for (let tries = 1; ; tries++) {
      const loaded = await this.#load(command, requestDigest);
      if ('answer' in loaded) return loaded.answer;
      const decided = command.decide(loaded.state);
      if (isRejection(decided)) return decided;
      try {
        return await this.#append(command, decided, loaded.revision ?? 'no-stream', requestDigest);
      } catch (error) {
        if (!(error instanceof StreamConflict)) throw error;
        if (tries === MAX_TRIES) throw new Overloaded();
      }
    }
  }

  /** As `run`, for a stream that is most likely new: appends without reading first, and reads only when it is there. */
  async runFresh<State>(command: LoggedCommand<State>): Promise<Receipt | Rejection> {
    const decided = command.decide(command.initial);
    if (isRejection(decided)) return this.run(command);
    try {
      return await this.#append(command, decided, 'no-stream', this.#digest(command.meta.request));
    } catch (error) {
      if (!(error instanceof StreamConflict)) throw error;
      return this.run(command);
    }
  }

  async #load<State>(
    { stream, meta, initial, evolve }: LoggedCommand<State>,
    requestDigest: Uint8Array,
  ): Promise<{ state: State; revision?: bigint } | { answer: Receipt | Rejection }> {
    let state = initial;
    let revision: bigint | undefined;
    const before: { id: string; type: string; leafHash: string }[] = [];
    let last: { revision: bigint; position: bigint } | undefined;
    for await (const recorded of this.store.readStream(stream)) {
      const event = openEvent(this.crypto, recorded);
      if (recorded.commandId === meta.commandId && event.actor === meta.actor) {
        if (recorded.requestDigest === undefined || !equalBytes(recorded.requestDigest, requestDigest)) {
          return { answer: { rejected: 'command-id-reused' } };
        }
        before.push({ id: event.id, type: event.type, leafHash: toBase64url(recorded.hash) });
        last = { revision: recorded.revision, position: recorded.position };
      }
      state = evolve(state, event);
      revision = recorded.revision;
    }
    if (last !== undefined) return { answer: { stream, events: before, ...last, repeated: true } };
    return revision === undefined ? { state } : { state, revision };
  }

  async #append<State>(
    { stream, meta }: LoggedCommand<State>,
    decided: readonly NewEvent[],
    expected: bigint | 'no-stream',
    requestDigest: Uint8Array,
  ): Promise<Receipt> {
    if (decided.length === 0) throw new TypeError('A decision without events and without a rejection');
    const { actor, at, commandId } = meta;
    const events = decided.map((event, index): EventToAppend => {
      checkShape(event);
      const id = eventId(actor, commandId, index);
      const leaf = leafBytes(event, { id, stream, at, actor });
      return { id, type: event.type, leaf, hash: leafHash(this.crypto, leaf) };
    });
    const appended = await this.store.append({ stream, expected, events, commandId, requestDigest });
    const receipts = events.map(({ id, type, hash }) => ({ id, type, leafHash: toBase64url(hash) }));
    return { stream, events: receipts, ...appended };
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
    validator = Compile(catalogue[event.type].data as TSchema) as Validator;
    validators.set(event.type, validator);
  }
  if (!validator.Check(event.data)) {
    const [error] = validator.Errors(event.data);
    // Where, not what: the message goes to the log of the server, which holds no data of people.
    throw new TypeError(`${event.type} does not fit its schema at ${error?.instancePath ?? ''} (${error?.keyword ?? ''})`);
  }
}
