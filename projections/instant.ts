/** Instants as the log writes them. */

/**
 * Whether a text is an instant of the Gregorian calendar as `YYYY-MM-DDTHH:MM:SS.mmmZ`: its pattern alone lets 30 February
 * and 24:30 pass, which no program can show and no clock comes to.
 */
export function isInstant(text: string): boolean {
  // Thousands of events in a row may be of one hour.
  if (text === last) return true;
  const time = Date.parse(text);
  // `Date.parse` takes 30 February for 2 March.
  if (!Number.isFinite(time) || new Date(time).toISOString() !== text) return false;
  last = text;
  return true;
}

/** The last one that was right. */
let last: string | undefined;
