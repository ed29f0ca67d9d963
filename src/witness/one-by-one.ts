/** Lets work on one thing wait for the work before it, and no more of it than a limit. */
export class OneByOne {
  readonly #last = new Map<string, Promise<unknown>>();
  readonly #waiting = new Map<string, number>();

  constructor(private readonly most: number) {}

  /** `busy` where as many wait already. */
  async run<T>(what: string, work: () => Promise<T>): Promise<T | 'busy'> {
    const waiting = this.#waiting.get(what) ?? 0;
    if (waiting >= this.most) return 'busy';
    this.#waiting.set(what, waiting + 1);
    const before = this.#last.get(what) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#last.set(what, mine);
    return mine.finally(() => this.#waiting.set(what, (this.#waiting.get(what) ?? 1) - 1));
  }
}
