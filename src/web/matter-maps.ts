/** What the map of public matters shows: the part that the address says, else the area that is chosen, else the whole city. */
import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { GetMatterMap } from '../map/map.queries.js';
import type { MatterFilter } from '../complaints/matters.queries.js';
import { boxOfAll, outlinesOf } from './city-map.js';
import { boxOfPart, readBbox, partOfBox, zoomOfPart, type MapBox, type MapPart } from './map-part.js';
import type { MapContent } from './map-marks.js';
import type { Catalogue } from './matter-catalogue.js';

export interface ShownMap {
  readonly part: MapPart;
  readonly home: MapBox;
  readonly content: MapContent;
  /** Changes when what is shown does. */
  readonly tag: string;
}

const WORLD: MapBox = { west: -180e6, south: -85e6, east: 180e6, north: 85e6 };
/** Around what has no size, microdegrees: some two kilometres. */
const ROOM = 20_000;

@Injectable()
export class MatterMaps {
  constructor(@Inject(QueryBus) private readonly queries: QueryBus) {}

  /** `undefined` where there is nothing to draw, and of what places do not tell: a department, a case, a deadline. */
  async of(
    filter: MatterFilter,
    bbox: unknown,
    areas: Pick<Catalogue, 'areas'>,
  ): Promise<ShownMap | undefined> {
    const { kind, category, stateKind, area, department, of, overdue } = filter;
    if (department !== undefined || of !== undefined || overdue !== undefined) return undefined;
    const wanted = {
      ...(kind !== undefined && { kinds: [kind] }),
      ...(category !== undefined && { categories: [category] }),
      ...(stateKind !== undefined && { stateKinds: [stateKind] }),
    };
    const outlines = outlinesOf(areas);
    const home = boxOfAll(outlines.map(({ box }) => box)) ?? (await this.#boxOfPlaces());
    if (home === undefined) return undefined;
    const asked = readBbox(bbox);
    const chosen = outlines.find(({ areaId }) => areaId === area)?.box ?? home;
    const part = asked === undefined ? partOfBox(chosen) : partOfBox(asked, 1);
    const found = await this.queries.execute(new GetMatterMap(boxOfPart(part), zoomOfPart(part), wanted));
    const content: MapContent = {
      count: found.count,
      clusters: found.clusters,
      matters: found.matters.map(({ id, lat, long, category: about, stateKind: state, filedAt }) => ({
        ...{ id, lat, long, filedAt },
        category: about,
        stateKind: state,
      })),
    };
    const tag = createHash('sha256')
      .update(JSON.stringify([part, content]))
      .digest('base64url')
      .slice(0, 22);
    return { part, home, content, tag };
  }

  /** Of a city that has drawn no outlines. */
  async #boxOfPlaces(): Promise<MapBox | undefined> {
    const { matters, clusters } = await this.queries.execute(new GetMatterMap(WORLD, 0, {}));
    return boxOfAll(
      [...matters, ...clusters].map(({ lat, long }) => ({
        west: long - ROOM,
        east: long + ROOM,
        south: lat - ROOM,
        north: lat + ROOM,
      })),
    );
  }
}
