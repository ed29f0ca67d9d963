/** What waits for staff, found by what it is about, and how the work goes. What is not public counts as what is. */
import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { runningDue, type MatterKind, type MatterRow, type StateKind } from '../../projections/matter.js';
import { mattersView } from '../../projections/matters.view.js';
import { descendants } from '../city/areas.js';
import { nextCursor, type Where } from '../views/list.js';
import { Views } from '../views/views.js';
import { deskNumbers, monthStart, type DeskNumbers } from './desk-numbers.js';
import { WholeMatters, type MatterAbout, type QueuedMatter } from '../complaints/own.queries.js';
import { People } from '../complaints/people.js';
import { liesIn } from '../categories/categories.js';
import { RulesInForce, type Rules } from '../categories/rules-in-force.js';
import { plainWords } from '../map/similar-words.js';

export const QUEUE_ORDERS = ['due', 'newest'] as const;
export type QueueOrder = (typeof QUEUE_ORDERS)[number];

export interface QueueFilter {
  readonly kind?: MatterKind;
  readonly stateKinds?: readonly StateKind[];
  readonly released?: boolean;
  /** With the categories in it. */
  readonly category?: string;
  /** With the areas in it. */
  readonly area?: string;
  readonly department?: string;
  /** Whose deadline had passed at this instant. */
  readonly overdueAt?: string;
  /** All of these stand in its words, whatever the accents and the letters' case. */
  readonly words?: string;
}

/** A page is full unless it is the last. By `due`, matters whose clock does not run come last. */
export class ListQueue extends Query<{ matters: readonly QueuedMatter[]; next?: string }> {
  constructor(
    readonly filter: QueueFilter,
    readonly order: QueueOrder,
    readonly limit: number,
    readonly cursor: string | undefined,
  ) {
    super();
  }
}

/** How staff's work goes, by department. */
export class GetDeskNumbers extends Query<DeskNumbers> {
  constructor(readonly now: Date) {
    super();
  }
}

/** Those that are staff's by now: what waits for its reporter's code is not. */
export async function staffs<Found extends { readonly key: string; readonly row: MatterRow }>(
  people: Pick<People, 'unconfirmed'>,
  found: readonly Found[],
): Promise<Found[]> {
  const open = found.filter(({ row }) => row.confirmed === undefined).map(({ key }) => key);
  const unconfirmed = await people.unconfirmed(open);
  return found.filter(({ key, row }) => row.confirmed === true || !unconfirmed.has(key));
}

/** Rows of one question; fewer where every one of them is likely to fit. */
const BATCH = 500;
const PAGE = 1_000;
const COLUMNS: Readonly<
  Record<QueueOrder, { order: string; value: (row: MatterRow) => string | undefined }>
> = {
  due: { order: 'due', value: runningDue },
  newest: { order: '-filed_at', value: (row) => row.filedAt },
};

@QueryHandler(ListQueue)
export class ListQueueHandler implements IQueryHandler<ListQueue> {
  constructor(
    @Inject(Views) private readonly views: Views,
    @Inject(WholeMatters) private readonly matters: WholeMatters,
    @Inject(RulesInForce) private readonly rules: RulesInForce,
    @Inject(People) private readonly people: People,
  ) {}

  /** What a matter is about may stand in its details alone, so rows are looked through until a page is full. */
  async execute({ filter, order, limit, cursor }: ListQueue) {
    const fits = fitting(filter, await this.rules.now());
    const by = COLUMNS[order];
    const options = { where: whereOf(filter), order: [by.order] };
    const looksInside = fits !== undefined || filter.words !== undefined;
    const found: QueuedMatter[] = [];
    let after = cursor;
    do {
      const page = await this.views.list(mattersView, {
        ...options,
        limit: looksInside ? BATCH : limit + 1,
        ...(after !== undefined && { after }),
      });
      const about = await this.matters.about(await staffs(this.people, page.rows));
      const some = fits === undefined ? about : about.filter(fits);
      found.push(...(await this.#read(some, filter.words, limit + 1 - found.length)));
      after = page.next;
    } while (after !== undefined && found.length <= limit);
    const matters = found.slice(0, limit);
    const last = matters.at(-1);
    if (found.length <= limit || last === undefined) return { matters };
    const next = nextCursor({ key: last.matterId, place: [by.value(last.row) ?? null] }, options);
    return { matters, next };
  }

  /** So many of them, in their order, that have these words. */
  async #read(
    some: readonly MatterAbout[],
    words: string | undefined,
    most: number,
  ): Promise<QueuedMatter[]> {
    const wanted = plainWords(words ?? '');
    const read = await this.matters.many(wanted.length === 0 ? some.slice(0, most) : some);
    return read
      .filter(({ text }) => {
        const said = plainWords(Object.values(text).join(' ')).join(' ');
        return wanted.every((word) => said.includes(word));
      })
      .slice(0, most)
      .map(({ answers: _answers, ...queued }) => queued);
  }
}

function whereOf({ kind, stateKinds, released, overdueAt }: QueueFilter): Where {
  return {
    ...(kind !== undefined && { kind }),
    ...(stateKinds !== undefined && { state_kind: stateKinds }),
    ...(released === true && { shown_at: { gte: '' } }),
    ...(released === false && { shown_at: undefined }),
    ...(overdueAt !== undefined && { due: { lt: overdueAt } }),
  };
}

/** Whether a matter is about what was asked for; `undefined` where nothing was. */
function fitting(
  { category, area, department }: QueueFilter,
  { areas, categories }: Rules,
): ((matter: MatterAbout) => boolean) | undefined {
  if (category === undefined && area === undefined && department === undefined) return undefined;
  const within = area === undefined ? undefined : new Set([area, ...descendants(areas, area)]);
  return (matter) =>
    (category === undefined || liesIn(category, matter.category, categories)) &&
    (within === undefined || (matter.area !== undefined && within.has(matter.area))) &&
    (department === undefined || matter.department === department);
}

@QueryHandler(GetDeskNumbers)
export class GetDeskNumbersHandler implements IQueryHandler<GetDeskNumbers> {
  constructor(
    @Inject(Views) private readonly views: Views,
    @Inject(WholeMatters) private readonly matters: WholeMatters,
    @Inject(RulesInForce) private readonly rules: RulesInForce,
    @Inject(People) private readonly people: People,
  ) {}

  async execute({ now }: GetDeskNumbers): Promise<DeskNumbers> {
    const { calendar } = await this.rules.now();
    const since = monthStart(now, calendar.timeZone);
    const [open, late, answered] = await Promise.all([
      this.#all({ state_kind: 'open' }),
      // Closed without an answer.
      this.#all({ state_kind: ['closed', 'fixed'], due: { lt: now.toISOString() } }),
      this.#all({ answered_at: { gte: since } }),
    ]);
    return deskNumbers({ open, late, answered }, now.toISOString(), calendar);
  }

  async #all(where: Where): Promise<MatterAbout[]> {
    const all: MatterAbout[] = [];
    let after: string | undefined;
    do {
      const page = await this.views.list(mattersView, {
        where,
        limit: PAGE,
        ...(after !== undefined && { after }),
      });
      all.push(...(await this.matters.about(await staffs(this.people, page.rows))));
      after = page.next;
    } while (after !== undefined);
    return all;
  }
}
