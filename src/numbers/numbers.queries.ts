/** What is asked about all matters of a year: sums that are kept beside the read table, and what is overdue now. */
import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { categoriesView } from '../../projections/categories.view.js';
import { areasView, CITY_KEY, cityView, departmentsView } from '../../projections/city.view.js';
import { monthOf, sumKey, VOID_KIND, YEARS_KEY, yearPrefix } from '../../projections/matter-numbers.js';
import { mattersView } from '../../projections/matters.view.js';
import type { Projection } from '../../projections/projection.js';
import { PublicContents } from '../contents/public-contents.js';
import { Views } from '../views/views.js';
import { GatheredYear, type Overdue, type YearNumbers } from './numbers.js';
import type { Names } from './report.js';

export interface YearNumbersFound {
  readonly numbers: YearNumbers;
  /** Changes whenever the figures do, be it only because time went on. */
  readonly tag: string;
}

/** Years in which matters were filed, with how many, the latest first. */
export class ListMatterYears extends Query<{
  years: readonly (readonly [year: number, filed: number])[];
  tag: string;
}> {}

/** The figures of a year; `undefined` of one in which nothing was filed. */
export class GetYearNumbers extends Query<YearNumbersFound | undefined> {
  /** @param now what is overdue is overdue at this instant */
  constructor(
    readonly year: number,
    readonly now: Date,
  ) {
    super();
  }
}

/** What came in this year (by UTC), and what is overdue now, whenever it came in. `undefined` where nothing ever came in. */
export class GetStanding extends Query<{ filed: number; overdue: number } | undefined> {
  constructor(readonly now: Date) {
    super();
  }
}

export interface YearReport extends YearNumbersFound {
  readonly names: Names;
  readonly languages: readonly string[];
}

/** The same with the names of what is counted, as a city publishes it. */
export class GetYearReport extends Query<YearReport | undefined> {
  constructor(
    readonly year: number,
    readonly now: Date,
  ) {
    super();
  }
}

const OVERDUE_BY = ['kind', 'shown', 'category', 'area', 'department'];

@QueryHandler(ListMatterYears)
export class ListMatterYearsHandler implements IQueryHandler<ListMatterYears> {
  constructor(@Inject(Views) private readonly views: Views) {}

  async execute() {
    const changed = await this.views.lastChanged(mattersView);
    const sums = await this.views.sums(mattersView, YEARS_KEY);
    const all = [...(sums.get(YEARS_KEY)?.figures ?? [])].map(
      ([year, filed]) => [Number(year), filed] as const,
    );
    const years = await Promise.all(
      all.map(async ([year, filed]) => [year, filed - (await this.#voids(year))] as const),
    );
    return { years: years.sort(([a], [b]) => b - a), tag: `years.${changed}` };
  }

  /** They were filed and are no matters: in no other figure of their year. */
  async #voids(year: number): Promise<number> {
    const key = sumKey(year, VOID_KIND);
    return (await this.views.sums(mattersView, key)).get(key)?.figures.get('filed') ?? 0;
  }
}

@QueryHandler(GetYearNumbers)
export class GetYearNumbersHandler implements IQueryHandler<GetYearNumbers> {
  /** By year, with the position of which it is, or a later one. */
  readonly #gathered = new Map<number, { changed: bigint; gathered: GatheredYear }>();

  constructor(@Inject(Views) private readonly views: Views) {}

  async execute({ year, now: instant }: GetYearNumbers): Promise<YearNumbersFound | undefined> {
    const now = instant.toISOString();
    // The position first: a change in between makes the tag older than the figures, never newer.
    const changed = await this.views.lastChanged(mattersView);
    const [gathered, overdue] = await Promise.all([this.#gather(year, changed), this.#overdue(year, now)]);
    if (gathered === undefined) return undefined;
    const numbers = gathered.numbers(now, overdue);
    // As time goes on, and nothing else happens, only more is overdue.
    return { numbers, tag: `year.${year}.${changed}.${numbers.all.whole.overdue}` };
  }

  /** Nothing for a year in which nothing was filed. Read again only where a matter has changed. */
  async #gather(year: number, changed: bigint): Promise<GatheredYear | undefined> {
    const known = this.#gathered.get(year);
    if (known?.changed === changed) return known.gathered;
    const sums = await this.views.sums(mattersView, yearPrefix(year));
    if (sums.size === 0) return undefined;
    const gathered = new GatheredYear(year, sums);
    this.#gathered.set(year, { changed, gathered });
    return gathered;
  }

  /** What the sums do not tell yet: a twelfth of a year at most, however much has been left. */
  async #overdue(year: number, now: string): Promise<Overdue[]> {
    const thisMonth = { gte: monthOf(now), lt: now };
    const ofYear = { gte: `${year}-01-01T00:00:00.000Z`, lt: `${year + 1}-01-01T00:00:00.000Z` };
    const found = await this.views.counts(mattersView, { due: thisMonth, filed_at: ofYear }, OVERDUE_BY);
    return found.map(({ values: [kind = '', shown, category, area, department], count }) => ({
      kind,
      ...(shown === 'true' && { shown: { category, area, department } }),
      count,
    }));
  }
}

@QueryHandler(GetStanding)
export class GetStandingHandler implements IQueryHandler<GetStanding> {
  constructor(
    @Inject(ListMatterYearsHandler) private readonly years: ListMatterYearsHandler,
    @Inject(GetYearNumbersHandler) private readonly numbers: GetYearNumbersHandler,
  ) {}

  async execute({ now }: GetStanding) {
    const { years } = await this.years.execute();
    if (years.length === 0) return undefined;
    const found = await Promise.all(
      years.map(([year]) => this.numbers.execute(new GetYearNumbers(year, now))),
    );
    const overdue = found.reduce((sum, year) => sum + (year?.numbers.all.whole.overdue ?? 0), 0);
    return { filed: years.find(([year]) => year === now.getUTCFullYear())?.[1] ?? 0, overdue };
  }
}

@QueryHandler(GetYearReport)
export class GetYearReportHandler implements IQueryHandler<GetYearReport> {
  constructor(
    @Inject(Views) private readonly views: Views,
    @Inject(PublicContents) private readonly contents: PublicContents,
    @Inject(GetYearNumbersHandler) private readonly numbers: GetYearNumbersHandler,
  ) {}

  async execute({ year, now }: GetYearReport): Promise<YearReport | undefined> {
    const found = await this.numbers.execute(new GetYearNumbers(year, now));
    if (found === undefined) return undefined;
    const { by } = found.numbers.all;
    const [city, category, area, department] = await Promise.all([
      this.views.get(cityView, CITY_KEY),
      this.#names(categoriesView, by.category),
      this.#names(areasView, by.area),
      this.#names(departmentsView, by.department),
    ]);
    const changed = [category, area, department].reduce(
      (most, one) => (one.changed > most ? one.changed : most),
      -1n,
    );
    return {
      ...found,
      names: { category: category.names, area: area.names, department: department.names },
      languages: city?.languages ?? [],
      tag: `${found.tag}.${changed}`,
    };
  }

  async #names<Row extends { name: { id: string; commitment: string } }>(
    view: Projection<Row>,
    counted: ReadonlyMap<string, unknown>,
  ) {
    const changed = await this.views.lastChanged(view);
    const rows = await this.views.many(view, [...counted.keys()]);
    const seen = await this.contents.see([...rows.values()].map((row) => row.name));
    const names = [...rows].map(([id, { name }]) => [id, seen.texts.get(name.id) ?? {}] as const);
    return { names: new Map(names), changed: seen.changed > changed ? seen.changed : changed };
  }
}
