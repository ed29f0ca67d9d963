/** Questions that come while one is being answered are asked together in the next one. */

/** At most so many questions at once. */
const MOST = 500;

interface Asked<Q, A> {
  readonly question: Q;
  readonly resolve: (answer: A) => void;
  readonly reject: (error: unknown) => void;
}

export class Gathered<Q, A> {
  #waiting: Asked<Q, A>[] = [];
  #asking = false;

  /** @param answer gives one answer for each question, in order */
  constructor(private readonly answer: (questions: readonly Q[]) => Promise<readonly A[]>) {}

  ask(question: Q): Promise<A> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ question, resolve, reject });
      // Whoever asks in this turn of the event loop comes along.
      if (this.#waiting.length === 1) setImmediate(() => this.#next());
    });
  }

  #next(): void {
    if (this.#asking || this.#waiting.length === 0) return;
    const asked = this.#waiting.splice(0, MOST);
    this.#asking = true;
    this.answer(asked.map(({ question }) => question))
      .then(
        (answers) => {
          for (const [i, { resolve, reject }] of asked.entries()) {
            const answer = answers[i];
            if (answer === undefined) reject(new Error('No answer to a question'));
            else resolve(answer);
          }
        },
        (error: unknown) => {
          for (const { reject } of asked) reject(error);
        },
      )
      .finally(() => {
        this.#asking = false;
        this.#next();
      });
  }
}
