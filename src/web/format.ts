/** Numbers, money and instants as a reader of one language writes them, in the city's time zone. */
import type { Language } from './languages.js';

/** British English: the day stands before the month, as everywhere around here. */
const LOCALES: Readonly<Record<Language, string>> = { es: 'es-ES', ast: 'ast-ES', en: 'en-GB' };

export class Format {
  readonly #locale: string;
  readonly #instant: Intl.DateTimeFormat;
  readonly #date: Intl.DateTimeFormat;
  readonly #day: Intl.DateTimeFormat;
  readonly #hour: Intl.DateTimeFormat;
  readonly #dayKey: Intl.DateTimeFormat;
  readonly #number: Intl.NumberFormat;
  readonly #decimal: Intl.NumberFormat;
  readonly #days: Intl.NumberFormat;
  readonly #percent: Intl.NumberFormat;
  readonly #exactPercent: Intl.NumberFormat;
  readonly #monies = new Map<string, Intl.NumberFormat>();

  /** @param timeZone IANA name */
  constructor(
    language: Language,
    readonly timeZone: string,
  ) {
    const locale = LOCALES[language];
    this.#locale = locale;
    this.#instant = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone });
    this.#date = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone });
    this.#day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone });
    this.#hour = new Intl.DateTimeFormat(locale, {
      day: 'numeric',
      month: 'short',
      hour: '2-digit',
      minute: '2-digit',
      timeZone,
    });
    this.#dayKey = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeZone });
    this.#number = new Intl.NumberFormat(locale, { useGrouping: 'always' });
    this.#decimal = new Intl.NumberFormat(locale, { useGrouping: 'always', minimumFractionDigits: 2 });
    this.#days = new Intl.NumberFormat(locale, { useGrouping: 'always', maximumFractionDigits: 1 });
    this.#exactPercent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 2 });
    this.#percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  }

  /** An instant such as `2026-10-01T08:00:00.000Z`, to the minute. */
  instant(at: string): string {
    return this.#instant.format(new Date(at));
  }

  /** Day, month and year. */
  date(at: string): string {
    return this.#date.format(new Date(at));
  }

  /** Day and month. */
  day(at: string): string {
    return this.#day.format(new Date(at));
  }

  /** Day, month and hour. */
  hour(at: string): string {
    return this.#hour.format(new Date(at));
  }

  /** The city's day, `2026-10-01`: for grouping. */
  dayKey(at: string): string {
    return this.#dayKey.format(new Date(at));
  }

  /** A whole number; a decimal string may be of any size. */
  number(value: number | bigint | string): string {
    return this.#number.format(BigInt(value));
  }

  /** A decimal of any size, `1234.50`, with its two places; whole numbers without. */
  decimal(value: string): string {
    const format = value.includes('.') ? this.#decimal : this.#number;
    return format.format(value as `${number}`);
  }

  /** Whole days, or a half more. */
  days(value: number): string {
    return this.#days.format(value);
  }

  /**
   * A part of a whole, rounded to a tenth of a percent, halves up; only the whole is 100 %, so that nobody reads it before
   * everybody has voted.
   */
  percent(part: number | bigint, whole: number | bigint): string {
    if (whole <= 0) return '–';
    const rounded = (BigInt(part) * 2_000n + BigInt(whole)) / (BigInt(whole) * 2n);
    const perMille = part < whole && rounded >= 1_000n ? 999n : rounded;
    return this.#percent.format(Number(perMille) / 1_000);
  }

  /** Hundredths of a percent, exactly: 525 is 5.25 %. */
  basisPoints(value: number): string {
    return this.#exactPercent.format(value / 10_000);
  }

  /** Exact at any size; whole amounts without decimals. @param minor minor units (cents) */
  money(minor: number | bigint | string, currency: string): string {
    const format = this.#moneyIn(currency);
    const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
    return format.format(decimal(BigInt(minor), digits));
  }

  /** Made once for each currency: making one takes longer than writing a hundred amounts. */
  #moneyIn(currency: string): Intl.NumberFormat {
    let format = this.#monies.get(currency);
    if (format === undefined) {
      format = new Intl.NumberFormat(this.#locale, {
        style: 'currency',
        currency,
        useGrouping: 'always',
        trailingZeroDisplay: 'stripIfInteger',
      });
      this.#monies.set(currency, format);
    }
    return format;
  }
}

/** `12345n` with 2 digits is `123.45`: a string, since a number would not hold it exactly. */
function decimal(minor: bigint, digits: number): `${number}` {
  const sign = minor < 0n ? '-' : '';
  const text = (minor < 0n ? -minor : minor).toString().padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits);
  return (digits === 0 ? `${sign}${whole}` : `${sign}${whole}.${text.slice(-digits)}`) as `${number}`;
}
