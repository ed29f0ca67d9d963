/** The number by which people and the city speak of a matter: the beginning of its id, enough to tell one from the other. */
const DIGITS = 8;
const UUID_LENGTH = 36;
const BEGINNING = new RegExp(`^[0-9a-f]{${DIGITS}}[0-9a-f-]*$`);

export function matterNumber(matterId: string): string {
  return matterId.slice(0, DIGITS);
}

/** How ids begin for what somebody typed, a number or more of the id; `undefined` for other words. */
export function idBeginning(typed: string): string | undefined {
  const given = typed.trim().replace(/^#/, '').toLowerCase();
  return given.length <= UUID_LENGTH && BEGINNING.test(given) ? given : undefined;
}
