/**
 * The end of a process that others take over from: first it says that it is not ready, and serves on for as long as those take
 * who send requests here to hear of it; then it takes no more (503), and whatever rooms do goes on until all is answered.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { whenOver } from './over.js';
import { Problem } from './problem.js';

/** What is under way when no more is taken has this long. */
export const DRAIN_MS = 10_000;
/** Whoever watches over the program goes on to be told. */
const ALWAYS = '/health/';

@Injectable()
export class Draining {
  #underWay = 0;
  #state: 'serving' | 'leaving' | 'refusing' = 'serving';
  #whenIdle: () => void = () => undefined;

  /** Whether it will take no more soon, or takes none already. */
  get hasBegun(): boolean {
    return this.#state !== 'serving';
  }

  watch(app: NestFastifyApplication): void {
    app
      .getHttpAdapter()
      .getInstance()
      .addHook('onRequest', (request, reply, done) => {
        if (this.#state !== 'serving') void reply.header('connection', 'close');
        if (this.#state === 'refusing' && !request.url.startsWith(ALWAYS)) {
          done(new Problem('shutting-down', { headers: { 'retry-after': '1' } }));
          return;
        }
        this.#underWay += 1;
        whenOver(request, reply, () => {
          this.#underWay -= 1;
          this.#look();
        });
        done();
      });
  }

  /**
   * Resolves when nothing is under way, after `DRAIN_MS` at most: whether all was answered.
   * @param leaveMs that it serves on, and says that it leaves
   */
  async drain(leaveMs: number): Promise<boolean> {
    this.#state = 'leaving';
    await sleep(leaveMs);
    this.#state = 'refusing';
    return new Promise((resolve) => {
      const late = setTimeout(() => resolve(false), DRAIN_MS);
      this.#whenIdle = () => {
        clearTimeout(late);
        resolve(true);
      };
      this.#look();
    });
  }

  #look(): void {
    if (this.#state === 'refusing' && this.#underWay === 0) this.#whenIdle();
  }
}
