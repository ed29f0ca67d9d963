/**
 * Imports a city's file: checks it whole, writes words that are new as contents, shows them, and appends what differs
 * from what the log says. The same file again changes nothing; an import that was interrupted is finished by the next.
 */
import type { Crypto } from '../../projections/crypto.js';
import { openEvent } from '../../projections/event.js';
import type { ContentLife } from '../contents/content-life.js';
import type { ContentRef, Contents } from '../contents/contents.js';
import { textBytes, type Texts } from '../contents/text.js';
import type { Clock } from '../clock.js';
import { type By, isRejection, type CommandLog, type Rejection } from '../event-store/command-log.js';
import type { EventStore } from '../event-store/event-store.js';
import { CITY_KEY } from '../../projections/city.view.js';
import { decide, differences, evolve, NO_CITY, type CityState, type WantedCity } from './city.js';
import { readCityFile, type CityFile } from './city-file.js';

export interface CityImported {
  /** Events that this import appended, now or when it was first asked for; 0 when the log said all of it before. */
  readonly events: number;
  /** Position of the last event of the import, contents included; -1n when none was appended. */
  readonly position: bigint;
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

  /** Rejects with the first problem of the file, and in `detail.problems` their number (`readCityFile` gives all). */
  async run(fileBytes: Uint8Array, by: By): Promise<CityImported | Rejection> {
    const read = readCityFile(fileBytes);
    if ('problems' in read) {
      const [first] = read.problems;
      return {
        rejected: first?.code ?? 'file-invalid',
        field: first?.field ?? '',
        detail: { problems: read.problems.length },
      };
    }
    const state = await this.#state();
    const { words, wants } = wordsOf(state, read.city);
    const added = await words.write(this.contents);
    if (isRejection(added)) return added;
    // Shown before their events, so that nobody sees an area without a name. Words that the log named before were shown
    // then, and are not shown again here: somebody may have hidden them.
    const released = await this.life.release(added, by);
    if (isRejection(released)) return released;
    return this.#append(wants(), released.position, by);
  }

  async #append(wanted: WantedCity, released: bigint, by: By): Promise<CityImported | Rejection> {
    let events = 0;
    let position = released;
    for (let part = 0; part < MAX_APPENDS; part++) {
      // Told by `decide`, not read again afterwards: another import at the same moment would be fought for ever.
      const progress = { isDone: false };
      const answer = await this.log.run({
        stream: STREAM,
        meta: {
          commandId: `${by.commandId}/${part}`,
          actor: by.actor.id,
          at: this.clock.now().toISOString(),
          request: by.request,
        },
        initial: NO_CITY,
        evolve,
        decide: (state) => {
          const some = decide(state, wanted);
          progress.isDone = !isRejection(some) && some.length === differences(state, wanted).length;
          return some;
        },
      });
      if (isRejection(answer)) {
        if (answer.rejected !== 'city-unchanged') return answer;
        break;
      }
      events += answer.events.length;
      if (answer.position > position) position = answer.position;
      if (progress.isDone) break;
    }
    return { events, position };
  }

  async #state(): Promise<CityState> {
    let state = NO_CITY;
    for await (const recorded of this.store.readStream(STREAM)) {
      state = evolve(state, openEvent(this.crypto, recorded));
    }
    return state;
  }
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

/** Words of a file and the contents that hold them. */
class Words {
  readonly #wanted = new Map<string, { texts: Texts; known: ContentRef | undefined }>();
  readonly #refs = new Map<string, ContentRef>();

  want(what: string, texts: Texts, known: ContentRef | undefined): void {
    this.#wanted.set(what, { texts, known });
  }

  /** Looks at what is kept, writes what is not or differs, and gives the ids of what was written. */
  async write(contents: Contents): Promise<string[] | Rejection> {
    const known = [...this.#wanted.values()].flatMap((entry) => entry.known ?? []);
    const kept = await contents.readTexts(known);
    const missing: { what: string; texts: Texts }[] = [];
    for (const [what, { texts, known: ref }] of this.#wanted) {
      const before = ref && kept.get(ref.id);
      if (ref !== undefined && before !== undefined && sameTexts(before, texts)) this.#refs.set(what, ref);
      else missing.push({ what, texts });
    }
    const added = await contents.addTexts(missing);
    if (isRejection(added)) return added;
    for (const [index, ref] of added.entries()) this.#refs.set(missing[index]?.what ?? '', ref);
    return added.map((ref) => ref.id);
  }

  ref(what: string): ContentRef {
    const ref = this.#refs.get(what);
    if (ref === undefined) throw new Error(`No words were written for ${what}`);
    return ref;
  }
}

function sameTexts(one: Texts, other: Texts): boolean {
  return Buffer.from(textBytes(one)).equals(textBytes(other));
}
