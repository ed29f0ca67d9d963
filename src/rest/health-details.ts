/** What rooms tell whoever watches over the program, beside that it is ready: numbers and codes, nothing of persons. */
import { Injectable } from '@nestjs/common';

type Detail = () => Promise<object>;

@Injectable()
export class HealthDetails {
  readonly #details = new Map<string, Detail>();

  /** @param detail asked at each look; what it cannot say in time, or fails to, is left out */
  tell(name: string, detail: Detail): void {
    this.#details.set(name, detail);
  }

  entries(): [string, Detail][] {
    return [...this.#details];
  }
}

/** What comes of work in time; `away` where that takes longer. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T | 'away'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'away'>((resolve) => (timer = setTimeout(() => resolve('away'), ms)));
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
