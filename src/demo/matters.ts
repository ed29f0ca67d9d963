/**
 * A year of matters in the demo's city: what is filed when, what about, where and in which words, and what becomes of it. Drawn
 * from a seed, the same every time. Its size and make-up are those of Gijón's year of 2024: 2,098 matters, of which 1,656
 * complaints, 377 suggestions, 57 thank-yous and 8 that came to nothing, noise and dogs first (lne.es, 14 April 2025); with a case
 * of 70 identical complaints about one golf course, as in 2019 (lne.es, 1 February 2020). Pure.
 */
import type { MatterKind } from '../../projections/matter.js';
import { Agenda, DAY_MS, HOUR_MS } from './agenda.js';
import { lot, oneOf, type Lot } from './lot.js';
import { draft, draftAt, madeUp, topicOf, type Draft, type PlannedMatter } from './matter-drafts.js';
import { lifeOf, type Life, type MatterAct, type TimedAct } from './matter-lives.js';
import { withExtras } from './matter-extras.js';
import { GOLF, GOLF_ANSWER, VOID_ANSWER, VOIDS } from './matter-words.js';
import { PLACES } from './places.js';

/** Gijón's of 2024. */
export const YEAR_OF_MATTERS = 2_098;
const SUGGESTIONS = 377;
const THANKS = 57;
const VOID = 8;
/** Of the complaints: those of the case, and those that say the same as another one. */
const IDENTICAL = 70;
const DUPLICATES = 50;

/** Something that somebody does with a matter, at an instant in ms. */
export type PlannedAct = TimedAct & {
  /** The matter's place in the plan. */
  readonly matter: number;
};

export interface MattersPlan {
  readonly matters: readonly PlannedMatter[];
  /** In order of time. */
  readonly acts: readonly PlannedAct[];
}

type Whole = Draft & { readonly life: Life };

/**
 * @param count how many matters; other than a year's are of the same make-up
 * @param from ms of the first @param until ms: what would be later is still to come
 */
export function planMatters(seed: string, count: number, from: number, until: number): MattersPlan {
  const agenda = new Agenda(from, until);
  const share = (ofYear: number) => Math.round((ofYear * count) / YEAR_OF_MATTERS);
  const kinds = { suggestion: share(SUGGESTIONS), thanks: share(THANKS), void: share(VOID) };
  const complaints = count - kinds.suggestion - kinds.thanks - kinds.void;
  const [golfers, again] = [share(IDENTICAL), share(DUPLICATES)];
  const many = (part: string, most: number, one: (random: Lot) => Whole) =>
    Array.from({ length: most }, (_, index) => one(lot(`${seed} ${part} ${index}`)));

  const plain = many('complaint', complaints - golfers - again, (random) =>
    ordinary('complaint', agenda, random),
  );
  const all = [
    ...plain,
    ...many('again', again, (random) => sameAs(plain, agenda, random)),
    ...many('suggestion', kinds.suggestion, (random) => ordinary('suggestion', agenda, random)),
    ...many('thanks', kinds.thanks, (random) => ordinary('thanks', agenda, random)),
    ...many('void', kinds.void, (random) => nothing(agenda, random)),
  ];
  all.push(...identical(golfers, all.length, agenda, lot(`${seed} golf`)));
  const acts = all.flatMap(({ life }, matter) => life.acts.map((act) => ({ ...act, matter })));
  acts.sort((a, b) => a.at - b.at);
  return {
    matters: withExtras(
      all.map(({ matter }) => matter),
      acts,
    ),
    acts,
  };
}

function ordinary(kind: MatterKind, agenda: Agenda, random: Lot): Whole {
  const drawn = draft(kind, random);
  return { ...drawn, life: livedFrom(agenda.moment(random), drawn, agenda, random) };
}

function livedFrom(filedAt: number, { matter, topic }: Draft, agenda: Agenda, random: Lot): Life {
  return lifeOf({ ...matter, topic, filedAt }, agenda, random);
}

/** Looks so often for one that is still open when somebody else complains of the same. */
const TRIES = 60;

/** A complaint of which staff finds out that another one says the same. */
function sameAs(others: readonly Whole[], agenda: Agenda, random: Lot): Whole {
  for (let tries = 0; tries < TRIES; tries++) {
    const other = oneOf(random, others);
    const { where, topic, life } = other;
    const end = (life.answeredAt ?? agenda.until) - 2 * DAY_MS;
    if (where === undefined || life.shownAt === undefined || end < life.shownAt + DAY_MS) continue;
    // Whoever has to confirm her address may not have done so yet.
    if (topic.confirms) continue;
    // Whose clock stood may be due later, and then it is no answer to the other one in time.
    if (life.acts.some((act) => act.do === 'move' && act.state === 'waiting')) continue;
    const filedAt = agenda.awake(random, Math.floor(life.shownAt + random() * (end - life.shownAt)));
    const found = filedAt && agenda.sitting(filedAt + 2 * HOUR_MS);
    if (!filedAt || !found || found >= (life.answeredAt ?? agenda.until)) continue;
    const place = other.matter.place && { ...other.matter.place };
    // Hardly anybody stands where the other one stood.
    if (place) place.lat += Math.round(random() * 200 - 100);
    const drawn = draftAt('complaint', topic, where, random, place);
    const matter = { ...drawn.matter, private: false };
    const acts: TimedAct[] = [
      { at: filedAt, do: 'file' },
      { at: found, do: 'duplicate', of: others.indexOf(other) },
    ];
    return { ...drawn, matter, life: { acts } };
  }
  return ordinary('complaint', agenda, random);
}

/** What somebody files who wants nothing of the city: staff sees it when it next sits down. */
function nothing(agenda: Agenda, random: Lot): Whole {
  const filedAt = agenda.moment(random);
  const topic = topicOf('other');
  const text = madeUp(oneOf(random, VOIDS));
  const drawn: Draft = {
    topic,
    matter: { kind: 'complaint', category: 'other', language: 'es', text, private: false },
  };
  const closed: MatterAct = { do: 'answer', state: 'void', words: VOID_ANSWER };
  return { ...drawn, life: lived(filedAt, agenda, [[filedAt, closed]]) };
}

/** How far the year has come when the golfers write. */
const GOLF_AT = 0.45;
const GOLF_DAYS = 10;
/** Days from the first at which staff gathers what has come, and then answers all at once. */
const GATHERINGS = [4, 9, 15];
const GOLF_ANSWERED = 38;

/** Complaints with the same words, which staff gathers into the case of the first and answers together. @param first its number */
function identical(count: number, first: number, agenda: Agenda, random: Lot): Whole[] {
  const begin = agenda.from + (agenda.until - agenda.from) * GOLF_AT;
  const topic = topicOf('park');
  const where = PLACES.find(({ ground }) => ground === 'golf');
  const filed = Array.from({ length: count }, () => begin + GOLF_DAYS * DAY_MS * random())
    .flatMap((at) => agenda.awake(random, Math.floor(at)) ?? [])
    .sort((a, b) => a - b);
  const all = filed.map((filedAt): Whole => {
    const drawn = draftAt('complaint', topic, where, random);
    const matter = { ...drawn.matter, text: madeUp(GOLF), private: false };
    return { ...drawn, matter, life: lived(filedAt, agenda, [[filedAt, { do: 'release' }]]) };
  });
  const [one, ...others] = all;
  if (one === undefined) return [];
  const left = new Set(others.keys());
  const staff = GATHERINGS.flatMap((day): [number, MatterAct][] => {
    const at = begin + day * DAY_MS;
    const members = [...left].filter((index) => (others[index]?.life.acts.at(-1)?.at ?? at) < at);
    for (const index of members) left.delete(index);
    const numbers = members.map((index) => first + 1 + index);
    return members.length === 0 ? [] : [[at, { do: 'gather', members: numbers }]];
  });
  const answer: MatterAct = { do: 'answer', state: 'resolved', words: GOLF_ANSWER };
  const later = lived(one.life.acts[0]?.at ?? begin, agenda, [
    [begin, { do: 'release' }],
    ...staff,
    [begin + GOLF_ANSWERED * DAY_MS, answer],
  ]);
  return [{ ...one, life: later }, ...others];
}

/** Filed, and then what staff does at the first sitting after each of these instants. */
function lived(filedAt: number, agenda: Agenda, staff: readonly (readonly [number, MatterAct])[]): Life {
  const acts = staff.flatMap(([after, act]): TimedAct[] => {
    const at = agenda.sitting(Math.max(after, filedAt));
    return at === undefined ? [] : [{ at, ...act }];
  });
  return { acts: [{ at: filedAt, do: 'file' }, ...acts] };
}
