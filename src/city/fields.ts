/** Reads unknown JSON field by field and gathers what is wrong. A wrong field reads as an empty one, so reading goes on. */
import { isRejection, type Rejection } from '../event-store/command-log.js';
import { normalTexts, type Texts } from '../contents/text.js';

export interface Problem {
  /** Stable. */
  readonly code: string;
  /** Path in the file, such as `areas.3.parent`; empty for the whole. */
  readonly field: string;
  /** Numbers for the sentence that explains the code. */
  readonly detail?: Rejection['detail'];
}

const MAX_PROBLEMS = 100;
/** As `Id` of the events. */
const ID = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/;

export class Fields {
  readonly problems: Problem[] = [];

  problem(code: string, field: string, detail?: Rejection['detail']): void {
    if (this.problems.length >= MAX_PROBLEMS) return;
    this.problems.push({ code, field, ...(detail !== undefined && { detail }) });
  }

  /** `object-expected`; `field-unknown` for a property that is not among `known`, if given: most are typing errors. */
  object(value: unknown, field: string, known?: readonly string[]): Readonly<Record<string, unknown>> {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.problem(value === undefined ? 'field-missing' : 'object-expected', field);
      return {};
    }
    for (const key of Object.keys(value)) {
      // A comment is welcome anywhere.
      if (known !== undefined && key !== '$comment' && !known.includes(key)) {
        this.problem('field-unknown', field === '' ? key : `${field}.${key}`);
      }
    }
    return value as Record<string, unknown>;
  }

  /** `list-expected`, `list-too-long`. */
  list(value: unknown, field: string, max: number): readonly unknown[] {
    if (!Array.isArray(value)) {
      this.problem(value === undefined ? 'field-missing' : 'list-expected', field);
      return [];
    }
    if (value.length <= max) return value as unknown[];
    this.problem('list-too-long', field, { max });
    return [];
  }

  /** `text-expected`. */
  text(value: unknown, field: string): string {
    if (typeof value === 'string') return value;
    this.problem(value === undefined ? 'field-missing' : 'text-expected', field);
    return '';
  }

  /** `id-invalid`. */
  id(value: unknown, field: string): string {
    const id = this.text(value, field);
    if (typeof value === 'string' && !ID.test(id)) this.problem('id-invalid', field);
    return id;
  }

  /** Words in several languages, normalised; problems as `normalTexts`. */
  texts(value: unknown, field: string, maxLength: number): Texts {
    const texts = normalTexts(this.object(value, field) as Texts, field, maxLength);
    if (!('rejected' in texts && isRejection(texts))) return texts;
    if (value !== undefined) this.problem(texts.rejected, texts.field ?? field, texts.detail);
    return {};
  }

  /** One line of words in no language, normalised. */
  line(value: unknown, field: string, maxLength: number): string {
    const text = this.texts({ und: value }, field, maxLength).und ?? '';
    if (text.includes('\n')) this.problem('text-control-character', field);
    return text;
  }

  unique(values: readonly string[], code: string, fieldOf: (index: number) => string): void {
    const seen = new Set<string>();
    for (const [index, value] of values.entries()) {
      if (seen.has(value)) this.problem(code, fieldOf(index));
      seen.add(value);
    }
  }
}
