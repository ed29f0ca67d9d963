/** Erases a matter, whoever asks for it: the whole of it, or its reporter alone where others have joined it. */
import { VOID_STATE } from '../../projections/matter.js';
import type { ContentRef } from '../contents/contents.js';
import { isRejection, type By, type Receipt, type Rejection } from '../event-store/command-log.js';
import type { Outbox } from '../mail/outbox.js';
import type { Cases } from './cases.js';
import type { MatterDetails } from './details.js';
import type { Gathering } from './gathering.js';
import type { MatterCommand, MatterState } from './matter.js';
import type { MatterNotes } from './matter-notes.js';
import { streamOf, type Matters } from './matters.js';
import type { Joiners } from './joiners.js';
import type { People, Person } from './people.js';

/** Deletes what a matter's reporter wrote, sent and said of herself. The event first: a crash then loses no wish. */
export class MatterErasure {
  constructor(
    private readonly matters: Matters,
    private readonly people: People,
    private readonly joiners: Pick<Joiners, 'forgetAskedBy'>,
    private readonly cases: Pick<Cases, 'members'>,
    private readonly outbox: Pick<Outbox, 'erase' | 'eraseAbout'>,
    private readonly gathering: Pick<Gathering, 'letGo'>,
    private readonly notes: Pick<MatterNotes, 'eraseOf'>,
  ) {}

  async run(matterId: string, basis: string, by: By): Promise<Receipt | Rejection> {
    const receipt = await this.matters.fromDetails(
      matterId,
      (state, from) => this.#command(matterId, state, { basis, from }),
      by,
    );
    const isDone = isRejection(receipt) && receipt.rejected === 'matter-erased';
    if (isRejection(receipt) && !isDone) return receipt;
    // Also when the log had it before: the first try may have ended after the event.
    await this.#complete(await this.matters.look(matterId), matterId, basis, by);
    return receipt;
  }

  /** What others have joined goes on for them, where it is known what it is about. */
  async #command(
    matterId: string,
    state: MatterState,
    { basis, from }: { basis: string; from: string | undefined },
  ): Promise<MatterCommand> {
    const about = await this.#leftOf(state);
    const isOver = state.row?.erased !== undefined || state.row?.state === VOID_STATE;
    if (isOver || about === undefined || !(await this.#hasOthers(matterId))) return { do: 'erase', basis };
    return { do: 'erase-reporter', basis, details: await this.matters.record(about), from };
  }

  async #hasOthers(matterId: string): Promise<boolean> {
    const people = await this.people.ofMatter(matterId);
    return people.some(({ role }) => role === 'joiner') || (await this.cases.members(matterId)).length > 0;
  }

  /** What it is about without anything of hers; of one whose details are gone already what its release said. */
  async #leftOf(state: MatterState): Promise<MatterDetails | undefined> {
    const details = await this.matters.details(state);
    const { category, area, department } = { ...details, ...state.row };
    if (category === undefined) return undefined;
    return {
      category,
      ...(area !== undefined && { area }),
      ...(department !== undefined && { department }),
      answers: {},
      photos: [],
      private: details?.private ?? false,
    };
  }

  async #complete(state: MatterState, matterId: string, basis: string, by: By): Promise<void> {
    const goesOn = state.row?.erased === undefined;
    const records = goesOn ? state.erasedDetails : [...state.erasedDetails, ...state.details];
    const details = await this.matters.everyDetails(records);
    const named = details.flatMap(({ text, photos }) => [...(text === undefined ? [] : [text]), ...photos]);
    // The details last: they name what else there is to delete. Then she, whose link can then repeat nothing.
    const all = new Map(
      [...named, ...state.own, ...records].map((ref): [string, ContentRef] => [ref.id, ref]),
    );
    await this.matters.erase([...all.values()], basis, by);
    await this.matters.discardRecords([...named, ...state.own]);
    const reporter = await this.people.one(matterId);
    if (!goesOn) await this.#eraseEverybody(matterId, by);
    else if (reporter !== undefined) await this.#eraseReporter(matterId, reporter);
    if (reporter?.email !== undefined) await this.#forgetAsked(reporter.email);
  }

  /** Where she asked to join others, and was only told that she counts there: see `JoiningByMail`. */
  async #forgetAsked(email: string): Promise<void> {
    for (const other of await this.joiners.forgetAskedBy(email))
      await this.outbox.erase(email, streamOf(other));
  }

  async #eraseReporter(matterId: string, reporter: Person): Promise<void> {
    // What staff has noted may tell of her.
    await this.notes.eraseOf(matterId);
    await this.people.erase(reporter.personId);
    if (reporter.email !== undefined) await this.outbox.erase(reporter.email, streamOf(matterId));
  }

  /** Who joined, too: nobody is written to about it any more, and mails may quote what is erased. */
  async #eraseEverybody(matterId: string, by: By): Promise<void> {
    await this.notes.eraseOf(matterId);
    await this.gathering.letGo(matterId, by);
    await this.people.eraseAll(matterId);
    await this.outbox.eraseAbout(streamOf(matterId));
  }
}
