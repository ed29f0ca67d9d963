/** How many matters wait in each part of the queue. */
import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { contentsView } from '../../projections/contents.view.js';
import { runningDue, type MatterRow } from '../../projections/matter.js';
import { mattersView } from '../../projections/matters.view.js';
import { WholeMatters } from '../complaints/whole-matters.js';
import { People } from '../complaints/people.js';
import { pagesOf } from '../views/every-row.js';
import { Kept } from '../views/kept.js';
import type { Where } from '../views/list.js';
import { Views } from '../views/views.js';
import { HIDDEN, staffs } from './queue.queries.js';

export interface QueueCounts {
  /** Open, never shown, and its reporter did not ask that it stay private. */
  readonly release: number;
  readonly open: number;
  readonly overdue: number;
  readonly hidden: number;
}

/** The same at every instant. */
interface Waiting extends Omit<QueueCounts, 'overdue'> {
  /** Ends of the clocks that run. */
  readonly dues: readonly string[];
}

/** Without what is erased, and without what waits for its reporter's code. */
export class CountQueue extends Query<QueueCounts> {
  constructor(readonly now: string) {
    super();
  }
}

@QueryHandler(CountQueue)
export class CountQueueHandler implements IQueryHandler<CountQueue> {
  /** Read again only where a matter has changed, or what it says. */
  readonly #waiting: Kept<Waiting>;

  constructor(
    @Inject(Views) private readonly views: Views,
    @Inject(WholeMatters) private readonly matters: Pick<WholeMatters, 'about'>,
    @Inject(People) private readonly people: Pick<People, 'unconfirmed'>,
  ) {
    this.#waiting = new Kept(views, [mattersView, contentsView], () => this.#read());
  }

  async execute({ now }: CountQueue): Promise<QueueCounts> {
    const { dues, ...counts } = await this.#waiting.now();
    return { ...counts, overdue: dues.filter((due) => due < now).length };
  }

  async #read(): Promise<Waiting> {
    const [open, due, hidden] = await Promise.all([
      this.#all({ state_kind: 'open' }),
      this.#all({ due: { gte: '' } }),
      this.#all(HIDDEN),
    ]);
    const waiting = open.filter(({ row }) => row.releasedAt === undefined);
    const releasable = (await this.matters.about(waiting)).filter((one) => one.private !== true);
    return {
      release: releasable.length,
      open: open.length,
      dues: due.flatMap(({ row }) => runningDue(row) ?? []),
      hidden: hidden.filter(({ row }) => row.hidden !== undefined).length,
    };
  }

  async #all(where: Where): Promise<{ key: string; row: MatterRow }[]> {
    const all: { key: string; row: MatterRow }[] = [];
    for await (const rows of pagesOf(this.views, mattersView, where))
      all.push(...(await staffs(this.people, rows)).filter(({ row }) => row.erased === undefined));
    return all;
  }
}
