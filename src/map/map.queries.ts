/** Public matters by where they are: on a map, and those near a place that say the same. */
import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { categoriesView } from '../../projections/categories.view.js';
import { areasView } from '../../projections/city.view.js';
import { mattersView } from '../../projections/matters.view.js';
import { descendants } from '../city/areas.js';
import { everyRow } from '../views/every-row.js';
import { Views } from '../views/views.js';
import { PublicMatters, type PublicMatter } from '../complaints/matters.queries.js';
import type { Box, OnMap, PlaceFilter } from './place-map.js';
import { PublicPlaces } from './public-places.js';
import { likeness, pieces } from '../complaints/similar-words.js';

export class GetMatterMap extends Query<OnMap> {
  constructor(
    readonly box: Box,
    /** Of the map, 0 to 22. */
    readonly zoom: number,
    readonly filter: PlaceFilter,
  ) {
    super();
  }
}

export interface SimilarMatter {
  readonly matter: PublicMatter;
  /** Of the words, in thousandths: 1000 for the same. */
  readonly likeness: number;
}

export interface NearMatter extends SimilarMatter {
  readonly metres: number;
}

/** Open matters of a category around a place, those first that are nearest and say the most alike. */
export class FindNearMatters extends Query<readonly NearMatter[]> {
  constructor(
    /** Microdegrees. */
    readonly point: { lat: number; long: number },
    readonly category: string,
    /** What somebody is about to file; it is kept nowhere. */
    readonly text: string,
  ) {
    super();
  }
}

/** Open matters of a category that say the same, where nobody knows the point: by the words, and by the words of the place. */
export class FindSimilarMatters extends Query<readonly SimilarMatter[]> {
  constructor(
    /** As it was typed; the area with those in it. */
    readonly place: { readonly address: string; readonly area?: string },
    readonly category: string,
    /** What somebody is about to file; it is kept nowhere. */
    readonly text: string,
  ) {
    super();
  }
}

/** Near ones whose words are compared. */
const MOST_COMPARED = 200;
const MOST_TOLD = 10;
/** The same words are worth as much as lying twice at the very place. */
const WORDS_WEIGHT = 2;
/** So alike they are worth a look where nobody knows how far apart they are: of words, and of addresses. In thousandths. */
const LIKE_WORDS = 450;
const LIKE_PLACE = 750;

@QueryHandler(GetMatterMap)
export class GetMatterMapHandler implements IQueryHandler<GetMatterMap> {
  constructor(@Inject(PublicPlaces) private readonly places: PublicPlaces) {}

  async execute({ box, zoom, filter }: GetMatterMap): Promise<OnMap> {
    return this.places.in(box, zoom, filter);
  }
}

@QueryHandler(FindNearMatters)
export class FindNearMattersHandler implements IQueryHandler<FindNearMatters> {
  constructor(
    @Inject(Views) private readonly views: Views,
    @Inject(PublicPlaces) private readonly places: PublicPlaces,
    @Inject(PublicMatters) private readonly matters: PublicMatters,
  ) {}

  async execute({ point, category, text }: FindNearMatters): Promise<NearMatter[]> {
    const row = await this.views.get(categoriesView, category);
    if (row === undefined) return [];
    const { radius } = row;
    const filter = { categories: [category], stateKinds: ['open'] };
    const found = await this.places.near(point, radius, MOST_COMPARED, filter);
    const { matters } = await this.matters.see(found);
    const wanted = pieces(text);
    return matters
      .map((matter, i): NearMatter => {
        const words = Object.values(matter.text).map((said) => likeness(wanted, pieces(said)));
        return { matter, metres: found[i]?.metres ?? 0, likeness: Math.max(0, ...words) };
      })
      .sort(
        (a, b) => scoreOf(b, radius) - scoreOf(a, radius) || (a.matter.matterId < b.matter.matterId ? -1 : 1),
      )
      .slice(0, MOST_TOLD);
  }
}

@QueryHandler(FindSimilarMatters)
export class FindSimilarMattersHandler implements IQueryHandler<FindSimilarMatters> {
  constructor(
    @Inject(Views) private readonly views: Views,
    @Inject(PublicMatters) private readonly matters: PublicMatters,
  ) {}

  async execute({ place: { address, area }, category, text }: FindSimilarMatters): Promise<SimilarMatter[]> {
    const [words, where] = [pieces(text), pieces(address)];
    if (words.size === 0 && where.size === 0) return [];
    const areas = area === undefined ? undefined : await everyRow(this.views, areasView);
    const { rows } = await this.views.list(mattersView, {
      where: {
        shown_at: { gte: '' },
        category,
        state_kind: 'open',
        ...(area !== undefined && { area: [area, ...descendants(areas ?? [], area)] }),
      },
      order: ['-shown_at'],
      limit: MOST_COMPARED,
    });
    const { matters } = await this.matters.see(rows);
    return matters
      .map((matter) => {
        const said = Object.values(matter.text).map((one) => likeness(words, pieces(one)));
        const alike = Math.max(0, ...said);
        return { matter, likeness: alike, there: likeness(where, pieces(matter.place?.address ?? '')) };
      })
      .filter(({ likeness: alike, there }) => alike >= LIKE_WORDS || there >= LIKE_PLACE)
      .sort(
        (a, b) =>
          WORDS_WEIGHT * (b.likeness - a.likeness) + b.there - a.there ||
          (a.matter.matterId < b.matter.matterId ? -1 : 1),
      )
      .slice(0, MOST_TOLD)
      .map(({ matter, likeness: alike }) => ({ matter, likeness: alike }));
  }
}

/** In thousandths. */
function scoreOf({ metres, likeness: alike }: NearMatter, radius: number): number {
  const closeness = radius === 0 ? 0 : 1_000 - Math.round((1_000 * metres) / radius);
  return WORDS_WEIGHT * alike + closeness;
}
