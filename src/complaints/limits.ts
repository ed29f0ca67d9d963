/** How much comes from one address and is done by one link: tokens of limits that REST and the pages share. In memory only. */

/** Of what comes from one address. */
export const FILINGS = Symbol('filings of an address');
/** Matters and joinings in a quarter of an hour: a school has one address, too. */
export const MOST_FILINGS = 60;

/** Of links that lead nowhere, by address. */
export const WRONG_LINKS = Symbol('links that lead nowhere');
/** Of acts, by link. */
export const LINK_ACTS = Symbol('acts by a link');
/** In a quarter of an hour. */
export const MOST_ACTS = 60;
