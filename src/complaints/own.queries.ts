/** What those who have to do with a matter know of it: its reporter by her link, and staff. Words are read public or not. */
import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { matterStepsView } from '../../projections/matter-steps.view.js';
import {
  mattersView,
  type MatterKind,
  type MatterRow,
  type StateKind,
} from '../../projections/matters.view.js';
import { Contents, type ContentRef } from '../contents/contents.js';
import type { Texts } from '../contents/text.js';
import { Views } from '../views/views.js';
import { parseDetails, type Answers, type MatterDetails, type Place } from './details.js';
import { positionOf, type PublicStep } from './matters.queries.js';
import { People, type Person } from './people.js';

/** A matter as it was filed, whether anybody else sees it. What is erased is absent. */
export interface OwnMatter {
  readonly matterId: string;
  readonly row: MatterRow;
  readonly text: Texts;
  /** Ids of contents. */
  readonly photos: readonly string[];
  readonly category?: string;
  readonly area?: string;
  readonly department?: string;
  readonly place?: Place;
  readonly answers: Answers;
  readonly private: boolean;
  readonly of?: string;
  readonly steps: readonly PublicStep[];
}

/** Whether there is an address to write to, and whether it is hers. */
export type EmailState = 'none' | 'given' | 'confirmed';

/** What a link leads to; a joiner knows of the matter what everybody knows. `undefined` for a link that is nobody's. */
export class GetOwnMatter extends Query<
  | { role: 'reporter'; email: EmailState; matterId: string; matter: OwnMatter }
  | { role: 'joiner'; email: EmailState; matterId: string }
  | undefined
> {
  constructor(readonly link: string) {
    super();
  }
}

/** By staff, who has the role for it: with who filed it. */
export class GetStaffMatter extends Query<{ matter: OwnMatter; people: readonly Person[] } | undefined> {
  constructor(readonly matterId: string) {
    super();
  }
}

export interface QueueFilter {
  readonly kind?: MatterKind;
  readonly stateKind?: StateKind;
  readonly released?: boolean;
  readonly category?: string;
  readonly area?: string;
  readonly department?: string;
}

export type QueuedMatter = Omit<OwnMatter, 'steps' | 'answers'>;

/** What waits for staff, what is due first; matters whose clock does not run come last. */
export class ListQueue extends Query<{ matters: readonly QueuedMatter[]; next?: string }> {
  constructor(
    readonly filter: QueueFilter,
    readonly limit: number,
    readonly cursor: string | undefined,
  ) {
    super();
  }
}

const STEPS = 1_000;

/** Reads matters with their details, public or not: who calls it has looked whether that may be. */
export class WholeMatters {
  constructor(
    private readonly views: Views,
    private readonly contents: Contents,
  ) {}

  async one(matterId: string): Promise<OwnMatter | undefined> {
    const row = await this.views.get(mattersView, matterId);
    if (row === undefined) return undefined;
    const { rows } = await this.views.list(matterStepsView, { where: { matter: matterId }, limit: STEPS });
    const [matter] = await this.many([{ key: matterId, row }]);
    const words = await this.contents.readTexts(rows.flatMap((found) => found.row.words ?? []));
    const kept = await this.contents.refs([
      ...(matter?.photos ?? []),
      ...rows.flatMap((found) => (found.row.photos ?? []).map(({ id }) => id)),
    ]);
    const steps = rows.map(({ key, row: step }): PublicStep => {
      const said = step.words && words.get(step.words.id);
      const photos = (step.photos ?? []).map(({ id }) => id).filter((id) => kept.has(id));
      return { position: positionOf(key), row: step, photos, ...(said !== undefined && { words: said }) };
    });
    return matter && { ...matter, photos: matter.photos.filter((id) => kept.has(id)), steps };
  }

  /** What was sent with it, then and later, and what staff showed; also what was erased since. */
  async photosOf(matterId: string): Promise<readonly ContentRef[]> {
    const row = await this.views.get(mattersView, matterId);
    if (row === undefined) return [];
    const record = (await this.contents.read([row.details])).get(row.details.id);
    const steps = await this.views.list(matterStepsView, { where: { matter: matterId }, limit: STEPS });
    return [
      ...(row.photos ?? []),
      ...((record && parseDetails(record.bytes).photos) ?? []),
      ...steps.rows.flatMap((step) => step.row.photos ?? []),
    ];
  }

  /** Without their steps. */
  async many(found: readonly { key: string; row: MatterRow }[]): Promise<Omit<OwnMatter, 'steps'>[]> {
    const records = await this.contents.read(found.map(({ row }) => row.details));
    const all = found.map(({ key, row }) => {
      const record = records.get(row.details.id);
      return { key, row, details: record && parseDetails(record.bytes) };
    });
    const texts = await this.contents.readTexts(
      all.flatMap(({ row, details }): ContentRef[] => {
        const ref = row.text ?? details?.text;
        return ref === undefined || row.erased !== undefined ? [] : [ref];
      }),
    );
    return all.map(({ key, row, details }) => wholeOf(key, row, details, texts));
  }
}

function wholeOf(
  matterId: string,
  row: MatterRow,
  details: MatterDetails | undefined,
  texts: ReadonlyMap<string, Texts>,
): Omit<OwnMatter, 'steps'> {
  // What was released says more than what was filed.
  const { category, area, department, of } = { ...details, ...given(row) };
  const ref = row.text ?? details?.text;
  return {
    matterId,
    row,
    text: (ref && texts.get(ref.id)) ?? {},
    photos: (row.photos ?? details?.photos ?? []).map(({ id }) => id),
    answers: details?.answers ?? {},
    private: details?.private ?? false,
    ...(category !== undefined && { category }),
    ...(area !== undefined && { area }),
    ...(department !== undefined && { department }),
    ...(of !== undefined && { of }),
    ...(details?.place !== undefined && { place: details.place }),
  };
}

function given({ category, area, department, of }: MatterRow) {
  return {
    ...(category !== undefined && { category }),
    ...(area !== undefined && { area }),
    ...(department !== undefined && { department }),
    ...(of !== undefined && { of }),
  };
}

@QueryHandler(GetOwnMatter)
export class GetOwnMatterHandler implements IQueryHandler<GetOwnMatter> {
  constructor(
    @Inject(People) private readonly people: People,
    @Inject(WholeMatters) private readonly matters: WholeMatters,
  ) {}

  async execute({ link }: GetOwnMatter) {
    const person = await this.people.byLink(link);
    if (person === undefined) return undefined;
    const { role, matterId, email: address, confirmedAt } = person;
    const email: EmailState =
      address === undefined ? 'none' : confirmedAt === undefined ? 'given' : 'confirmed';
    if (role === 'joiner') return { role, email, matterId };
    const matter = await this.matters.one(matterId);
    return matter && { role, email, matterId, matter };
  }
}

@QueryHandler(GetStaffMatter)
export class GetStaffMatterHandler implements IQueryHandler<GetStaffMatter> {
  constructor(
    @Inject(People) private readonly people: People,
    @Inject(WholeMatters) private readonly matters: WholeMatters,
  ) {}

  async execute({ matterId }: GetStaffMatter) {
    const matter = await this.matters.one(matterId);
    return matter && { matter, people: await this.people.ofMatter(matterId) };
  }
}

/** Rows looked through for one page at most: a filter that finds little ends, and its cursor goes on. */
const MOST_LOOKED_AT = 5_000;
const BATCH = 500;

@QueryHandler(ListQueue)
export class ListQueueHandler implements IQueryHandler<ListQueue> {
  constructor(
    @Inject(Views) private readonly views: Views,
    @Inject(WholeMatters) private readonly matters: WholeMatters,
  ) {}

  /** What a matter is about may stand in its details alone, so it is looked for there. */
  async execute({ filter, limit, cursor }: ListQueue) {
    const { kind, stateKind, released, category, area, department } = filter;
    const matters: QueuedMatter[] = [];
    let after = cursor;
    for (let looked = 0; looked < MOST_LOOKED_AT;) {
      const page = await this.views.list(mattersView, {
        where: {
          ...(kind !== undefined && { kind }),
          ...(stateKind !== undefined && { state_kind: stateKind }),
          ...(released === true && { shown_at: { gte: '' } }),
          ...(released === false && { shown_at: undefined }),
        },
        order: ['due'],
        // No more than fit, so that the cursor of the page is the cursor of the answer.
        limit: Math.min(BATCH, limit - matters.length),
        ...(after !== undefined && { after }),
      });
      looked += page.rows.length;
      for (const one of await this.matters.many(page.rows)) {
        const fits =
          one.row.erased === undefined &&
          (category === undefined || one.category === category) &&
          (area === undefined || one.area === area) &&
          (department === undefined || one.department === department);
        const { answers: _answers, ...queued } = one;
        if (fits) matters.push(queued);
      }
      after = page.next;
      if (after === undefined || matters.length === limit) break;
    }
    return { matters, ...(after !== undefined && { next: after }) };
  }
}
