/** Rows of a past, read as those of now are. */
import { label, type Projection } from '../../projections/projection.js';
import { ViewsBehind } from './freshness.js';
import type { ListOptions } from './list.js';
import type { Search } from './past-states.js';
import type { PastViews } from './past-views.js';
import type { AnyProjection } from './table.js';
import type { AsOf, Found, Page, PastOf, ViewReader } from './view-reader.js';

export class PastRows implements ViewReader {
  /** @param past of the place: the digests of all views that may be read */
  constructor(
    private readonly pasts: PastViews,
    private readonly place: AsOf,
    readonly past: PastOf,
  ) {}

  async get<Row>(view: Projection<Row>, key: string): Promise<Row | undefined> {
    return (await this.many(view, [key])).get(key);
  }

  async many<Row>(view: Projection<Row>, keys: readonly string[]): Promise<Map<string, Row>> {
    const { rows } = await this.#search<Row>(view, { keys });
    return new Map(rows.map(({ key, row }) => [key, row]));
  }

  async having<Row>(view: Projection<Row>, column: string, values: readonly string[]): Promise<Found<Row>[]> {
    const { rows } = await this.#search<Row>(view, { where: { [column]: values } });
    return [...rows];
  }

  list<Row>(view: Projection<Row>, options: ListOptions = {}): Promise<Page<Row>> {
    return this.#search(view, { list: options });
  }

  /** What was does not change: the index says it all. */
  lastChanged(): Promise<bigint> {
    return Promise.resolve(this.past.index);
  }

  /** A past comes no further. */
  atLeast(position: bigint): Promise<void> {
    return position <= this.past.index ? Promise.resolve() : Promise.reject(new ViewsBehind());
  }

  async #search<Row>(view: AnyProjection, search: Search): Promise<Page<Row>> {
    const name = label(view);
    if (!this.past.digests.some((one) => one.view === name))
      throw new Error(`The past of ${name} was not asked for`);
    return (await this.pasts.search(view, this.place, search)) as Page<Row>;
  }
}
