/**
 * Days on which the offices of the demo's city are closed: the twelve of Asturias, and Shrove Tuesday and Saint Peter, which
 * are Gijón's own.
 * @see Real Decreto 2001/1983, art. 45 (the national ones; what falls on a Sunday is had on the Monday) and 46 (two local ones)
 */
import { daysLater } from '../calendar.js';

/** Month and day. The 8th of September is Asturias's. */
const FIXED = [
  '01-01',
  '01-06',
  '05-01',
  '06-29',
  '08-15',
  '09-08',
  '10-12',
  '11-01',
  '12-06',
  '12-08',
  '12-25',
];
/** Days from Easter: Shrove Tuesday, Maundy Thursday, Good Friday. */
const BY_EASTER = [-47, -3, -2];

/** Of one year, in order. */
export function holidaysOf(year: number): string[] {
  const easter = easterSunday(year);
  const days = [
    ...FIXED.map((day) => `${year}-${day}`),
    ...BY_EASTER.map((offset) => daysLater(easter, offset)),
  ];
  const isSunday = (day: string) => new Date(`${day}T00:00:00.000Z`).getUTCDay() === 0;
  return [...new Set(days.map((day) => (isSunday(day) ? daysLater(day, 1) : day)))].sort();
}

/** By the Gregorian calendar. @see Meeus, Astronomical Algorithms, 2nd edition, chapter 8 */
function easterSunday(year: number): string {
  const { floor } = Math;
  const a = year % 19;
  const [b, c] = [floor(year / 100), year % 100];
  const g = floor((8 * b + 13) / 25);
  const h = (19 * a + b - floor(b / 4) - g + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * floor(c / 4) - h - (c % 4)) % 7;
  const m = floor((a + 11 * h + 19 * l) / 433);
  const month = floor((h + l - 7 * m + 90) / 25);
  const day = (h + l - 7 * m + 33 * month + 19) % 32;
  return `${year}-${pad(month)}-${pad(day)}`;
}

function pad(number: number): string {
  return String(number).padStart(2, '0');
}
