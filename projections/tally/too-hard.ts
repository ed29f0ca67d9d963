/** A rule cannot count this election within a fixed measure of work; which elections these are is the same everywhere. */
export class TooHard extends Error {
  readonly code = 'too-hard';
  constructor(why: string) {
    super(`too-hard: ${why}`);
    this.name = 'TooHard';
  }
}
