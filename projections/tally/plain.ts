/** Results as canonical JSON has them: every `bigint` and every fraction as text, since both may pass 2^53. */
import { rationalText, type Rational } from './rational.js';

export type Plain<T> = T extends bigint | Rational
  ? string
  : T extends readonly (infer One)[]
    ? readonly Plain<One>[]
    : T extends object
      ? { [Key in keyof T]: Plain<T[Key]> }
      : T;

/** For data without maps and sets; what is `undefined` is left out. */
export function plain<T>(value: T): Plain<T> {
  return convert(value) as Plain<T>;
}

function convert(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return value.map(convert);
  if (typeof value !== 'object' || value === null) return value;
  if (isRational(value)) return rationalText(value);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== undefined)
      .map(([key, part]) => [key, convert(part)]),
  );
}

function isRational(value: object): value is Rational {
  return 'n' in value && typeof value.n === 'bigint' && 'd' in value && typeof value.d === 'bigint';
}
