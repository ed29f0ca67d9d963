/** Parameters of a request, in the query or in a form: an empty one is the same as none. Pure. */
import { Problem } from '../rest/problem.js';
import './open311.problems.js';

/** As a query or a form has them; a name that comes several times has a list. */
export type Given = Readonly<Record<string, unknown>>;

const MAX_MS = 8_640_000_000_000_000;
/** The subset of ISO 8601 of the W3C's note, to the minute at least and with a zone. @see https://www.w3.org/TR/NOTE-datetime */
const W3C =
  /^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;
const WHOLE = /^[1-9]\d{0,8}$/;

export class Parameters {
  constructor(private readonly given: Given) {}

  /** The words, without what is around them; `undefined` for none. Of several, the first that is not empty. */
  text(name: string): string | undefined {
    return this.all(name)[0];
  }

  /** All that are not empty. */
  all(name: string): string[] {
    const given = Object.hasOwn(this.given, name) ? this.given[name] : undefined;
    const values: unknown[] = Array.isArray(given) ? given : [given];
    return values.flatMap((value) =>
      typeof value === 'string' && value.trim() !== '' ? [value.trim()] : [],
    );
  }

  /** Values with commas between them; `undefined` for none. */
  list(name: string): string[] | undefined {
    const values = this.all(name)
      .flatMap((text) => text.split(','))
      .map((value) => value.trim())
      .filter((value) => value !== '');
    return values.length === 0 ? undefined : values;
  }

  /** @throws Problem `open311-missing` */
  needed(name: string): string {
    const text = this.text(name);
    if (text === undefined) throw new Problem('open311-missing', { field: name });
    return text;
  }

  /** Milliseconds. @throws Problem `open311-date-wrong` */
  instant(name: string): number | undefined {
    return this.text(name) === undefined ? undefined : this.neededInstant(name);
  }

  /** Milliseconds. @throws Problem `open311-missing`, `open311-date-wrong` */
  neededInstant(name: string): number {
    const ms = parseInstant(this.needed(name));
    if (ms === undefined) throw new Problem('open311-date-wrong', { field: name });
    return ms;
  }

  /** From 1 on. @throws Problem `open311-number-wrong` */
  whole(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (!WHOLE.test(text)) throw new Problem('open311-number-wrong', { field: name });
    return Number(text);
  }
}

/** Milliseconds of a W3C date with its zone; `undefined` for anything else, 30 February included. */
export function parseInstant(text: string): number | undefined {
  const [, year = '', month = '', day = ''] = W3C.exec(text) ?? [];
  const ms = Date.parse(text);
  if (day === '' || Number.isNaN(ms) || Math.abs(ms) > MAX_MS) return undefined;
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  return Number(day) <= days ? ms : undefined;
}
