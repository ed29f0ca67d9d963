/** What pages and REST ask about published digests. */
import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { digestsView, type DigestsRow } from '../../projections/digests.view.js';
import type { AsOf, PastOf } from '../views/view-reader.js';
import { Views } from '../views/views.js';

export interface DigestsList {
  published: readonly DigestsRow[];
  /** Give it as `after` to go on; absent at the end. */
  next: string | undefined;
  /** Of a past: what it was folded from. */
  past?: PastOf | undefined;
  tag: string;
}

/** All that was published, the latest index first. */
export class ListDigests extends Query<DigestsList> {
  constructor(
    readonly limit: number,
    readonly after?: string,
    readonly asOf?: AsOf,
  ) {
    super();
  }
}

/** The first digests whose views held the event at a position. Once they are there they stay the same. */
export class GetDigestsOf extends Query<DigestsRow | undefined> {
  constructor(
    readonly position: number,
    readonly asOf?: AsOf,
  ) {
    super();
  }
}

@QueryHandler(ListDigests)
export class ListDigestsHandler implements IQueryHandler<ListDigests> {
  constructor(@Inject(Views) private readonly views: Views) {}

  async execute({ limit, after, asOf }: ListDigests): Promise<DigestsList> {
    const views = await this.views.asOf(asOf, [digestsView]);
    // The position first: a change in between makes the tag older than the body, never newer.
    const changed = await views.lastChanged(digestsView);
    const page = await views.list(digestsView, {
      order: ['-index'],
      limit,
      ...(after !== undefined && { after }),
    });
    return {
      published: page.rows.map(({ row }) => row),
      next: page.next,
      past: views.past,
      tag: String(changed),
    };
  }
}

@QueryHandler(GetDigestsOf)
export class GetDigestsOfHandler implements IQueryHandler<GetDigestsOf> {
  constructor(@Inject(Views) private readonly views: Views) {}

  async execute({ position, asOf }: GetDigestsOf): Promise<DigestsRow | undefined> {
    const views = await this.views.asOf(asOf, [digestsView]);
    const where = { index: { gte: position } };
    const { rows } = await views.list(digestsView, { where, order: ['index'], limit: 1 });
    return rows[0]?.row;
  }
}
