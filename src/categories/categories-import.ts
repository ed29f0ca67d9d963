/**
 * Imports a file of categories: checks it whole, writes words that are new as contents, appends what differs from what the log
 * says, and then shows the words. The same file again changes nothing; an import that was interrupted is finished by the next.
 */
import type { CategoryRow, MatterStateRow } from '../../projections/categories.view.js';
import type { Crypto } from '../../projections/crypto.js';
import { contentsMentioned } from '../../projections/contents.view.js';
import { openEvent, type LogEvent, type NewEvent } from '../../projections/event.js';
import { cityFileRefused, type CityFileRefused, type CityImported } from '../city/city-import.js';
import type { Clock } from '../clock.js';
import type { ContentLife } from '../contents/content-life.js';
import type { Contents } from '../contents/contents.js';
import { Words } from '../contents/words.js';
import { type By, isRejection, type CommandLog, type Rejection } from '../event-store/command-log.js';
import type { EventStore } from '../event-store/event-store.js';
import { evolve as evolveCity, NO_CITY } from '../city/city.js';
import { readCategories, type CategoriesFile, type CategoryEntry } from './categories-file.js';
import { decide, evolve, NO_CATEGORIES, type CategoriesState } from './categories.js';

export interface CategoriesImported extends CityImported {
  /** Ids of categories and of states that were there before and are not named any more. */
  readonly withdrawn: readonly string[];
  readonly withdrawnStates: readonly string[];
}

const STREAM = 'complaints';

export class CategoriesImport {
  constructor(
    private readonly store: EventStore,
    private readonly log: CommandLog,
    private readonly contents: Contents,
    private readonly life: ContentLife,
    private readonly crypto: Pick<Crypto, 'sha256'>,
    private readonly clock: Clock,
  ) {}

  /** @param file as it came out of JSON */
  async run(file: unknown, by: By): Promise<CategoriesImported | CityFileRefused | Rejection> {
    const read = readCategories(file, await this.#departments());
    if ('problems' in read) return cityFileRefused(read.problems);
    let receipt = await this.log.find(STREAM, by);
    if (receipt === undefined) {
      const { words, wants } = wordsOf(await this.#look(), read.categories);
      await words.write(this.contents);
      const wanted = wants();
      receipt = await this.log.run({
        stream: STREAM,
        meta: { ...by, actor: by.actor.id, at: this.clock.now().toISOString() },
        initial: NO_CATEGORIES,
        evolve,
        decide: (state) => decide(state, wanted),
      });
    }
    if (isRejection(receipt) && receipt.rejected !== 'categories-unchanged') return receipt;
    const appended = isRejection(receipt) ? undefined : receipt;
    const { categories, states } = await this.#look();
    // All that the log names, so that an import that ended between its events and their words is finished here.
    const shown = await this.life.show(contentsMentioned([...categories.values(), ...states.values()]), by);
    const position = appended?.position ?? -1n;
    const events = await this.#appended(appended?.events.map(({ id }) => id) ?? []);
    return {
      events: events.length,
      position: position > shown ? position : shown,
      ...withdrawnBy(events),
    };
  }

  /** What `run` would do now; nothing is written. */
  async dryRun(file: unknown): Promise<CategoriesImported | CityFileRefused | Rejection> {
    const read = readCategories(file, await this.#departments());
    if ('problems' in read) return cityFileRefused(read.problems);
    const state = await this.#look();
    const { words, wants } = wordsOf(state, read.categories);
    await words.compare(this.contents);
    const decided = decide(state, wants());
    if (isRejection(decided) && decided.rejected !== 'categories-unchanged') return decided;
    const events = isRejection(decided) ? [] : decided;
    return { events: events.length, position: -1n, ...withdrawnBy(events) };
  }

  /** Ids of those that the city has. */
  async #departments(): Promise<ReadonlySet<string>> {
    let city = NO_CITY;
    for await (const recorded of this.store.readStream('city')) {
      if (recorded.type === 'DepartmentDescribed') city = evolveCity(city, openEvent(this.crypto, recorded));
    }
    const inUse = [...city.departments.values()].filter(({ withdrawn }) => !withdrawn);
    return new Set(inUse.map(({ departmentId }) => departmentId));
  }

  async #appended(ids: readonly string[]): Promise<LogEvent[]> {
    const events: LogEvent[] = [];
    for await (const recorded of this.store.readStream(STREAM)) {
      if (ids.includes(recorded.id)) events.push(openEvent(this.crypto, recorded));
    }
    return events;
  }

  async #look(): Promise<CategoriesState> {
    let state = NO_CATEGORIES;
    for await (const recorded of this.store.readStream(STREAM)) {
      state = evolve(state, openEvent(this.crypto, recorded));
    }
    return state;
  }
}

function withdrawnBy(
  events: readonly (LogEvent | NewEvent)[],
): Pick<CategoriesImported, 'withdrawn' | 'withdrawnStates'> {
  const [withdrawn, withdrawnStates]: [string[], string[]] = [[], []];
  for (const { type, data } of events) {
    if (type === 'CategoryDescribed' && data.withdrawn) withdrawn.push(data.categoryId);
    if (type === 'MatterStateDescribed' && data.withdrawn) withdrawnStates.push(data.state);
  }
  return { withdrawn, withdrawnStates };
}

interface Wanted {
  categories: CategoryRow[];
  states: MatterStateRow[];
}

/** The words that a file needs, and what is wanted once they are written. */
function wordsOf(known: CategoriesState, file: CategoriesFile): { words: Words; wants: () => Wanted } {
  const words = new Words();
  for (const { state, name } of file.states)
    words.want(`state ${state}`, name, known.states.get(state)?.name);
  for (const category of file.categories) wantWords(words, category, known.categories.get(category.id));
  const wants = () => ({
    categories: file.categories.map((category) => rowOf(words, category)),
    states: file.states.map(({ state, kind, stops, open311 }) => ({
      state,
      kind,
      stops,
      open311,
      name: words.ref(`state ${state}`),
    })),
  });
  return { words, wants };
}

function wantWords(words: Words, category: CategoryEntry, known: CategoryRow | undefined): void {
  const { id, name, description, notice, questions } = category;
  words.want(`${id} name`, name, known?.name);
  if (description !== undefined) words.want(`${id} description`, description, known?.description);
  if (notice !== undefined) words.want(`${id} notice`, notice, known?.notice);
  for (const { code, text, hint, values } of questions) {
    const before = known?.questions.find((question) => question.code === code);
    words.want(`${id} ${code} text`, text, before?.text);
    if (hint !== undefined) words.want(`${id} ${code} hint`, hint, before?.hint);
    for (const { key, name: valueName } of values) {
      const value = before?.values.find((one) => one.key === key);
      words.want(`${id} ${code} value ${key}`, valueName, value?.name);
    }
  }
}

function rowOf(words: Words, category: CategoryEntry): CategoryRow {
  const { id, parent, description, kinds, department, questions, notice, targetDays } = category;
  const { anonymous, confirm, radius, keywords } = category;
  return {
    categoryId: id,
    ...(parent !== undefined && { parent }),
    name: words.ref(`${id} name`),
    ...(description !== undefined && { description: words.ref(`${id} description`) }),
    kinds,
    ...(department !== undefined && { department }),
    questions: questions.map(({ code, datatype, required, variable, hint, values }, index) => ({
      code,
      datatype,
      required,
      variable,
      order: index + 1,
      text: words.ref(`${id} ${code} text`),
      ...(hint !== undefined && { hint: words.ref(`${id} ${code} hint`) }),
      values: values.map(({ key }) => ({ key, name: words.ref(`${id} ${code} value ${key}`) })),
    })),
    ...(notice !== undefined && { notice: words.ref(`${id} notice`) }),
    anonymous,
    confirm,
    ...(targetDays !== undefined && { targetDays }),
    radius,
    keywords,
  };
}
