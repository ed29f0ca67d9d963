/** What all commands on matters need: the rules in force, the stream, the contents, and what the room does itself (`system`). */
import type { Crypto } from '../../projections/crypto.js';
import { openEvent } from '../../projections/event.js';
import type { Clock } from '../clock.js';
import type { ContentLife, Released } from '../contents/content-life.js';
import type { ContentRef, Contents } from '../contents/contents.js';
import type { Texts } from '../contents/text.js';
import {
  isRejection,
  type By,
  type CommandLog,
  type Place as Placed,
  type Receipt,
  type Rejection,
} from '../event-store/command-log.js';
import { Overloaded, type EventStore } from '../event-store/event-store.js';
import { parseDetails, recordBytes, type MatterDetails, type Place } from './details.js';
import { decide as decideJoining, evolve as evolveJoining, type Joining } from './joining.js';
import {
  DETAILS_CHANGED,
  evolve,
  NO_MATTER,
  RESIDENT,
  type MatterCommand,
  type MatterState,
} from './matter.js';
import { decide } from './matter-decisions.js';
import type { People } from './people.js';
import type { Rules, RulesInForce } from '../categories/rules-in-force.js';
import { SYSTEM } from '../staff/actor.js';

/** Of one command, before a matter is too busy. */
const MAX_TRIES = 10;

export class Matters {
  constructor(
    private readonly store: EventStore,
    private readonly log: CommandLog,
    private readonly contents: Contents,
    private readonly life: ContentLife,
    private readonly inForce: RulesInForce,
    private readonly people: Pick<People, 'unconfirmed' | 'freeImages'>,
    private readonly crypto: Pick<Crypto, 'sha256'>,
    private readonly clock: Clock,
  ) {}

  rules(): Promise<Rules> {
    return this.inForce.now();
  }

  /** What the stream of a matter says now. */
  async look(matterId: string): Promise<MatterState> {
    let state = NO_MATTER;
    for await (const recorded of this.store.readStream(streamOf(matterId))) {
      state = evolve(state, openEvent(this.crypto, recorded));
    }
    return state;
  }

  /** The first receipt of a command, where it was there before. */
  find(matterId: string, by: By): Promise<Receipt | Rejection | undefined> {
    return this.log.find(streamOf(matterId), by);
  }

  /**
   * Appends what `decide` says. A matter that is new has nothing to be read before.
   * @param rules that the caller went by a moment ago; else those in force now
   */
  async run(matterId: string, command: MatterCommand, by: By, rules?: Rules): Promise<Receipt | Rejection> {
    const { categories, states, calendar } = rules ?? (await this.rules());
    const now = this.clock.now().toISOString();
    // What the program does itself is also done to what nobody confirmed.
    const isBySystem = by.actor.id === SYSTEM.id;
    const isStaffs = by.actor.id !== RESIDENT.id && !isBySystem;
    const isUnconfirmed = isStaffs && (await this.people.unconfirmed([matterId])).has(matterId);
    const facts = { matterId, now, categories, states, calendar, isBySystem, isUnconfirmed };
    return this.log.run({
      stream: streamOf(matterId),
      meta: { commandId: by.commandId, actor: by.actor.id, at: now, request: by.request },
      initial: NO_MATTER,
      ...(command.do === 'file' && { known: { state: NO_MATTER } }),
      evolve,
      decide: (state) => decide(state, command, facts),
    });
  }

  /** Of what was done beside the log: no event, and the place of the matter as it is. */
  async untouched(matterId: string): Promise<Receipt> {
    const stream = streamOf(matterId);
    let place: Placed = { revision: -1n, position: -1n };
    for await (const { revision, position } of this.store.readStream(stream)) place = { revision, position };
    return { stream, events: [], ...place, repeated: false };
  }

  /** Whether somebody is counted among those who joined, herself or with a matter that goes with this one. */
  async isJoined(matterId: string, joiner: string): Promise<boolean> {
    let state: Joining = 'not-joined';
    for await (const recorded of this.store.readStream(`${streamOf(matterId)}.${joiner}`)) {
      state = evolveJoining(state, openEvent(this.crypto, recorded));
    }
    return state !== 'not-joined';
  }

  /** @param isUnconfirmed whether she who joins gave no address */
  join(
    does: 'join' | 'leave',
    matterId: string,
    joiner: string,
    by: By,
    isUnconfirmed = false,
  ): Promise<Receipt | Rejection> {
    const data = { matterId, joiner, ...(isUnconfirmed && { unconfirmed: true as const }) };
    return this.log.run<Joining>({
      stream: `${streamOf(matterId)}.${joiner}`,
      meta: {
        commandId: by.commandId,
        actor: by.actor.id,
        at: this.clock.now().toISOString(),
        request: by.request,
      },
      initial: 'not-joined',
      evolve: evolveJoining,
      decide: (state) => decideJoining(state, does, data),
    });
  }

  /** Writes words, which are somebody's only once an event names them. */
  async write(texts: Texts, field: string): Promise<ContentRef | Rejection> {
    const refs = await this.contents.addTexts([{ texts, field }]);
    return isRejection(refs) ? refs : (refs[0] as ContentRef);
  }

  /** As `write` where there is something to write. */
  async writeSome(texts: Texts | undefined, field: string): Promise<{ words?: ContentRef } | Rejection> {
    if (texts === undefined) return {};
    const words = await this.write(texts, field);
    return isRejection(words) ? words : { words };
  }

  /** What somebody files: her words in one language, and the details that name them. */
  writeFiling(
    { text, language }: { text: string; language: string },
    details: (text: ContentRef) => MatterDetails,
    maxLength: number,
  ): Promise<{ text: ContentRef; record: ContentRef } | Rejection> {
    const words = { texts: { [language]: text }, field: 'text' };
    return this.contents.addTextInRecord(words, (ref) => recordBytes(details(ref)), { maxLength });
  }

  record(value: MatterDetails | Place): Promise<ContentRef> {
    return this.contents.addRecord(recordBytes(value));
  }

  /** What a matter is about, by the details in force; `undefined` once they are erased. */
  async details(state: MatterState): Promise<MatterDetails | undefined> {
    const last = state.details.at(-1);
    return last && (await this.everyDetails([last]))[0];
  }

  /**
   * Makes a command from what a matter is about and runs it, again and again when somebody else has changed that meanwhile: else
   * the later of two acts at once would take back what the first one did.
   * @param make gives the command with `from` as it is here; called anew with every state @throws Overloaded
   */
  async fromDetails(
    matterId: string,
    make: (state: MatterState, from: string | undefined) => Promise<MatterCommand | Rejection>,
    by: By,
  ): Promise<Receipt | Rejection> {
    for (let tries = 1; tries <= MAX_TRIES; tries++) {
      const state = await this.look(matterId);
      if (state.row === undefined) return { rejected: 'matter-unknown' };
      const command = await make(state, state.details.at(-1)?.id);
      if (isRejection(command)) return command;
      const answer = await this.run(matterId, command, by);
      if (!isRejection(answer) || answer.rejected !== DETAILS_CHANGED) return answer;
    }
    throw new Overloaded();
  }

  async everyDetails(refs: readonly ContentRef[]): Promise<MatterDetails[]> {
    const found = await this.contents.read(refs);
    return refs.flatMap(({ id }) => {
      const content = found.get(id);
      return content === undefined ? [] : [parseDetails(content.bytes)];
    });
  }

  /** References of photos by their ids; rejects with `photo-unknown` for what is no image, or is of another matter already. */
  async photos(matterId: string, ids: readonly string[], field: string): Promise<ContentRef[] | Rejection> {
    if (ids.length === 0) return [];
    const found = await this.people.freeImages(matterId, ids);
    const refs: ContentRef[] = [];
    for (const [index, id] of ids.entries()) {
      const ref = found.get(id);
      if (ref === undefined) return { rejected: 'photo-unknown', field: `${field}.${index}` };
      refs.push(ref);
    }
    return refs;
  }

  /** Ids of those photos that came with the matter or later, by what its stream says. */
  async named(matterId: string, photos: readonly ContentRef[]): Promise<string[]> {
    const { details, own } = await this.look(matterId);
    const its = [...own, ...(await this.everyDetails(details)).flatMap((one) => one.photos)];
    return photos.flatMap(({ id }) => (its.some((one) => one.id === id) ? [id] : []));
  }

  /**
   * Shows contents to everybody; those that were hidden too where `evenHidden`. What is erased stays so. The receipt of the
   * command that this follows from then says the position at which they are seen.
   */
  async show(receipt: Receipt, refs: readonly ContentRef[], by: By, evenHidden = false): Promise<Receipt> {
    const ids = refs.map(({ id }) => id);
    const there = evenHidden ? [...(await this.contents.refs(ids)).keys()] : ids;
    if (there.length === 0) return receipt;
    const answer = await this.life.release(there, asSystem(by, 'show'), evenHidden);
    if (isRejection(answer)) throw new Error(`Words of a matter could not be shown: ${answer.rejected}`);
    return answer.position > receipt.position ? { ...receipt, position: answer.position } : receipt;
  }

  /** Shows to everybody what staff has looked at, hidden before or not. Rejects with `content-erased`. */
  showThese(refs: readonly ContentRef[], by: By): Promise<Released | Rejection> {
    return this.life.release(
      refs.map(({ id }) => id),
      asSystem(by, 'show'),
      true,
    );
  }

  /** Whether everybody saw a content last, though it is erased since. */
  wasShown({ id }: ContentRef, by: By): Promise<boolean> {
    return this.life.wasShown(id, asSystem(by, 'look'));
  }

  /** Hides what is shown of these. */
  async hide(refs: readonly ContentRef[], reason: string, by: By): Promise<void> {
    for (const { id } of refs) await this.life.hide(id, reason, asSystem(by, `hide/${id}`));
  }

  /** Deletes contents for good, in this order. Again does no harm. */
  async erase(refs: readonly Pick<ContentRef, 'id'>[], basis: string, by: By): Promise<void> {
    for (const { id } of refs) await this.life.erase(id, basis, asSystem(by, `erase/${id}`));
  }

  /** Deletes what repeats the details of a matter without an event that names it: an assignment after the release leaves such. */
  async discardRecords(refs: readonly ContentRef[]): Promise<void> {
    await this.contents.discardRecords(refs.map(({ id }) => id));
  }
}

/** The stream of a matter. */
export function streamOf(matterId: string): string {
  return `matter-${matterId}`;
}

/** What follows from a command is done by the program, under an id that only this command gives. */
export function asSystem(by: By, part: string): By {
  return { ...by, commandId: `${by.actor.id}/${by.commandId}/${part}`, actor: SYSTEM };
}
