/** A demo as the application sees it. In a real city there is none: `DEMO` is then `undefined`. */

export const DEMO = Symbol('demo');

export interface Demo {
  /** Its staff, as whom everybody may sign in: the keys of a demo are no secret. */
  readonly people: readonly { id: string; roles: readonly string[]; key: string }[];
  now(): Date;
  advance(hours: number): void;
  /** A new folder and a new log; the old ones are kept beside it. */
  reset(): void;
}
