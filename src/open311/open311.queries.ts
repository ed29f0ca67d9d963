/** What Open311 clients ask about: services, public requests and what became of them. */
import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { categoriesView, type CategoryRow } from '../../projections/categories.view.js';
import { departmentsView } from '../../projections/city.view.js';
import { contentsView } from '../../projections/contents.view.js';
import { matterStepsView, type MatterStepRow } from '../../projections/matter-steps.view.js';
import { isShown, type MatterRow } from '../../projections/matter.js';
import { mattersView } from '../../projections/matters.view.js';
import type { Place } from '../complaints/details.js';
import { WholeMatters } from '../complaints/whole-matters.js';
import { RulesInForce } from '../categories/rules-in-force.js';
import type { ContentRef } from '../contents/contents.js';
import { PublicContents } from '../contents/public-contents.js';
import { textIn } from '../contents/text.js';
import { SETTINGS } from '../platform.module.js';
import type { Settings } from '../settings.js';
import { everyRow } from '../views/every-row.js';
import { Kept } from '../views/kept.js';
import type { Found } from '../views/view-reader.js';
import { Views } from '../views/views.js';
import { MAX_ROWS, type Listing, type Span } from './listing.js';
import type { BareRequest, RequestOf, ServiceOf, Step, Update, Words } from './open311.js';
import { MAYBE_TOLD, updatesOf } from './open311.js';

/** With the words that its answer needs. */
interface Told<T> {
  readonly found: T;
  readonly words: Words;
}

/** `changed`: position that changed what is told of them. */
type Services = Told<ServiceOf[]> & { readonly changed: bigint };
/** Services that can be asked for, in the order of their codes, with the words of all categories. */
export class ListServices extends Query<Services> {}

interface Matter {
  readonly key: string;
  readonly row: MatterRow;
}

export type AnyRequest = { readonly shown: RequestOf } | { readonly bare: BareRequest };
/** @param origin where photos are: `https://vota.example.org` */
export class FindRequests extends Query<Told<AnyRequest[]>> {
  constructor(
    readonly listing: Listing,
    readonly origin: string,
  ) {
    super();
  }
}

/** What became of public matters in a span of time, in its order; the first thousand. */
export class ListUpdates extends Query<Update[]> {
  constructor(readonly span: Span) {
    super();
  }
}

/** Of one list, to the end of it. */
const MAX_SKIPPED = 100_000;

@QueryHandler(ListServices)
export class ListServicesHandler implements IQueryHandler<ListServices> {
  readonly #services: Kept<Services>;

  constructor(
    @Inject(Views) private readonly views: Views,
    @Inject(PublicContents) private readonly contents: PublicContents,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {
    this.#services = new Kept(views, [categoriesView, contentsView], () => this.#read());
  }

  execute(): Promise<Services> {
    return this.#services.now();
  }

  async #read(): Promise<Services> {
    const changed = await this.views.lastChanged(categoriesView);
    const rows = await everyRow(this.views, categoriesView);
    const names = new Map(rows.map((row) => [row.categoryId, row.name]));
    const seen = await this.contents.see(rows.flatMap(textsOf));
    const words = wordsIn(seen.texts, this.settings.languages);
    const found = rows
      .filter((row) => row.withdrawn !== true && row.kinds.length > 0)
      .map((row): ServiceOf => ({
        row,
        group: row.parent === undefined ? undefined : words(names.get(row.parent)),
      }));
    return { found, words, changed: changed > seen.changed ? changed : seen.changed };
  }
}

function textsOf({ name, description, notice, questions }: CategoryRow): ContentRef[] {
  const asked = questions.flatMap(({ text, hint, values }) => [
    text,
    hint,
    ...values.map((value) => value.name),
  ]);
  return [name, description, notice, ...asked].flatMap((ref) => (ref === undefined ? [] : [ref]));
}

@QueryHandler(FindRequests)
export class FindRequestsHandler implements IQueryHandler<FindRequests> {
  constructor(
    @Inject(Views) private readonly views: Views,
    @Inject(PublicContents) private readonly contents: PublicContents,
    @Inject(WholeMatters) private readonly whole: WholeMatters,
    @Inject(RulesInForce) private readonly rules: RulesInForce,
    @Inject(ListServicesHandler) private readonly services: ListServicesHandler,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  async execute({ listing, origin }: FindRequests): Promise<Told<AnyRequest[]>> {
    const rows = 'ids' in listing ? await this.#byId(listing.ids) : await this.#list(listing);
    const [shown, others] = [rows.filter(({ row }) => isShown(row)), rows.filter(({ row }) => !isShown(row))];
    const { categories } = await this.rules.now();
    const services = await this.services.execute();
    const steps = await stepsOf(
      this.views,
      shown.map(({ key }) => key),
    );
    const departments = await this.views.many(
      departmentsView,
      shown.flatMap(({ row }) => row.department ?? []),
    );
    const refs = [
      ...shown.flatMap(({ row }) => [row.text ?? [], row.place ?? []].flat()),
      ...wordsOf(steps),
      ...[...departments.values()].map(({ name }) => name),
    ];
    const photos = shown.flatMap(({ row }) => row.photos ?? []);
    const seen = await this.contents.see(refs, photos);
    const said = wordsIn(seen.texts, this.settings.languages);
    const words: Words = (ref) => said(ref) ?? services.words(ref);
    const told = shown.map(({ key, row }): AnyRequest => {
      const photo = row.photos?.find(({ id }) => seen.shown.has(id));
      return {
        shown: {
          matterId: key,
          row,
          category: categories.get(row.category ?? ''),
          department: said(departments.get(row.department ?? '')?.name),
          place: row.place && (seen.records.get(row.place.id) as Place | undefined),
          photo: photo && `${origin}/api/v1/contents/${photo.id}`,
          steps: steps.get(key) ?? [],
        },
      };
    });
    return { found: [...told, ...(await this.#bare(others, categories))], words };
  }

  async #byId(ids: readonly string[]): Promise<Matter[]> {
    const rows = await this.views.many(mattersView, ids);
    return [...rows].map(([key, row]) => ({ key, row }));
  }

  /** The latest first. */
  async #list({ from, to, codes, status, skip, limit }: Exclude<Listing, { ids: readonly string[] }>) {
    if (skip > MAX_SKIPPED) return [];
    const where = {
      shown_at: { gte: from, lte: to },
      ...(codes !== undefined && { category: codes }),
      ...(status !== undefined && { state_kind: status === 'open' ? ['open'] : ['closed', 'fixed'] }),
    };
    const { rows } = await this.views.list(mattersView, { where, order: ['-shown_at'], skip, limit });
    return rows;
  }

  /** Nothing of what is hidden, of what is for staff alone, and of what is erased. */
  async #bare(
    others: readonly Matter[],
    categories: ReadonlyMap<string, CategoryRow>,
  ): Promise<AnyRequest[]> {
    const kept = others.filter(({ row }) => row.hidden === undefined && row.erased === undefined);
    return (await this.whole.many(kept)).flatMap((matter): AnyRequest[] => {
      const category = categories.get(matter.category ?? '');
      if (matter.private || category === undefined) return [];
      return [{ bare: { matterId: matter.matterId, row: matter.row, category } }];
    });
  }
}

@QueryHandler(ListUpdates)
export class ListUpdatesHandler implements IQueryHandler<ListUpdates> {
  constructor(
    @Inject(Views) private readonly views: Views,
    @Inject(PublicContents) private readonly contents: PublicContents,
    @Inject(RulesInForce) private readonly rules: RulesInForce,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  async execute({ span: { from, to } }: ListUpdates): Promise<Update[]> {
    const { states } = await this.rules.now();
    const open311 = (state: string): string => {
      const known = states.get(state);
      return known !== undefined && 'open311' in known ? String(known.open311) : state;
    };
    const updates: Update[] = [];
    let after: string | undefined;
    do {
      const page = await this.views.list(matterStepsView, {
        where: { what: MAYBE_TOLD, at: { gte: from, lte: to } },
        order: ['at'],
        limit: MAX_ROWS,
        ...(after !== undefined && { after }),
      });
      updates.push(...(await this.#told(page.rows, open311)));
      after = page.next;
      // Steps of what is not public give no update: another page may be needed.
    } while (after !== undefined && updates.length < MAX_ROWS);
    return updates.slice(0, MAX_ROWS);
  }

  /** What is told of these steps, in their order. What a step means is seen from all steps of its matter. */
  async #told(found: readonly Found<MatterStepRow>[], open311: (state: string) => string): Promise<Update[]> {
    const matters = await this.views.many(mattersView, [...new Set(found.map(({ row }) => row.matterId))]);
    const shown = [...matters].filter(([, row]) => isShown(row));
    const steps = await stepsOf(
      this.views,
      shown.map(([matterId]) => matterId),
    );
    const said = found.flatMap(({ row }) => row.words ?? []);
    const words = wordsIn((await this.contents.see(said)).texts, this.settings.languages);
    const told = new Map(
      shown
        .flatMap(([matterId, row]) =>
          updatesOf({ matterId, row, steps: steps.get(matterId) ?? [] }, words, open311),
        )
        .map(({ step, json }) => [step, json]),
    );
    return found.flatMap(({ key }) => told.get(key) ?? []);
  }
}

/** Of each matter, in the order of the log. */
async function stepsOf(views: Views, matterIds: readonly string[]): Promise<Map<string, Step[]>> {
  const rows = await views.having(matterStepsView, 'matter', matterIds);
  const steps = new Map<string, Step[]>();
  for (const { key, row } of rows.sort((a, b) => (a.key < b.key ? -1 : 1))) {
    const before = steps.get(row.matterId);
    if (before === undefined) steps.set(row.matterId, [{ key, row }]);
    else before.push({ key, row });
  }
  return steps;
}

function wordsOf(steps: ReadonlyMap<string, readonly Step[]>): ContentRef[] {
  return [...steps.values()].flat().flatMap(({ row }) => row.words ?? []);
}

function wordsIn(
  texts: ReadonlyMap<string, Readonly<Record<string, string>>>,
  languages: readonly string[],
): Words {
  return (ref) => {
    const found = ref && texts.get(ref.id);
    return found && textIn(found, languages);
  };
}
