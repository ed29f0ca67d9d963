/** What somebody of the demo's city files: where, and in which words. All made up, and marked as such. Pure. */
import { MATTER_KINDS, type MatterKind } from '../../projections/matter.js';
import type { Scene } from './drawings.js';
import { LIVING_TOPICS } from './living-topics.js';
import { oneOf, weighted, type Lot } from './lot.js';
import { ASKS, SINCE, type Topic } from './matter-words.js';
import { PLACES, pointIn, type DemoPlace } from './places.js';
import { STREET_TOPICS } from './street-topics.js';

export interface PlannedMatter {
  readonly kind: MatterKind;
  readonly category: string;
  readonly language: 'es' | 'ast' | 'en';
  readonly text: string;
  /** Microdegrees, in one of the areas. */
  readonly place?: { readonly lat: number; readonly long: number; readonly address: string };
  readonly answers?: Readonly<Record<string, string>>;
  /** Nobody but the city reads it. */
  readonly private: boolean;
  readonly reporter?: { readonly name: string; readonly email: string };
  /** What its photo shows. */
  readonly photo?: Scene;
}

export interface Draft {
  readonly matter: PlannedMatter;
  readonly topic: Topic;
  /** None for what is about no place. */
  readonly where?: DemoPlace;
}

const TOPICS = [...STREET_TOPICS, ...LIVING_TOPICS];
const NAMES = ['Covadonga', 'Pelayo', 'Ana', 'Xuan', 'Carmen', 'Luis', 'Noelia', 'Marcos', 'Rosa', 'Olaya'];
/** Nobody is called so. */
const SURNAME = 'Inventada';
/** What is filed under these needs an address to answer to. */
const NAMED = ['noise', 'office'];

const MADE_UP = { es: '(Texto inventado.)', ast: '(Testu inventáu.)', en: '(Made-up text.)' };

/** Words of the demo, as everybody sees them. */
export function madeUp(words: string, language: PlannedMatter['language'] = 'es'): string {
  return `${words} ${MADE_UP[language]}`;
}

export function topicOf(category: string): Topic {
  const topic = TOPICS.find((one) => one.category === category);
  if (topic === undefined) throw new RangeError(`The demo has no words about ${category}`);
  return topic;
}

/** About something, somewhere; the more often what is written about more often. */
export function draft(kind: MatterKind, random: Lot): Draft {
  const topics = TOPICS.filter((one) => sentences(kind, one).length > 0);
  const topic = weighted(random, topics, ({ often }) => often[MATTER_KINDS.indexOf(kind)] ?? 0);
  const places = PLACES.filter(({ ground }) => topic.grounds.includes(ground));
  return draftAt(kind, topic, places.length === 0 ? undefined : oneOf(random, places), random);
}

/** @param place a point of the ground, where it is known */
export function draftAt(
  kind: MatterKind,
  topic: Topic,
  where: DemoPlace | undefined,
  random: Lot,
  place = where && pointIn(random, where),
): Draft {
  const about = where === undefined ? '' : inWords(where, place?.address ?? '', random);
  const text = wordsOf(kind, topic, random).replace('{en}', about);
  const asked = Object.entries(topic.answers ?? {}).map(([code, keys]) => [code, oneOf(random, keys)]);
  const isNamed = NAMED.includes(topic.category) || random() < 0.3;
  const matter: PlannedMatter = {
    kind,
    category: topic.category,
    language: 'es',
    text: madeUp(text),
    ...(place !== undefined && { place }),
    ...(asked.length > 0 && { answers: Object.fromEntries(asked) as Record<string, string> }),
    private: kind === 'complaint' && random() < 0.05,
    ...(isNamed && { reporter: somebody(random) }),
  };
  return { matter, topic, ...(where !== undefined && { where }) };
}

function somebody(random: Lot): { name: string; email: string } {
  const first = oneOf(random, NAMES);
  const number = Math.floor(random() * 9_000) + 1_000;
  // A domain of nobody's. @see RFC 2606
  return { name: `${first} ${SURNAME}`, email: `${first.toLowerCase()}.${number}@example.org` };
}

/** What a text about it begins with; nothing where nobody writes so about it. */
function sentences(kind: MatterKind, { complaints, suggestions, thanks }: Topic): readonly string[] {
  return { complaint: complaints, suggestion: suggestions ?? [], thanks: thanks ?? [] }[kind];
}

function wordsOf(kind: MatterKind, topic: Topic, random: Lot): string {
  const some = (share: number, list: readonly string[]) => (random() < share ? [oneOf(random, list)] : []);
  const begin = oneOf(random, sentences(kind, topic));
  if (kind !== 'complaint') return begin;
  return [begin, ...some(0.5, SINCE), ...some(0.7, topic.because), ...some(0.4, ASKS)].join(' ');
}

/** "en la calle del Faro", or "frente al número 12 del paseo del Muelle". */
function inWords({ inWords: name, ground }: DemoPlace, address: string, random: Lot): string {
  const number = address.split(', ')[1];
  if (ground !== 'street' || number === undefined || random() < 0.5) return `en ${name}`;
  return `frente al número ${number} de ${name}`.replace(' de el ', ' del ');
}
