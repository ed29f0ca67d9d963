/** What pages and REST ask about the city: read tables joined with public names. */
import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import {
  areasView,
  CITY_KEY,
  cityView,
  departmentsView,
  holidaysView,
  type AreaRow,
  type CityRow,
  type DepartmentRow,
  type HolidaysRow,
} from '../../projections/city.view.js';
import type { Projection } from '../../projections/projection.js';
import { PublicContents, type Texts } from '../contents/public-contents.js';
import { everyRow } from '../views/every-row.js';
import { Views } from '../views/views.js';
import { areaByPabulibName } from './areas.js';

/** A row with its name; a name that is hidden or erased has no languages. */
export type Named<Row> = Row & { names: Texts };

export interface Listed<Row> {
  rows: readonly Named<Row>[];
  /** Position that last changed what is shown here: for the ETag. */
  changed: bigint;
}

export interface Found<Row> {
  row: Named<Row>;
  changed: bigint;
}

/** `undefined` before the city was described. */
export class GetCity extends Query<Found<CityRow> | undefined> {}
/** All areas, by id, withdrawn ones too. */
export class ListAreas extends Query<Listed<AreaRow>> {}
export class GetArea extends Query<Found<AreaRow> | undefined> {
  constructor(readonly areaId: string) {
    super();
  }
}
/** All departments, by id, withdrawn ones too. */
export class ListDepartments extends Query<Listed<DepartmentRow>> {}
export class GetHolidays extends Query<{ row: HolidaysRow; changed: bigint } | undefined> {
  constructor(readonly year: number) {
    super();
  }
}
/** The id of the area that `.pb` files call so. */
export class FindAreaByPabulibName extends Query<string | undefined> {
  constructor(readonly name: string) {
    super();
  }
}

@QueryHandler(GetCity)
export class GetCityHandler implements IQueryHandler<GetCity> {
  constructor(
    @Inject(Views) private readonly views: Views,
    @Inject(PublicContents) private readonly contents: PublicContents,
  ) {}

  execute(): Promise<Found<CityRow> | undefined> {
    return found(this.views, this.contents, cityView, CITY_KEY);
  }
}

@QueryHandler(ListAreas)
export class ListAreasHandler implements IQueryHandler<ListAreas> {
  constructor(
    @Inject(Views) private readonly views: Views,
    @Inject(PublicContents) private readonly contents: PublicContents,
  ) {}

  execute(): Promise<Listed<AreaRow>> {
    return listed(this.views, this.contents, areasView);
  }
}

@QueryHandler(GetArea)
export class GetAreaHandler implements IQueryHandler<GetArea> {
  constructor(
    @Inject(Views) private readonly views: Views,
    @Inject(PublicContents) private readonly contents: PublicContents,
  ) {}

  execute({ areaId }: GetArea): Promise<Found<AreaRow> | undefined> {
    return found(this.views, this.contents, areasView, areaId);
  }
}

@QueryHandler(ListDepartments)
export class ListDepartmentsHandler implements IQueryHandler<ListDepartments> {
  constructor(
    @Inject(Views) private readonly views: Views,
    @Inject(PublicContents) private readonly contents: PublicContents,
  ) {}

  execute(): Promise<Listed<DepartmentRow>> {
    return listed(this.views, this.contents, departmentsView);
  }
}

@QueryHandler(GetHolidays)
export class GetHolidaysHandler implements IQueryHandler<GetHolidays> {
  constructor(@Inject(Views) private readonly views: Views) {}

  async execute({ year }: GetHolidays): Promise<{ row: HolidaysRow; changed: bigint } | undefined> {
    const changed = await this.views.lastChanged(holidaysView, String(year));
    const row = await this.views.get(holidaysView, String(year));
    return row && { row, changed };
  }
}

@QueryHandler(FindAreaByPabulibName)
export class FindAreaByPabulibNameHandler implements IQueryHandler<FindAreaByPabulibName> {
  constructor(
    @Inject(Views) private readonly views: Views,
    @Inject(PublicContents) private readonly contents: PublicContents,
  ) {}

  async execute({ name }: FindAreaByPabulibName): Promise<string | undefined> {
    const areas = (await everyRow(this.views, areasView)).filter((area) => !area.withdrawn);
    const aliases = await this.contents.many(areas.flatMap((area) => area.aliases ?? []));
    const named = areas.map(({ areaId, aliases: ref }) => {
      const lines = ref && aliases.get(ref.id)?.und;
      return { areaId, names: lines?.split('\n') ?? [] };
    });
    return areaByPabulibName(named, name);
  }
}

async function found<Row extends { name: { id: string; commitment: string } }>(
  views: Views,
  contents: PublicContents,
  view: Projection<Row>,
  key: string,
): Promise<Found<Row> | undefined> {
  // The position first: a change in between makes the tag older than the body, never newer.
  const changed = await views.lastChanged(view, key);
  const row = await views.get(view, key);
  if (row === undefined) return undefined;
  const seen = await contents.see([row.name]);
  return { row: { ...row, names: seen.texts.get(row.name.id) ?? {} }, changed: later(changed, seen.changed) };
}

async function listed<Row extends { name: { id: string; commitment: string } }>(
  views: Views,
  contents: PublicContents,
  view: Projection<Row>,
): Promise<Listed<Row>> {
  const changed = await views.lastChanged(view);
  const rows = await everyRow(views, view);
  const seen = await contents.see(rows.map((row) => row.name));
  return {
    rows: rows.map((row) => ({ ...row, names: seen.texts.get(row.name.id) ?? {} })),
    changed: later(changed, seen.changed),
  };
}

function later(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}
