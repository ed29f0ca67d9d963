/** Matters with all that was filed, for those who have to do with them: their reporters and staff. Words are read public or not. */
import { positionOf } from '../../projections/matter-steps.view.js';
import { type MatterRow } from '../../projections/matter.js';
import { mattersView } from '../../projections/matters.view.js';
import { Contents, type ContentRef } from '../contents/contents.js';
import type { Texts } from '../contents/text.js';
import { Views } from '../views/views.js';
import type { Cases } from './cases.js';
import { parseDetails, type Answers, type MatterDetails, type Place } from './details.js';
import { lastSteps } from './history.js';
import type { PublicStep } from './matters.queries.js';
import { plainWords } from './similar-words.js';

/** A matter as it was filed, whether anybody else sees it. What is erased is absent. */
export interface WholeMatter {
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

/** As staff sees one of many. */
export type QueuedMatter = Omit<WholeMatter, 'steps' | 'answers'>;

export type MatterAbout = Pick<WholeMatter, 'row' | 'category' | 'area' | 'department'> & {
  readonly key: string;
  /** As `WholeMatter` has it; of what was ever released it is not told. */
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

  async one(matterId: string): Promise<WholeMatter | undefined> {
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
  async byIds(ids: readonly string[]): Promise<Map<string, Omit<WholeMatter, 'steps'>>> {
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
  async many(found: readonly { key: string; row: MatterRow }[]): Promise<Omit<WholeMatter, 'steps'>[]> {
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
): Omit<WholeMatter, 'steps' | 'of'> {
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
