/**
 * Releases, hides and erases contents for those who may: a room calls this after its own rules said yes, staff come through
 * the commands of this room.
 */
import type { Clock } from '../clock.js';
import { isRejection, type CommandLog, type Receipt, type Rejection } from '../event-store/command-log.js';
import { decide, evolve, type ContentCommand, type ContentState } from './content.js';
import type { ContentRef, Contents } from './contents.js';
import type { Erasures } from './erasures.js';

/** Who asks, and the id and bytes of the request (`Idempotency-Key`). */
export interface By {
  readonly commandId: string;
  readonly actor: { readonly id: string; readonly roles: readonly string[] };
  readonly request: Uint8Array;
}

export interface Released {
  /** All that were asked for: released now, or before. */
  readonly released: number;
  /** The greatest position of the events made here; -1n when all were released before by other commands. */
  readonly position: bigint;
}

/** Contents of one bulk release at most. */
export const MAX_RELEASED = 5_000;
/** Appends under way at once: enough for the store to gather them into few transactions, and its queue is not filled. */
const CONCURRENT = 128;

export class ContentLife {
  constructor(
    private readonly log: CommandLog,
    private readonly contents: Contents,
    private readonly erasures: Erasures,
    private readonly clock: Clock,
  ) {}

  /**
   * Shows contents to everybody. Each has a stream of its own, so they are appended at the same time; those released
   * before are no error. Rejects with `contents-too-many`, `content-unknown` (then none is shown) or `content-erased`.
   */
  async release(ids: readonly string[], by: By): Promise<Released | Rejection> {
    if (ids.length > MAX_RELEASED) {
      return { rejected: 'contents-too-many', field: 'ids', detail: { max: MAX_RELEASED } };
    }
    const refs = await this.contents.refs(ids);
    const unknown = ids.findIndex((id) => !refs.has(id));
    if (unknown >= 0) return { rejected: 'content-unknown', field: `ids[${unknown}]` };

    let position = -1n;
    let refused: Rejection | undefined;
    const at = this.clock.now().toISOString();
    const waiting = refs.values();
    const worker = async () => {
      for (const ref of waiting) {
        const answer = await this.#release(ref, at, by);
        if (!isRejection(answer)) {
          if (answer.position > position) position = answer.position;
        } else if (answer.rejected !== 'content-already-released') {
          refused ??= { ...answer, field: `ids[${ids.indexOf(ref.id)}]` };
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(CONCURRENT, refs.size) }, worker));
    return refused ?? { released: refs.size, position };
  }

  /** Shows a content no longer, and keeps it. Rejects with `content-not-released` or `content-erased`. */
  hide(contentId: string, reason: string, by: By): Promise<Receipt | Rejection> {
    return this.#change(contentId, { do: 'hide', reason }, by);
  }

  /** Deletes bytes and salt for good, in this order: event, list kept apart, table. Rejects with `content-unknown` or `content-erased`. */
  async erase(contentId: string, basis: string, by: By): Promise<Receipt | Rejection> {
    const at = this.clock.now().toISOString();
    const answer = await this.#change(contentId, { do: 'erase', basis }, by);
    // Also when the log had it before: the first try may have ended between event and deletion.
    if (!isRejection(answer) || answer.rejected === 'content-erased') {
      await this.erasures.carryOut({ contentId, basis, at });
    }
    return answer;
  }

  #release({ id, commitment }: ContentRef, at: string, by: By): Promise<Receipt | Rejection> {
    return this.log.runFresh<ContentState>({
      stream: `content-${id}`,
      // One request makes an event in many streams, and the ids of events come from the command id.
      meta: { commandId: `${by.commandId}/${id}`, actor: by.actor.id, at, request: by.request },
      initial: 'unreleased',
      evolve,
      decide: (state) => decide(state, { do: 'release' }, { contentId: id, commitment }),
    });
  }

  async #change(contentId: string, command: ContentCommand, by: By): Promise<Receipt | Rejection> {
    const commitment = (await this.contents.refs([contentId])).get(contentId)?.commitment;
    const at = this.clock.now().toISOString();
    return this.log.run<ContentState>({
      stream: `content-${contentId}`,
      meta: { commandId: by.commandId, actor: by.actor.id, at, request: by.request },
      initial: 'unreleased',
      evolve,
      decide: (state) => decide(state, command, { contentId, commitment }),
    });
  }
}
