/**
 * Imports a city's file: checks it whole, writes words that are new as contents, appends what differs from what the log
 * says, and then shows the words. The same file again changes nothing; an import that was interrupted is finished by the
 * next.
 */
import type { Crypto } from '../../projections/crypto.js';
import { contentsMentioned } from '../../projections/contents.view.js';
import { type LogEvent, openEvent } from '../../projections/event.js';
import type { ContentLife } from '../contents/content-life.js';
import type { Contents } from '../contents/contents.js';
import { Words } from '../contents/words.js';
import type { Clock } from '../clock.js';
import { type By, isRejection, type CommandLog, type Rejection } from '../event-store/command-log.js';
import { type EventStore, Overloaded } from '../event-store/event-store.js';
import { CITY_KEY } from '../../projections/city.view.js';
import { decide, differences, evolve, NO_CITY, type CityState, type WantedCity } from './city.js';
import { readCity, type CityFile, type Problem } from './city-file.js';

export interface CityImported {
  /** Events that this import appended, now or when it was first asked for; 0 when the log said all of it before. */
  readonly events: number;
  /** Position of the last event of the import, contents included; -1n when none was appended. */
  readonly position: bigint;
}

/** The first problem of a file as a rejection, and all that were found. */
export interface CityFileRefused extends Rejection {
  readonly problems: readonly Problem[];
}

const STREAM = 'city';
/** Appends of one import at most: 2,000 areas of 60 kB need 150. */
const MAX_APPENDS = 500;

export class CityImport {
  constructor(
    private readonly store: EventStore,
    private readonly log: CommandLog,
    private readonly contents: Contents,
    private readonly life: ContentLife,
    private readonly crypto: Pick<Crypto, 'sha256'>,
    private readonly clock: Clock,
  ) {}

  /** @param file as it came out of JSON @throws Overloaded when the city is described by too many at once */
  async run(file: unknown, by: By): Promise<CityImported | CityFileRefused | Rejection> {
    const read = readCity(file);
    if ('problems' in read) return cityFileRefused(read.problems);
    // Before words are written: a repeated request would write them once more, and the log may have gone on since.
    const before = await this.log.find(STREAM, partOf(by, LAST_PART));
    if (before === undefined) {
      const { words, wants } = wordsOf((await this.#look(by)).state, read.city);
      await words.write(this.contents);
      const refused = await this.#append(wants(), by);
      if (refused !== undefined) return refused;
    } else if (isRejection(before)) {
      return before;
    }
    const { state, own } = await this.#look(by);
    // All that the log names, so that an import that ended between its events and their words is finished here. What
    // somebody has hidden stays hidden.
    const shown = await this.life.show([...own.flatMap(contentsMentioned), ...namedWords(state)], by);
    const appended = own.at(-1)?.position ?? -1n;
    return { events: own.length, position: appended > shown ? appended : shown };
  }

  /** Appends the differences, as many at once as fit; the last part of them says that all are there. */
  async #append(wanted: WantedCity, by: By): Promise<Rejection | undefined> {
    let part = LAST_PART + 1;
    for (let appends = 0; appends < MAX_APPENDS; appends++) {
      const isLast = fitsInOne((await this.#look(by)).state, wanted);
      const { commandId, actor, request } = partOf(by, isLast ? LAST_PART : part);
      const answer = await this.log.run({
        stream: STREAM,
        meta: { commandId, actor: actor.id, at: this.clock.now().toISOString(), request },
        initial: NO_CITY,
        evolve,
        decide: (state) =>
          isLast && !fitsInOne(state, wanted) ? { rejected: 'city-changed' } : decide(state, wanted),
      });
      if (isRejection(answer)) {
        if (answer.rejected === 'city-changed') continue;
        return answer.rejected === 'city-unchanged' ? undefined : answer;
      }
      // Not looked at again afterwards: another import at the same moment would be fought for ever.
      if (isLast) return undefined;
      part += 1;
    }
    throw new Overloaded();
  }

  /** What the log says of the city, and which of the events are a command's own, whichever try appended them. */
  async #look({ commandId, actor }: By): Promise<{ state: CityState; own: readonly LogEvent[] }> {
    let state = NO_CITY;
    const own: LogEvent[] = [];
    for await (const recorded of this.store.readStream(STREAM)) {
      const event = openEvent(this.crypto, recorded);
      state = evolve(state, event);
      if (event.actor === actor.id && recorded.commandId?.replace(/\/\d+$/, '') === commandId)
        own.push(event);
    }
    return { state, own };
  }
}

/** The part whose presence in the log says that the import is complete; parts before it are counted from 1. */
const LAST_PART = 0;

function partOf(by: By, part: number): By {
  return { ...by, commandId: `${by.commandId}/${part}` };
}

function fitsInOne(state: CityState, wanted: WantedCity): boolean {
  const some = decide(state, wanted);
  return isRejection(some) || some.length === differences(state, wanted).length;
}

/** Problems of a file as a command refuses them: the first by its code and field, in `detail` their number, and all. */
export function cityFileRefused(problems: readonly Problem[]): CityFileRefused {
  const { code, field, detail } = problems[0] ?? { code: 'file-invalid', field: '' };
  return { rejected: code, field, detail: { ...detail, problems: problems.length }, problems };
}

function namedWords(state: CityState): string[] {
  return [...state.city.values(), ...state.areas.values(), ...state.departments.values()].flatMap((row) => [
    row.name.id,
    ...('aliases' in row && row.aliases !== undefined ? [row.aliases.id] : []),
  ]);
}

/** The words that a file needs, and what is wanted once they are written. */
function wordsOf(state: CityState, file: CityFile): { words: Words; wants: () => WantedCity } {
  const words = new Words();
  words.want('city', file.name, state.city.get(CITY_KEY)?.name);
  for (const { id, name, pabulib } of file.areas) {
    const known = state.areas.get(id);
    words.want(`area ${id}`, name, known?.name);
    if (pabulib.length > 0) words.want(`aliases ${id}`, { und: pabulib.join('\n') }, known?.aliases);
  }
  for (const { id, name } of file.departments) {
    words.want(`department ${id}`, name, state.departments.get(id)?.name);
  }
  const wants = (): WantedCity => ({
    city: { name: words.ref('city'), timeZone: file.timeZone, languages: [...file.languages] },
    areas: file.areas.map(({ id, parent, pabulib, polygons }) => ({
      areaId: id,
      ...(parent !== undefined && { parent }),
      name: words.ref(`area ${id}`),
      ...(pabulib.length > 0 && { aliases: words.ref(`aliases ${id}`) }),
      polygons: polygons.map((polygon) => polygon.map((ring) => ring.map(([lon, lat]) => [lon, lat]))),
    })),
    departments: file.departments.map(({ id }) => ({
      departmentId: id,
      name: words.ref(`department ${id}`),
    })),
    holidays: file.holidays,
  });
  return { words, wants };
}
