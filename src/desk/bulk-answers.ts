/**
 * One answer for many matters: what each would get, and whether it may be answered. Nothing is written here; every matter is
 * then answered by a command of its own.
 */
import type { Texts } from '../contents/text.js';
import { normalTexts } from '../contents/text.js';
import { isRejection, type Rejection } from '../event-store/command-log.js';
import type { Cases } from '../complaints/cases.js';
import type { WholeMatter, WholeMatters } from '../complaints/whole-matters.js';
import { DUPLICATE_STATE, isShown, type MatterRow } from '../../projections/matter.js';
import type { People, Person } from '../complaints/people.js';
import type { ReplyNames } from './reply-names.js';
import { isFor, type ReplyTemplate, type ReplyTemplates } from './reply-templates.js';
import { filledIn, saysOfMatter, unknownPlaceholders } from './reply-words.js';
import type { RulesInForce } from '../categories/rules-in-force.js';

/** Answered at once at most. */
export const MOST_ANSWERED = 100;

export interface BulkReply {
  readonly state: string;
  /** Whose matter it is when it is not the city's. */
  readonly responsible?: string;
  /** As it was looked at: of another version nothing is sent. */
  readonly template?: { readonly id: string; readonly version: number };
  /** Where there is no template; placeholders are filled in, too. */
  readonly words?: Texts;
}

/** What one matter would get. */
export interface PlannedAnswer {
  readonly matterId: string;
  readonly category?: string;
  readonly area?: string;
  /** Position of its last change; absent where there is no such matter. */
  readonly seen?: number;
  /** Why it is not answered: a code. */
  readonly refused?: string;
  /** Filled in; absent where there is no such matter. */
  readonly words?: Texts;
  /** Who wrote or joined, those of its case included. */
  readonly people: number;
  /** Of them, who is written to. */
  readonly mails: number;
}

type Found = Omit<WholeMatter, 'steps'>;

export class BulkAnswers {
  constructor(
    private readonly matters: WholeMatters,
    private readonly people: Pick<People, 'ofMatter' | 'unconfirmed'>,
    private readonly cases: Pick<Cases, 'members'>,
    private readonly templates: Pick<ReplyTemplates, 'one' | 'version'>,
    private readonly names: Pick<ReplyNames, 'read'>,
    private readonly rules: Pick<RulesInForce, 'now'>,
  ) {}

  /**
   * In the order of the ids, each once. Rejects with `nothing-chosen`, `matters-too-many`, `template-unknown`, `template-changed`,
   * `template-other-state`, `state-unknown`, `state-stops`, `responsible-missing`, `placeholder-unknown`, and as `normalTexts`.
   * @param isRepeated some have this reply already: the rest gets the same, though its template was changed since
   */
  async plan(
    ids: readonly string[],
    reply: BulkReply,
    { isRepeated = false } = {},
  ): Promise<PlannedAnswer[] | Rejection> {
    const chosen = [...new Set(ids)];
    if (chosen.length === 0) return { rejected: 'nothing-chosen', field: 'matters' };
    if (chosen.length > MOST_ANSWERED)
      return { rejected: 'matters-too-many', field: 'matters', detail: { max: MOST_ANSWERED } };
    const said = await this.#said(reply, isRepeated);
    if (isRejection(said)) return said;
    const [{ categories }, valuesOf] = await Promise.all([this.rules.now(), this.names.read()]);
    const found = await this.matters.byIds(chosen);
    const unconfirmed = await this.people.unconfirmed(chosen);
    const isChosen = new Set(chosen);
    const planned: PlannedAnswer[] = [];
    for (const matterId of chosen) {
      const matter = found.get(matterId);
      if (matter === undefined) {
        planned.push({ matterId, refused: 'matter-unknown', people: 0, mails: 0 });
        continue;
      }
      const { words, missing } = filledIn(said.words, (language) => valuesOf(matter, language));
      const isOther = said.template !== undefined && !isFor(said.template, matter.category, categories);
      const members = await this.cases.members(matterId);
      const isTold = members.length > 0 && !isShown(matter.row) && saysOfMatter(said.words);
      const inForm = normalTexts(words, 'words');
      const refused =
        whyNot(matter, { isChosen, unconfirmed }) ??
        (isOther ? 'template-other-category' : undefined) ??
        (missing.length > 0 ? 'placeholder-empty' : undefined) ??
        (isTold ? 'placeholder-in-case' : undefined) ??
        (isRejection(inForm) ? inForm.rejected : undefined);
      planned.push({
        matterId,
        ...(matter.category !== undefined && { category: matter.category }),
        ...(matter.area !== undefined && { area: matter.area }),
        seen: matter.row.changed,
        ...(refused !== undefined && { refused }),
        words,
        ...(await this.#reached(matter, members)),
      });
    }
    return planned;
  }

  async #said(
    { state, responsible, template: seen, words: own }: BulkReply,
    isRepeated: boolean,
  ): Promise<{ words: Texts; template?: ReplyTemplate } | Rejection> {
    const rule = (await this.rules.now()).states.get(state);
    if (rule === undefined || rule.withdrawn === true || state === DUPLICATE_STATE)
      return { rejected: 'state-unknown', field: 'state' };
    if (rule.stops) return { rejected: 'state-stops', field: 'state' };
    if (state === 'not-responsible' && responsible === undefined)
      return { rejected: 'responsible-missing', field: 'responsible' };
    if (seen === undefined) {
      const words = normalTexts(own ?? {}, 'words');
      if (isRejection(words)) return words;
      const [name] = unknownPlaceholders(words);
      return name === undefined
        ? { words }
        : { rejected: 'placeholder-unknown', field: 'words', detail: { name } };
    }
    const template = isRepeated
      ? await this.templates.version(seen.id, seen.version)
      : await this.templates.one(seen.id);
    if (template === undefined) return { rejected: 'template-unknown', field: 'template' };
    if (template.version !== seen.version) return { rejected: 'template-changed', field: 'template' };
    if (template.state !== undefined && template.state !== state)
      return { rejected: 'template-other-state', field: 'state' };
    return { words: template.words, template };
  }

  /** Everybody whom the answer reaches: of the matter and of those in its case. */
  async #reached(
    { matterId, row }: Found,
    members: readonly string[],
  ): Promise<{ people: number; mails: number }> {
    const rows = new Map<string, MatterRow | undefined>([[matterId, row]]);
    for (const [id, member] of await this.matters.byIds(members)) rows.set(id, member.row);
    const all = await Promise.all([matterId, ...members].map((id) => this.people.ofMatter(id)));
    const people = all.flat();
    // Who left no address, or was deleted, wrote all the same.
    const reporters = 1 + members.length;
    return {
      people: reporters + people.filter(({ role }) => role === 'joiner').length,
      mails: people.filter((one) => isWritten(one, rows.get(one.matterId))).length,
    };
  }
}

/** As mails are made: see `matter-mails.ts`. */
function isWritten({ role, email, confirmedAt }: Person, row: MatterRow | undefined): boolean {
  const isTold = role === 'reporter' || (row !== undefined && isShown(row));
  return email !== undefined && confirmedAt !== undefined && isTold;
}

function whyNot(
  { matterId, row, of }: Found,
  { isChosen, unconfirmed }: Readonly<Record<'isChosen' | 'unconfirmed', ReadonlySet<string>>>,
): string | undefined {
  if (row.erased !== undefined) return 'matter-erased';
  if (row.confirmed === undefined && unconfirmed.has(matterId)) return 'matter-unconfirmed';
  if (row.answeredAt !== undefined) return 'matter-answered';
  if (row.state === DUPLICATE_STATE || (of !== undefined && isChosen.has(of))) return 'answered-with-case';
  return undefined;
}
