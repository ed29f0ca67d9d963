/**
 * What a matter is about, as a content: category, area, department, place and answers stand in no event before its release.
 * Pure. A later `MatterAssigned` of a matter that is not released brings new ones.
 */
import { jcs } from '../../projections/canonical.js';
import type { CategoryRow } from '../../projections/categories.view.js';
import type { ContentRef } from '../contents/contents.js';
import { textFault } from '../contents/text.js';
import type { Rejection } from '../event-store/command-log.js';
import { utf8 } from '../../projections/bytes.js';

/** Integer microdegrees, and words for people; an address without a point is a place, too. */
export interface Place {
  readonly lat?: number;
  readonly long?: number;
  readonly address?: string;
}

export type Answers = Readonly<Record<string, string | readonly string[]>>;

export interface MatterDetails {
  readonly category: string;
  readonly area?: string;
  readonly department?: string;
  readonly place?: Place;
  readonly answers: Answers;
  /** None once the reporter was erased, as all else of hers. */
  readonly text?: ContentRef;
  readonly photos: readonly ContentRef[];
  /** The reporter asked that nobody but the city reads it: it is never released. */
  readonly private: boolean;
  /** Of the reporter, in which she is answered. */
  readonly language?: string;
}

/** The same value has the same bytes. */
export function recordBytes(value: MatterDetails | Place): Uint8Array {
  return utf8(jcs(value));
}

/** Of bytes whose commitment was verified. */
export function parseDetails(bytes: Uint8Array): MatterDetails {
  return JSON.parse(new TextDecoder().decode(bytes)) as MatterDetails;
}

/** As `parseDetails`, of the content that holds a released matter's place. */
export function parsePlace(bytes: Uint8Array): Place {
  return JSON.parse(new TextDecoder().decode(bytes)) as Place;
}

const MAX_ANSWER_LENGTH = 1_000;
const MAX_VALUES = 100;

/**
 * What is wrong with answers to a category's questions: `answer-missing`, `answer-unknown` (no such question),
 * `answer-not-of-list`, `answer-not-a-number`, `answer-not-a-time`, `answer-too-long`, `answer-not-one`, and as `textFault`.
 */
export function answersProblem(questions: CategoryRow['questions'], answers: Answers): Rejection | undefined {
  const open = new Map(questions.filter(({ variable }) => variable).map((one) => [one.code, one]));
  for (const given of Object.keys(answers)) {
    if (!open.has(given)) return { rejected: 'answer-unknown', field: `answers.${given}` };
  }
  for (const question of open.values()) {
    const field = `answers.${question.code}`;
    const answer = Object.hasOwn(answers, question.code) ? answers[question.code] : undefined;
    const given = (typeof answer === 'string' ? [answer] : (answer ?? [])).filter((one) => one.trim() !== '');
    if (given.length === 0) {
      if (question.required) return { rejected: 'answer-missing', field };
      continue;
    }
    const code = answerFault(question, given);
    if (code !== undefined) return { rejected: code, field };
  }
  return undefined;
}

function answerFault(
  { datatype, values }: CategoryRow['questions'][number],
  given: readonly string[],
): string | undefined {
  if (given.length > (datatype === 'multivaluelist' ? MAX_VALUES : 1)) return 'answer-not-one';
  if (given.some((one) => one.length > MAX_ANSWER_LENGTH)) return 'answer-too-long';
  const fault = given.map(textFault).find((one) => one !== undefined);
  if (fault !== undefined) return fault;
  const every = (isRight: (one: string) => boolean, code: string) =>
    given.every(isRight) ? undefined : code;
  switch (datatype) {
    case 'singlevaluelist':
    case 'multivaluelist':
      return every((one) => values.some(({ key }) => key === one), 'answer-not-of-list');
    case 'number':
      return every((one) => Number.isFinite(Number(one)), 'answer-not-a-number');
    case 'datetime':
      return every((one) => Number.isFinite(Date.parse(one)), 'answer-not-a-time');
    default:
      return undefined;
  }
}
