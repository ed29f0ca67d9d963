/** What everybody may know of matters: those that are released, with the words that are. */
import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { areasView } from '../../projections/city.view.js';
import { positionOf, type MatterStepRow } from '../../projections/matter-steps.view.js';
import { isShown, type MatterKind, type MatterRow, type StateKind } from '../../projections/matter.js';
import { mattersView } from '../../projections/matters.view.js';
import { descendants } from '../city/areas.js';
import type { Clock } from '../clock.js';
import { PublicContents, type Texts } from '../contents/public-contents.js';
import { CLOCK } from '../platform.module.js';
import type { ViewReader } from '../views/view-reader.js';
import { everyRow } from '../views/every-row.js';
import { Views } from '../views/views.js';
import type { Place } from './details.js';
import { lastSteps } from './history.js';

/** A matter with what it says to everybody. */
export interface PublicMatter {
  readonly matterId: string;
  readonly row: MatterRow;
  /** Empty where the words are hidden or erased. */
  readonly text: Texts;
  /** Ids of contents that are public. */
  readonly photos: readonly string[];
  readonly place?: Place;
}

export interface PublicStep {
  readonly position: bigint;
  readonly row: MatterStepRow;
  readonly words?: Texts;
  readonly photos: readonly string[];
}

export interface MatterFilter {
  readonly kind?: MatterKind;
  readonly category?: string;
  /** With the areas in it. */
  readonly area?: string;
  readonly department?: string;
  readonly stateKind?: StateKind;
  /** Those in this case. */
  readonly of?: string;
  /** Only those whose deadline has passed without an answer. */
  readonly overdue?: 'true';
}

/** What lists go by: the filing, or the last change, so that what is released or answered later is seen. */
export type ListedBy = 'filing' | 'change';

/** The newest first. */
export class ListMatters extends Query<{ matters: readonly PublicMatter[]; next?: string; changed: bigint }> {
  constructor(
    readonly filter: MatterFilter,
    readonly limit: number,
    readonly cursor: string | undefined,
    readonly by: ListedBy = 'filing',
  ) {
    super();
  }
}

/** `undefined` for one that not everybody may see. */
export class GetMatter extends Query<
  { matter: PublicMatter; steps: readonly PublicStep[]; changed: bigint } | undefined
> {
  constructor(readonly matterId: string) {
    super();
  }
}

/** Columns that have a value only of what everybody may see. */
const TIMES = { filing: 'shown_at', change: 'updated_at' } as const;

/** Matters as everybody sees them: rows joined with words, photos and places that are public. */
export class PublicMatters {
  constructor(private readonly contents: PublicContents) {}

  async see(
    found: readonly { key: string; row: MatterRow }[],
  ): Promise<{ matters: PublicMatter[]; changed: bigint }> {
    const refs = found.flatMap(({ row }) => [row.text, row.place].flatMap((ref) => ref ?? []));
    const files = found.flatMap(({ row }) => row.photos ?? []);
    const { texts, records, shown, changed } = await this.contents.see(refs, files);
    const matters = found.map(({ key, row }): PublicMatter => {
      const place = row.place && records.get(row.place.id);
      return {
        matterId: key,
        row,
        text: (row.text && texts.get(row.text.id)) ?? {},
        photos: (row.photos ?? []).map(({ id }) => id).filter((id) => shown.has(id)),
        ...(place !== undefined && { place: place as Place }),
      };
    });
    return { matters, changed };
  }

  /** See `lastSteps`; with words that are public. */
  async steps(views: ViewReader, matterId: string): Promise<{ steps: PublicStep[]; changed: bigint }> {
    const rows = await lastSteps(views, matterId);
    const refs = rows.flatMap(({ row }) => row.words ?? []);
    const files = rows.flatMap(({ row }) => row.photos ?? []);
    const { texts, shown, changed } = await this.contents.see(refs, files);
    const steps = rows.map(({ key, row }): PublicStep => {
      const words = row.words && texts.get(row.words.id);
      const photos = (row.photos ?? []).map(({ id }) => id).filter((id) => shown.has(id));
      return { position: positionOf(key), row, photos, ...(words !== undefined && { words }) };
    });
    return { steps, changed };
  }
}

@QueryHandler(ListMatters)
export class ListMattersHandler implements IQueryHandler<ListMatters> {
  constructor(
    @Inject(Views) private readonly views: Views,
    @Inject(PublicMatters) private readonly publicMatters: PublicMatters,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute({ filter, limit, cursor, by }: ListMatters) {
    const time = TIMES[by];
    const last = await this.views.lastChanged(mattersView);
    const { kind, category, area, department, stateKind, of, overdue } = filter;
    const areas = area === undefined ? undefined : await this.#within(area);
    const page = await this.views.list(mattersView, {
      where: {
        [time]: { gte: '' },
        ...(kind !== undefined && { kind }),
        ...(category !== undefined && { category }),
        ...(areas !== undefined && { area: areas }),
        ...(department !== undefined && { department }),
        ...(stateKind !== undefined && { state_kind: stateKind }),
        ...(of !== undefined && { of }),
        ...(overdue !== undefined && { due: { lt: this.clock.now().toISOString() } }),
      },
      order: [`-${time}`],
      limit,
      ...(cursor !== undefined && { after: cursor }),
    });
    const { matters, changed } = await this.publicMatters.see(page.rows);
    return { matters, changed: later(last, changed), ...(page.next !== undefined && { next: page.next }) };
  }

  async #within(area: string): Promise<string[]> {
    const areas = await everyRow(this.views, areasView);
    return [area, ...descendants(areas, area)];
  }
}

@QueryHandler(GetMatter)
export class GetMatterHandler implements IQueryHandler<GetMatter> {
  constructor(
    @Inject(Views) private readonly views: Views,
    @Inject(PublicMatters) private readonly publicMatters: PublicMatters,
  ) {}

  async execute({ matterId }: GetMatter) {
    const row = await this.views.get(mattersView, matterId);
    if (row === undefined || !isShown(row)) return undefined;
    const { matters, changed } = await this.publicMatters.see([{ key: matterId, row }]);
    const history = await this.publicMatters.steps(this.views, matterId);
    const matter = matters[0] as PublicMatter;
    return {
      matter,
      steps: history.steps,
      changed: later(BigInt(row.changed), later(changed, history.changed)),
    };
  }
}

function later(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}
