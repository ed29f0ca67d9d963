/** What waits for staff, found by what it is about, and how the work goes. What is not public counts as what is. */
import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { contentsView } from '../../projections/contents.view.js';
import {
  isShown,
  runningDue,
  type MatterKind,
  type MatterRow,
  type StateKind,
} from '../../projections/matter.js';
import { mattersView } from '../../projections/matters.view.js';
import { descendants } from '../city/areas.js';
import { nextCursor, type Where } from '../views/list.js';
import { pagesOf } from '../views/every-row.js';
import { Kept } from '../views/kept.js';
import { Views } from '../views/views.js';
import { DeskWork, monthStart, type DeskNumbers } from './desk-numbers.js';
import { WholeMatters, type MatterAbout, type QueuedMatter } from '../complaints/whole-matters.js';
import { idBeginning } from '../complaints/matter-number.js';
import { People } from '../complaints/people.js';
import { liesIn } from '../categories/categories.js';
import { RulesInForce, type Rules } from '../categories/rules-in-force.js';
import { plainWords } from '../complaints/similar-words.js';

export const QUEUE_ORDERS = ['due', 'newest'] as const;
export type QueueOrder = (typeof QUEUE_ORDERS)[number];

export interface QueueFilter {
  readonly kind?: MatterKind;
  readonly stateKinds?: readonly StateKind[];
  /** Whether everybody sees it. */
  readonly released?: boolean;
  /** Whether it was taken off every list; without those that were erased. */
  readonly hidden?: boolean;
  /** Whether its reporter asked that nobody else reads it. */
  readonly private?: boolean;
  /** With the categories in it. */
  readonly category?: string;
  /** With the areas in it. */
  readonly area?: string;
  readonly department?: string;
  /** Whose deadline had passed at this instant. */
  readonly overdueAt?: string;
  /** All of these stand in its words, whatever the accents and the letters' case; or its number, or more of its id. */
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
  // What was released was staff's before.
  const open = found
    .filter(({ row }) => row.confirmed === undefined && row.releasedAt === undefined)
    .map(({ key }) => key);
  const unconfirmed = await people.unconfirmed(open);
  return found.filter(({ key, row }) => row.confirmed === true || !unconfirmed.has(key));
}

/** Rows of one question; fewer where every one of them is likely to fit. */
const BATCH = 500;
/** That have one number: hardly ever more than one. */
const MOST_OF_NUMBER = 20;
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
    const asked = askedFor(filter, await this.rules.now());
    const beginning = idBeginning(filter.words ?? '');
    if (beginning !== undefined) return { matters: await this.#numbered(beginning, filter, asked) };
    const words = plainWords(filter.words ?? '');
    const by = COLUMNS[order];
    const options = { where: { ...whereOf(filter), ...maybeAbout(asked) }, order: [by.order] };
    const isSome = filter.hidden !== undefined || filter.private !== undefined;
    const looksInside = asked.length > 0 || words.length > 0 || isSome;
    const found: QueuedMatter[] = [];
    let after = cursor;
    do {
      const page = await this.views.list(mattersView, {
        ...options,
        limit: looksInside ? BATCH : limit + 1,
        ...(after !== undefined && { after }),
      });
      const about = await this.matters.about(await staffs(this.people, page.rows));
      const some = about.filter((matter) => isAbout(matter, asked) && isSo(matter, filter));
      found.push(...(await this.#read(some, words, limit + 1 - found.length)));
      after = page.next;
    } while (after !== undefined && found.length <= limit);
    const matters = found.slice(0, limit);
    const last = matters.at(-1);
    if (found.length <= limit || last === undefined) return { matters };
    const next = nextCursor({ key: last.matterId, place: [by.value(last.row) ?? null] }, options);
    return { matters, next };
  }

  async #numbered(beginning: string, filter: QueueFilter, asked: AskedFor): Promise<QueuedMatter[]> {
    const found = await this.views.beginning(mattersView, beginning, MOST_OF_NUMBER);
    const rows = found.filter(({ row }) => isAsked(row, filter));
    const about = await this.matters.about(await staffs(this.people, rows));
    const some = about.filter((one) => isAbout(one, asked) && isSo(one, filter));
    return this.#read(some, [], MOST_OF_NUMBER);
  }

  /** So many of them, in their order, that have these words. */
  async #read(some: readonly MatterAbout[], words: readonly string[], most: number): Promise<QueuedMatter[]> {
    const saying = words.length === 0 ? some : await this.matters.saying(some, words);
    const read = await this.matters.many(saying.slice(0, most));
    return read.map(({ answers: _answers, ...queued }) => queued);
  }
}

/** Was shown once, and is not now. */
export const HIDDEN: Where = { shown_at: undefined, touched: { gte: 0 } };

function whereOf({ kind, stateKinds, released, hidden, overdueAt }: QueueFilter): Where {
  return {
    ...(kind !== undefined && { kind }),
    ...(stateKinds !== undefined && { state_kind: stateKinds }),
    ...(released === true && { shown_at: { gte: '' } }),
    ...(released === false && { shown_at: undefined }),
    ...(hidden === true && HIDDEN),
    ...(overdueAt !== undefined && { due: { lt: overdueAt } }),
  };
}

/** What `whereOf` asks the database for, of one row. */
function isAsked(row: MatterRow, { kind, stateKinds, released, overdueAt }: QueueFilter): boolean {
  return (
    (kind === undefined || row.kind === kind) &&
    (stateKinds === undefined || stateKinds.includes(row.stateKind)) &&
    (released === undefined || isShown(row) === released) &&
    (overdueAt === undefined || (runningDue(row) ?? overdueAt) < overdueAt)
  );
}

/** What a matter must be about, each one of these. */
type AskedFor = readonly (readonly [what: 'category' | 'area' | 'department', ids: readonly string[]])[];

function askedFor({ category, area, department }: QueueFilter, { areas, categories }: Rules): AskedFor {
  const within =
    category === undefined ? [] : [...categories.keys()].filter((id) => liesIn(category, id, categories));
  return [
    ...(category === undefined ? [] : [['category', [category, ...within]] as const]),
    ...(area === undefined ? [] : [['area', [area, ...descendants(areas, area)]] as const]),
    ...(department === undefined ? [] : [['department', [department]] as const]),
  ];
}

/** What a row does not tell may stand in the details. */
function maybeAbout(asked: AskedFor): Where {
  return Object.fromEntries(asked.map(([what, ids]) => [what, [...ids, undefined]]));
}

function isAbout(matter: MatterAbout, asked: AskedFor): boolean {
  return asked.every(([what, ids]) => ids.includes(matter[what] ?? ''));
}

/** What no column tells. */
function isSo(matter: MatterAbout, { hidden, private: isPrivate }: QueueFilter): boolean {
  return (
    (hidden === undefined || (matter.row.hidden !== undefined) === hidden) &&
    (isPrivate === undefined || (matter.private === true) === isPrivate)
  );
}

@QueryHandler(GetDeskNumbers)
export class GetDeskNumbersHandler implements IQueryHandler<GetDeskNumbers> {
  /** What has been read of the month that began then. */
  #month: { since: string; work: Kept<DeskWork> } | undefined;

  constructor(
    @Inject(Views) private readonly views: Views,
    @Inject(WholeMatters) private readonly matters: WholeMatters,
    @Inject(RulesInForce) private readonly rules: RulesInForce,
    @Inject(People) private readonly people: People,
  ) {}

  async execute({ now }: GetDeskNumbers): Promise<DeskNumbers> {
    const { calendar } = await this.rules.now();
    const work = await this.#since(monthStart(now, calendar.timeZone)).now();
    return work.numbers(now.toISOString(), calendar);
  }

  /** Read again only where a matter has changed, or what it says. */
  #since(since: string): Kept<DeskWork> {
    if (this.#month?.since !== since)
      this.#month = {
        since,
        work: new Kept(this.views, [mattersView, contentsView], () => this.#read(since)),
      };
    return this.#month.work;
  }

  async #read(since: string): Promise<DeskWork> {
    const [open, unanswered, answered] = await Promise.all([
      this.#all({ state_kind: 'open' }),
      this.#all({ state_kind: ['closed', 'fixed'], due: { gte: '' } }),
      this.#all({ answered_at: { gte: since } }),
    ]);
    return new DeskWork({ open, unanswered, answered });
  }

  async #all(where: Where): Promise<MatterAbout[]> {
    const all: MatterAbout[] = [];
    for await (const rows of pagesOf(this.views, mattersView, where))
      all.push(...(await this.matters.about(await staffs(this.people, rows))));
    return all;
  }
}
