/** Everything that a subscription says, in order, for tests. */
import type { AllStreamSubscription, Position, StreamSubscription } from '@eventstore/db-client';

export type Said =
  | {
      readonly is: 'event';
      readonly id: string;
      readonly stream: string;
      readonly position: Position | undefined;
    }
  | { readonly is: 'checkpoint'; readonly position: Position }
  | { readonly is: 'confirmation' | 'caughtUp' | 'end' }
  | { readonly is: 'error'; readonly error: Error & { type?: string; code?: number } };

export class Heard {
  readonly all: Said[] = [];
  #subscription: AllStreamSubscription | StreamSubscription | undefined;
  #wake: () => void = () => undefined;

  listen(subscription: AllStreamSubscription | StreamSubscription): this {
    this.#subscription = subscription;
    for (const is of ['confirmation', 'caughtUp', 'end'] as const) {
      (subscription as NodeJS.EventEmitter).on(is, () => this.#say({ is }));
    }
    subscription.on('error', (error: Error) => this.#say({ is: 'error', error }));
    (subscription as AllStreamSubscription).on('data', ({ event }) => {
      if (event === undefined) return;
      this.#say({ is: 'event', id: event.id, stream: event.streamId, position: event.position });
    });
    return this;
  }

  /** For the filter of the subscription. */
  readonly checkpointReached = async (_: unknown, position: Position): Promise<void> => {
    this.#say({ is: 'checkpoint', position });
  };

  get ids(): string[] {
    return this.all.flatMap((said) => (said.is === 'event' ? [said.id] : []));
  }

  get checkpoints(): Position[] {
    return this.all.flatMap((said) => (said.is === 'checkpoint' ? [said.position] : []));
  }

  count(is: Said['is']): number {
    return this.all.filter((said) => said.is === is).length;
  }

  /** Waits for so many; rejects, with what was heard, when they do not come. */
  async until(is: Said['is'], count = 1, ms = 8_000): Promise<this> {
    const end = Date.now() + ms;
    while (this.count(is) < count) {
      const left = end - Date.now();
      if (left <= 0) throw new Error(`no ${is} ${count} in ${JSON.stringify(this.all, large)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return this;
  }

  async stop(): Promise<void> {
    await this.#subscription?.unsubscribe();
  }

  #say(said: Said): void {
    this.all.push(said);
    this.#wake();
  }
}

function large(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
