/** What staff may do: every role that a staff member can be given. */

/** Role to what it is for. `decide` of each room says what a role may do there. */
export const ROLES: ReadonlyMap<string, string> = new Map([
  ['administrator', 'runs the site: city, contents, views, and confirms the clock'],
  ['returning-officer', 'runs elections'],
  ['paper-officer', 'marks the roll and keys paper ballots'],
  ['moderator', 'shows and hides contents'],
  ['data-protection-officer', 'erases contents'],
  ['listener', 'answers complaints and suggestions'],
  ['auditor', 'reads what staff reads'],
]);

/** The administrators of a first start may do everything; a city then lists its staff with fewer roles each. */
export const FIRST_ROLES: readonly string[] = [...ROLES.keys()];
