/**
 * Releases, hides and erases contents for those who may: a room calls this after its own rules said yes, staff come through
 * the commands of this room.
 */
import type { Clock } from '../clock.js';
import {
  isRejection,
  type By,
  type CommandLog,
  type Receipt,
  type Rejection,
} from '../event-store/command-log.js';
import { decide, evolve, type ContentCommand, type ContentState } from './content.js';
import { isUuid } from '../event-store/event-ids.js';
import type { Contents } from './contents.js';
import type { Erasures } from './erasures.js';

export interface Released {
  /** Those asked for that are shown now, whether by this command or before. */
  readonly released: number;
  /** The greatest position of the events made here; -1n when all were released before by other commands. */
  readonly position: bigint;
}

/** Contents of one bulk release at most. */
export const MAX_RELEASED = 5_000;
/** Appends under way at once: enough for the store to gather them into few transactions, and its queue is not filled. */
const CONCURRENT = 128;

const tooMany: Rejection = {
  rejected: 'contents-too-many',
  field: 'ids',
  detail: { max: MAX_RELEASED },
};
type Showing = Extract<ContentCommand, { do: 'release' | 'show-again' }>;

export class ContentLife {
  constructor(
    private readonly log: CommandLog,
    private readonly contents: Contents,
    private readonly erasures: Erasures,
    private readonly clock: Clock,
  ) {}

  /**
   * Shows contents to everybody. Each has a stream of its own, so they are appended at the same time; those released
   * before are no error. `evenHidden` shows again what was hidden; without it (for a room that shows all its words, whichever
   * were shown before) what was hidden or erased stays so and is no error.
   * Rejects with `contents-too-many`, `content-unknown` or `content-erased`; then none is shown.
   */
  release(ids: readonly string[], by: By, evenHidden = false): Promise<Released | Rejection> {
    return this.#showEach(ids, { do: 'release', evenHidden }, by);
  }

  /**
   * Shows again what was hidden, and nothing that was never shown: whether a room's words come before the public is for the room
   * to say, whose rules know what is private. Rejects as `release`, and with `content-never-shown`; then none is shown.
   */
  async showAgain(ids: readonly string[], by: By): Promise<Released | Rejection> {
    if (ids.length > MAX_RELEASED) return tooMany;
    for (const [index, contentId] of ids.entries()) {
      if (isUuid(contentId) && !(await this.#was(contentId, by, (states) => states.length > 1))) {
        const isKept = (await this.contents.refs([contentId])).has(contentId);
        return { rejected: isKept ? 'content-never-shown' : 'content-unknown', field: `ids.${index}` };
      }
    }
    return this.#showEach(ids, { do: 'show-again' }, by);
  }

  async #showEach(ids: readonly string[], command: Showing, by: By): Promise<Released | Rejection> {
    if (ids.length > MAX_RELEASED) return tooMany;
    const at = this.clock.now().toISOString();
    const goesOn = command.do === 'release' && !command.evenHidden;
    const refs = await this.contents.refs(ids);
    for (const [index, id] of ids.entries()) {
      if (refs.has(id)) continue;
      const answer = await this.#release(id, undefined, { at, by, command });
      if (!isRejection(answer)) continue;
      if (answer.rejected !== 'content-erased' || !goesOn) return { ...answer, field: `ids.${index}` };
    }

    let released = 0;
    let position = -1n;
    const waiting = refs.values();
    const worker = async () => {
      for (const { id, commitment } of waiting) {
        const answer = await this.#release(id, commitment, { at, by, command });
        // What is rejected here was released or hidden before, or erased by somebody else at this moment.
        if (isRejection(answer)) released += answer.rejected === 'content-already-released' ? 1 : 0;
        else {
          released++;
          if (answer.position > position) position = answer.position;
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(CONCURRENT, refs.size) }, worker));
    return { released, position };
  }

  /**
   * Shows the words of a room that its events refer to, however many. Called when the events are in the log, never before:
   * an event without its words for a moment is mended by the next try, but words of a refused command would be public for
   * ever. @returns as `position` of `release` @throws Error for what is in no table: an event refers to words that never were
   */
  async show(ids: readonly string[], by: By): Promise<bigint> {
    const each = [...new Set(ids)];
    let position = -1n;
    for (let at = 0; at < each.length; at += MAX_RELEASED) {
      const released = await this.release(each.slice(at, at + MAX_RELEASED), by);
      if (isRejection(released)) throw new Error(`Words could not be released: ${released.rejected}`);
      if (released.position > position) position = released.position;
    }
    return position;
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

  /** Whether everybody saw it last: sees it now, or did when it was erased. */
  wasShown(contentId: string, by: By): Promise<boolean> {
    return this.#was(contentId, by, (states) => states.findLast((one) => one !== 'erased') === 'released');
  }

  #release(
    contentId: string,
    commitment: string | undefined,
    { at, by, command }: { at: string; by: By; command: Showing },
  ): Promise<Receipt | Rejection> {
    return this.log.run<ContentState>({
      stream: `content-${contentId}`,
      // One request makes an event in many streams, and the ids of events come from the command id.
      meta: { commandId: `${by.commandId}/${contentId}`, actor: by.actor.id, at, request: by.request },
      initial: 'unreleased',
      known: { state: 'unreleased' },
      evolve,
      decide: (state) => decide(state, command, { contentId, commitment }),
    });
  }

  /** Looks at the states that a content had, the first one `unreleased`; true of what this command did before. */
  async #was(contentId: string, by: By, so: (states: readonly ContentState[]) => boolean): Promise<boolean> {
    const answer = await this.log.run<readonly ContentState[]>({
      stream: `content-${contentId}`,
      meta: {
        commandId: `${by.commandId}/${contentId}`,
        actor: by.actor.id,
        at: this.clock.now().toISOString(),
        request: by.request,
      },
      initial: ['unreleased'],
      evolve: (states, event) => [...states, evolve(states.at(-1) ?? 'unreleased', event)],
      // Nothing is written: this looks.
      decide: (states) => (so(states) ? [] : { rejected: 'content-not-so' }),
    });
    return !isRejection(answer) || answer.rejected !== 'content-not-so';
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
