/** What becomes of a matter of the demo's city: shown, assigned, joined, answered, rated, opened again. Pure. */
import type { MatterKind } from '../../projections/matter.js';
import { DAY_MS, type Agenda } from './agenda.js';
import { DEMO_CITY } from './city.js';
import { oneOf, waiting, type Lot } from './lot.js';
import {
  ADDITIONS,
  ANSWERED,
  CANNOT,
  CONSIDERED,
  PLANNED,
  QUESTIONS,
  STARTED,
  STILL_BROKEN,
  WELCOME,
  type Topic,
} from './matter-words.js';

/** What somebody does with a matter; other matters by their numbers, words in Spanish. */
export type MatterAct =
  | { readonly do: 'file' }
  | { readonly do: 'confirm' }
  | { readonly do: 'release' }
  | { readonly do: 'join' }
  | { readonly do: 'assign'; readonly department: string; readonly reason: string }
  | { readonly do: 'move'; readonly state: string; readonly words?: string }
  | { readonly do: 'answer'; readonly state: string; readonly words: string; readonly responsible?: string }
  | { readonly do: 'add'; readonly words: string }
  | { readonly do: 'rate'; readonly stars: number }
  | { readonly do: 'reopen'; readonly words: string }
  | { readonly do: 'report-fix'; readonly fixed: boolean; readonly words?: string }
  | { readonly do: 'duplicate'; readonly of: number }
  | { readonly do: 'gather'; readonly members: readonly number[] };

export type TimedAct = MatterAct & { readonly at: number };

export interface Life {
  readonly acts: readonly TimedAct[];
  /** Others see it from then on, and may join it until it is answered. */
  readonly shownAt?: number;
  readonly answeredAt?: number;
}

interface Subject {
  readonly kind: MatterKind;
  readonly private: boolean;
  readonly reporter?: object;
  readonly filedAt: number;
  readonly topic: Topic;
}

/** Days until half of the thanks are answered, and half of what was opened again. */
const THANKS_DAYS = 5;
const AGAIN_DAYS = 16;
/** A suggestion waits so much longer than a complaint. */
const SUGGESTION_FACTOR = 1.3;
/** How far waiting spreads: one of twenty is then answered after three months where half are after 24 days. */
const SPREAD = 0.8;
/** As if it came up after so long, of what is never answered. */
const FORGOTTEN_DAYS = 400;
/** Residents are asked four weeks after it was closed. */
const ASKED_AFTER_MS = 28 * DAY_MS;

export function lifeOf(subject: Subject, agenda: Agenda, random: Lot): Life {
  const life = new Living(subject, agenda, random);
  life.confirm();
  life.show();
  life.work();
  life.answer();
  life.join();
  life.after();
  return life;
}

class Living implements Life {
  readonly acts: TimedAct[] = [];
  shownAt?: number;
  answeredAt?: number;
  /** The last thing that the city did; no end: it does nothing any more before today. */
  #at: number;
  #due: number;
  #isFixed = false;

  constructor(
    private readonly subject: Subject,
    private readonly agenda: Agenda,
    private readonly random: Lot,
  ) {
    const { kind, topic, filedAt } = subject;
    this.acts.push({ at: filedAt, do: 'file' });
    const median =
      kind === 'thanks' ? THANKS_DAYS : topic.days * (kind === 'suggestion' ? SUGGESTION_FACTOR : 1);
    const isForgotten = this.#happens(0.015);
    this.#at = filedAt;
    this.#due = filedAt + DAY_MS * (isForgotten ? FORGOTTEN_DAYS : waiting(random, median, SPREAD));
  }

  /** With the code that is sent to her; before that the city does nothing with it. */
  confirm(): void {
    const { reporter, topic, filedAt } = this.subject;
    if (topic.confirms !== true || reporter === undefined) return;
    this.#at = this.#write(filedAt + this.#days(0.001, 0.02), () => ({ do: 'confirm' })) ?? Infinity;
  }

  show(): void {
    if (this.subject.private) return;
    // Most are looked at on the same day or the next.
    const looked = this.subject.filedAt + DAY_MS * waiting(this.random, 0.3, 1);
    this.shownAt = this.#sit(looked, () => ({ do: 'release' }));
  }

  /** Between the release and the answer. */
  work(): void {
    if (this.subject.kind === 'thanks' || this.#due - this.#at < 2 * DAY_MS) return;
    const { random } = this;
    if (this.#happens(0.12)) this.#sit(this.#part(0.1), () => this.#assignment());
    if (this.#happens(0.08)) this.#ask();
    if (this.#happens(0.55))
      this.#sit(this.#part(0.4), () => ({ do: 'move', state: 'in-progress', words: oneOf(random, STARTED) }));
    if (this.#happens(0.18))
      this.#sit(this.#part(0.5), () => ({ do: 'move', state: 'scheduled', words: oneOf(random, PLANNED) }));
  }

  answer(): void {
    this.answeredAt = this.#sit(Math.max(this.#due, this.#at), () => this.#firstAnswer());
  }

  join(): void {
    if (this.shownAt === undefined || this.subject.kind === 'thanks') return;
    const until = Math.min(this.answeredAt ?? this.agenda.until, this.shownAt + 60 * DAY_MS);
    const isMany = this.#happens(0.015);
    const people = isMany ? 8 + this.#upTo(30) : this.#happens(0.28) ? 1 + this.#upTo(4) : 0;
    for (let one = 0; one < people; one++) {
      // Most come soon.
      const at = this.shownAt + (until - this.shownAt) * this.random() ** 2;
      this.#write(Math.floor(at), () => ({ do: 'join' }), until);
    }
  }

  /** What the reporter does once it is answered. */
  after(): void {
    const { answeredAt } = this;
    if (answeredAt === undefined) return;
    if (this.#happens(0.22)) this.#write(answeredAt + this.#days(0.1, 1.4), () => this.#rating());
    if (this.subject.kind !== 'complaint') return;
    if (this.#happens(0.035)) {
      const words = oneOf(this.random, STILL_BROKEN);
      this.#again(this.#write(answeredAt + this.#days(2, 12), () => ({ do: 'reopen', words })));
      return;
    }
    if (!this.#isFixed || !this.#happens(0.2)) return;
    const asked = answeredAt + ASKED_AFTER_MS + this.#days(0, 4);
    if (this.#happens(0.82)) this.#write(asked, () => ({ do: 'report-fix', fixed: true }));
    else this.#again(this.#write(asked, () => this.#notFixed()));
  }

  #again(openedAt: number | undefined): void {
    if (openedAt === undefined) return;
    const words = oneOf(this.random, this.subject.topic.fixed);
    this.#at = openedAt;
    this.#sit(openedAt + DAY_MS * waiting(this.random, AGAIN_DAYS, SPREAD), () => ({
      do: 'answer',
      state: 'resolved',
      words,
    }));
  }

  #ask(): void {
    const words = oneOf(this.random, QUESTIONS);
    const asked = this.#sit(this.#part(0.2), () => ({ do: 'move', state: 'waiting', words }));
    if (asked === undefined) return;
    const isAnswered = this.#happens(0.75);
    const waited = isAnswered ? this.#days(0.2, 7) : 12 * DAY_MS;
    this.#due += waited;
    const added = isAnswered && this.#write(asked + waited, () => this.#addition());
    this.#at = added === undefined ? Infinity : asked + waited + DAY_MS;
  }

  #firstAnswer(): MatterAct {
    const { kind, topic } = this.subject;
    const { random } = this;
    if (kind === 'thanks') return { do: 'answer', state: 'answered', words: oneOf(random, WELCOME) };
    const drawn = random();
    if (kind === 'suggestion') {
      return drawn < 0.15
        ? { do: 'answer', state: 'cannot-be-resolved', words: oneOf(random, CANNOT) }
        : { do: 'answer', state: 'answered', words: oneOf(random, CONSIDERED) };
    }
    if (drawn < 0.08) return { do: 'answer', state: 'cannot-be-resolved', words: oneOf(random, CANNOT) };
    if (drawn < 0.2) return { do: 'answer', state: 'answered', words: oneOf(random, ANSWERED) };
    if (drawn < 0.3 && topic.notOurs !== undefined) {
      const [responsible, whose] = topic.notOurs;
      const words = `No depende del Ayuntamiento, sino ${whose}. Se lo hemos trasladado.`;
      return { do: 'answer', state: 'not-responsible', words, responsible };
    }
    this.#isFixed = true;
    return { do: 'answer', state: 'resolved', words: oneOf(random, topic.fixed) };
  }

  #assignment(): MatterAct {
    const { id: department } = oneOf(this.random, DEMO_CITY.departments);
    return { do: 'assign', department, reason: 'wrong-department' };
  }

  #addition(): MatterAct {
    return { do: 'add', words: oneOf(this.random, ADDITIONS) };
  }

  #notFixed(): MatterAct {
    return { do: 'report-fix', fixed: false, words: oneOf(this.random, STILL_BROKEN) };
  }

  #rating(): MatterAct {
    const stars = this.#isFixed ? 3 + this.#upTo(2) : 1 + this.#upTo(3);
    return { do: 'rate', stars };
  }

  /** Staff does it the next time that it sits down; `undefined`: not before today. */
  #sit(after: number, act: () => MatterAct): number | undefined {
    const at = this.agenda.sitting(Math.max(after, this.#at));
    this.#at = at ?? Infinity;
    if (at !== undefined) this.acts.push({ at, ...act() });
    return at;
  }

  /** A resident does it when she is awake; not where that is too late. */
  #write(after: number, act: () => MatterAct, before = this.agenda.until): number | undefined {
    const at = this.agenda.awake(this.random, after);
    if (at === undefined || at >= before) return undefined;
    this.acts.push({ at, ...act() });
    return at;
  }

  /** A part of the way to the answer. */
  #part(share: number): number {
    return this.#at + (this.#due - this.#at) * share;
  }

  #days(from: number, to: number): number {
    return Math.floor(DAY_MS * (from + (to - from) * this.random()));
  }

  #upTo(most: number): number {
    return Math.floor(this.random() * (most + 1));
  }

  #happens(share: number): boolean {
    return this.random() < share;
  }
}
