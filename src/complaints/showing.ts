/** What everybody sees of a matter, and what nobody sees of it any more. */
import { isShown } from '../../projections/matter.js';
import type { ContentRef } from '../contents/contents.js';
import type { By, Receipt } from '../event-store/command-log.js';
import type { Cases } from './cases.js';
import type { Matters } from './matters.js';

export class Showing {
  constructor(
    private readonly matters: Pick<Matters, 'look' | 'show' | 'hide'>,
    private readonly cases: Pick<Cases, 'members' | 'ofMatters'>,
  ) {}

  /** Shows contents of a matter that everybody may see; as `Matters.show`. */
  async show(
    matterId: string,
    receipt: Receipt,
    refs: readonly ContentRef[],
    { by, evenHidden = false }: { by: By; evenHidden?: boolean },
  ): Promise<Receipt> {
    const shown = await this.matters.show(receipt, refs, by, evenHidden);
    await this.hideAgain(matterId, by);
    return shown;
  }

  /** Words of the city are shown with a matter that is. */
  async showSaid(matterId: string, receipt: Receipt, by: By): Promise<Receipt> {
    const { row, said } = await this.matters.look(matterId);
    // Of a repeated command those of the first time, and never those of another one that came in between.
    const words = said.get(receipt.position);
    if (words === undefined || row === undefined || !isShown(row)) return receipt;
    if ((await this.withheld(matterId)).has(words.id)) return receipt;
    return this.show(matterId, receipt, [words], { by });
  }

  /** After something was shown: whoever hid the matter at the same moment may have hidden before that what was shown by then. */
  async hideAgain(matterId: string, by: By): Promise<void> {
    const { row } = await this.matters.look(matterId);
    if (row?.hidden !== undefined) await this.hideAll(matterId, row.hidden, by);
  }

  /** Hides what is shown of a matter. */
  async hideAll(matterId: string, reason: string, by: By): Promise<void> {
    const { own, said, others } = await this.matters.look(matterId);
    // Others who were answered with the same words keep them.
    const elsewhere = await this.#saidElsewhere(matterId);
    const its = [...said.values()].filter(({ id }) => !elsewhere.has(id));
    await this.matters.hide([...own, ...others, ...its], reason, by);
  }

  /**
   * Ids of what the city said to a matter's case while not everybody sees that one: with the same words it answered this one,
   * where nobody reads them either before staff shows them.
   */
  async withheld(matterId: string): Promise<ReadonlySet<string>> {
    const caseId = (await this.cases.ofMatters([matterId])).get(matterId);
    if (caseId === undefined) return new Set();
    const { row, said } = await this.matters.look(caseId);
    return new Set(row === undefined || isShown(row) ? [] : [...said.values()].map(({ id }) => id));
  }

  /** Ids of what the city said in a matter and, with the same words, in another one that everybody sees. */
  async #saidElsewhere(matterId: string): Promise<ReadonlySet<string>> {
    const caseId = (await this.cases.ofMatters([matterId])).get(matterId) ?? matterId;
    const said = new Set<string>();
    for (const other of [caseId, ...(await this.cases.members(caseId))]) {
      const { row, said: words } = await this.matters.look(other);
      if (other === matterId || row === undefined || !isShown(row)) continue;
      for (const { id } of words.values()) said.add(id);
    }
    return said;
  }
}
