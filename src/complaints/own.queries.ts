/** What those who have to do with a matter know of it: its reporter by her link, and staff. Words are read public or not. */
import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { contentsView } from '../../projections/contents.view.js';
import { positionOf } from '../../projections/matter-steps.view.js';
import { isShown, type MatterRow } from '../../projections/matter.js';
import { mattersView } from '../../projections/matters.view.js';
import { Contents, type ContentRef } from '../contents/contents.js';
import { PublicContents } from '../contents/public-contents.js';
import type { Texts } from '../contents/text.js';
import { Views } from '../views/views.js';
import type { Cases } from './cases.js';
import { parseDetails, type Answers, type MatterDetails, type Place } from './details.js';
import { lastSteps } from './history.js';
import { RESIDENT } from './matter.js';
import type { PublicStep } from './matters.queries.js';
import { People, type Person } from './people.js';
import { Showing } from './showing.js';
import { plainWords } from './similar-words.js';

/** A matter as it was filed, whether anybody else sees it. What is erased is absent. */
export interface OwnMatter {
  readonly matterId: string;
  readonly row: MatterRow;
  readonly text: Texts;
  /** Ids of contents: those that were released, or before that those that were sent. */
  readonly photos: readonly string[];
  /** Ids of all that came with the filing, redacted where staff did so. */
  readonly filedPhotos: readonly string[];
  readonly category?: string;
  readonly area?: string;
  readonly department?: string;
  readonly place?: Place;
  readonly answers: Answers;
  readonly private: boolean;
  /** The case that it is in, or what it is a duplicate of. */
  readonly of?: string;
  readonly steps: readonly PublicStep[];
}

/** Whether there is an address to write to, and whether it is hers. */
export type EmailState = 'none' | 'given' | 'confirmed';

/** What a link leads to; a joiner knows of the matter what everybody knows. `undefined` for a link that is nobody's. */
export class GetOwnMatter extends Query<
  | { role: 'reporter'; email: EmailState; confirmUntil?: Date; matterId: string; matter: OwnMatter }
  | { role: 'joiner'; email: EmailState; matterId: string }
  | undefined
> {
  constructor(readonly link: string) {
    super();
  }
}

/** As staff sees it, who has the role for it. */
export interface StaffMatter {
  readonly matter: OwnMatter;
  /** Who filed and joined it. */
  readonly people: readonly Person[];
  /** Ids of answers that wait for being shown, though it is public: given to a case that is not. */
  readonly withheld: readonly string[];
}

export class GetStaffMatter extends Query<StaffMatter | undefined> {
  constructor(readonly matterId: string) {
    super();
  }
}

/** As staff sees one of many. */
export type QueuedMatter = Omit<OwnMatter, 'steps' | 'answers'>;

export type MatterAbout = Pick<OwnMatter, 'row' | 'category' | 'area' | 'department'> & {
  readonly key: string;
  /** As `OwnMatter` has it; of what was ever released it is not told. */
  readonly private?: boolean;
  /** Of what was not released: the text as it was filed. */
  readonly text?: ContentRef;
};

/** Reads matters with their details, public or not: who calls it has looked whether that may be. */
export class WholeMatters {
  constructor(
    private readonly views: Views,
    private readonly contents: Contents,
    private readonly cases: Pick<Cases, 'ofMatters'>,
  ) {}

  async one(matterId: string): Promise<OwnMatter | undefined> {
    const row = await this.views.get(mattersView, matterId);
    if (row === undefined) return undefined;
    const rows = await lastSteps(this.views, matterId);
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
    const steps = await lastSteps(this.views, matterId);
    return [
      ...(row.photos ?? []),
      ...((record && parseDetails(record.bytes).photos) ?? []),
      ...steps.flatMap((step) => step.row.photos ?? []),
    ];
  }

  /** By id, without their steps; those that there are not are absent. */
  async byIds(ids: readonly string[]): Promise<Map<string, Omit<OwnMatter, 'steps'>>> {
    const rows = await this.views.many(mattersView, ids);
    const found = await this.many([...rows].map(([key, row]) => ({ key, row })));
    return new Map(found.map((matter) => [matter.matterId, matter]));
  }

  /** What they are about and where, of those that are not erased: without their words. */
  async about(found: readonly { key: string; row: MatterRow }[]): Promise<MatterAbout[]> {
    const alive = found.filter(({ row }) => row.erased === undefined);
    // What was released says it in its row.
    const untold = alive.filter(({ row }) => row.category === undefined);
    const records = await this.contents.read(untold.map(({ row }) => row.details));
    return alive.flatMap(({ key, row }): MatterAbout[] => {
      const record = records.get(row.details.id);
      const details = record && parseDetails(record.bytes);
      if (row.category === undefined && details === undefined) return [];
      return [{ key, row, ...details, ...given(row) }];
    });
  }

  /** Those whose text has all of these words (of `plainWords`), or words in which they stand. */
  async saying(found: readonly MatterAbout[], words: readonly string[]): Promise<MatterAbout[]> {
    const refs = new Map(found.map(({ key, row, text }) => [key, row.text ?? text]));
    const texts = await this.contents.readTexts([...refs.values()].filter((ref) => ref !== undefined));
    return found.filter(({ key }) => {
      const text = texts.get(refs.get(key)?.id ?? '') ?? {};
      const said = plainWords(Object.values(text).join(' ')).join(' ');
      return words.every((word) => said.includes(word));
    });
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
    const cases = await this.cases.ofMatters(found.map(({ key }) => key));
    return all.map(({ key, row, details }) => {
      const of = cases.get(key);
      return { ...wholeOf(key, row, details, texts), ...(of !== undefined && { of }) };
    });
  }
}

function wholeOf(
  matterId: string,
  row: MatterRow,
  details: MatterDetails | undefined,
  texts: ReadonlyMap<string, Texts>,
): Omit<OwnMatter, 'steps' | 'of'> {
  // What was released says more than what was filed.
  const { category, area, department } = { ...details, ...given(row) };
  const ref = row.text ?? details?.text;
  return {
    matterId,
    row,
    text: (ref && texts.get(ref.id)) ?? {},
    photos: (row.photos ?? details?.photos ?? []).map(({ id }) => id),
    filedPhotos: (details?.photos ?? []).map(({ id }) => id),
    answers: details?.answers ?? {},
    private: details?.private ?? false,
    ...(category !== undefined && { category }),
    ...(area !== undefined && { area }),
    ...(department !== undefined && { department }),
    ...(details?.place !== undefined && { place: details.place }),
  };
}

function given({ category, area, department }: MatterRow) {
  return {
    ...(category !== undefined && { category }),
    ...(area !== undefined && { area }),
    ...(department !== undefined && { department }),
  };
}

@QueryHandler(GetOwnMatter)
export class GetOwnMatterHandler implements IQueryHandler<GetOwnMatter> {
  constructor(
    @Inject(People) private readonly people: People,
    @Inject(WholeMatters) private readonly matters: WholeMatters,
    @Inject(Views) private readonly views: Views,
    @Inject(PublicContents) private readonly publicContents: PublicContents,
  ) {}

  async execute({ link }: GetOwnMatter) {
    const person = await this.people.byLink(link);
    if (person === undefined) return undefined;
    const { role, matterId, email: address, confirmedAt, confirmUntil } = person;
    const email: EmailState =
      address === undefined ? 'none' : confirmedAt === undefined ? 'given' : 'confirmed';
    if (role === 'joiner') return { role, email, matterId };
    const matter = await this.matters.one(matterId);
    if (matter === undefined) return undefined;
    const waits = confirmedAt === undefined && confirmUntil !== undefined && { confirmUntil };
    const { of, ...own } = matter;
    const other = of === undefined ? undefined : await this.views.get(mattersView, of);
    // Of a case that she may not see she learns nothing.
    const isNamed = other !== undefined && isShown(other);
    const steps = await this.#asTold(own.steps);
    return { role, email, ...waits, matterId, matter: { ...own, steps, ...(isNamed && { of }) } };
  }

  /** What others added she reads where everybody does: nobody has looked at it before. */
  async #asTold(steps: readonly PublicStep[]): Promise<readonly PublicStep[]> {
    const isOfOthers = ({ row }: PublicStep) => row.what === 'MatterAdded' && row.actor !== RESIDENT.id;
    const refs = steps
      .filter(isOfOthers)
      .flatMap(({ row }) => [...(row.photos ?? []), ...(row.words ? [row.words] : [])]);
    const { shown } = await this.publicContents.see([], refs);
    return steps.map((step) => {
      if (!isOfOthers(step)) return step;
      const { words: said, ...rest } = step;
      const isSaid = step.row.words !== undefined && shown.has(step.row.words.id);
      const seen = step.photos.filter((id) => shown.has(id));
      return { ...rest, photos: seen, ...(isSaid && said !== undefined && { words: said }) };
    });
  }
}

@QueryHandler(GetStaffMatter)
export class GetStaffMatterHandler implements IQueryHandler<GetStaffMatter> {
  constructor(
    @Inject(People) private readonly people: People,
    @Inject(WholeMatters) private readonly matters: WholeMatters,
    @Inject(Views) private readonly views: Views,
    @Inject(Showing) private readonly showing: Showing,
  ) {}

  async execute({ matterId }: GetStaffMatter) {
    const matter = await this.matters.one(matterId);
    if (matter === undefined) return undefined;
    const people = await this.people.ofMatter(matterId);
    return { matter, people, withheld: isShown(matter.row) ? await this.#withheld(matter) : [] };
  }

  async #withheld({ matterId, steps }: OwnMatter): Promise<string[]> {
    const said = steps
      .filter(({ row }) => row.what === 'MatterAnswered')
      .flatMap(({ row }) => row.words?.id ?? []);
    const ofCase = await this.showing.withheld(matterId);
    const contents = await this.views.many(contentsView, said);
    // Never shown, or hidden with the case.
    return said.filter((id) => {
      const state = contents.get(id)?.state ?? 'mentioned';
      return state === 'mentioned' || (state === 'hidden' && ofCase.has(id));
    });
  }
}
