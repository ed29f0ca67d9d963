/** Erases a matter, whoever asks for it. */
import { isRejection, type By, type Receipt, type Rejection } from '../event-store/command-log.js';
import type { Outbox } from '../mail/outbox.js';
import type { Gathering } from './gathering.js';
import type { MatterState } from './matter.js';
import type { MatterNotes } from './matter-notes.js';
import { streamOf, type Matters } from './matters.js';
import type { People } from './people.js';

/** Deletes what a matter's reporter wrote, sent and said of herself, and who joined her. The event first: a crash then loses no wish. */
export class MatterErasure {
  constructor(
    private readonly matters: Matters,
    private readonly people: People,
    private readonly outbox: Pick<Outbox, 'eraseAbout'>,
    private readonly gathering: Pick<Gathering, 'letGo'>,
    private readonly notes: Pick<MatterNotes, 'eraseOf'>,
  ) {}

  async run(matterId: string, basis: string, by: By): Promise<Receipt | Rejection> {
    const receipt = await this.matters.run(matterId, { do: 'erase', basis }, by);
    const isDone = isRejection(receipt) && receipt.rejected === 'matter-erased';
    if (isRejection(receipt) && !isDone) return receipt;
    // Also when the log had it before: the first try may have ended after the event.
    await this.complete(await this.matters.look(matterId), matterId, basis, by);
    return receipt;
  }

  async complete(state: MatterState, matterId: string, basis: string, by: By): Promise<void> {
    const details = await this.matters.everyDetails(state.details);
    const named = details.flatMap(({ text, photos }) => [text, ...photos]);
    // The details last: they name what else there is to delete. Then she, whose link can then repeat nothing.
    const all = [...named, ...state.own, ...state.details];
    await this.matters.erase([...new Map(all.map((ref) => [ref.id, ref])).values()], basis, by);
    await this.matters.discardRecords([...named, ...state.own]);
    await this.notes.eraseOf(matterId);
    await this.gathering.letGo(matterId, by);
    // Who joined, too: nobody is written to about it any more, and mails may quote what is erased.
    await this.people.eraseAll(matterId);
    await this.outbox.eraseAbout(streamOf(matterId));
  }
}
