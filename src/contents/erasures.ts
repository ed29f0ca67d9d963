/**
 * Carries erasures out. The event comes first; then the list kept apart, then the deletion. A crash between them loses
 * nothing: `complete` finds what the log says is erased and was not carried out, at start and every hour.
 */
import type { Pool } from 'pg';
import { contentsView } from '../../projections/contents.view.js';
import type { Clock } from '../clock.js';
import { isRejection, type CommandLog } from '../event-store/command-log.js';
import type { Views } from '../views/views.js';
import { decide, evolve, type ContentState } from './content.js';
import type { Contents } from './contents.js';
import type { Erasure, ErasuresFile } from './erasures-file.js';
import { SYSTEM } from '../staff/actor.js';

/** Erased contents looked at in one query. */
const PAGE = 1_000;

export class Erasures {
  constructor(
    private readonly pool: Pool,
    private readonly file: ErasuresFile,
    private readonly views: Views,
    private readonly log: CommandLog,
    private readonly contents: Contents,
    private readonly clock: Clock,
  ) {}

  /** Writes the list and deletes bytes and salt. Resolves when both are durable; again does no harm. */
  async carryOut(erasure: Erasure): Promise<void> {
    if ((await this.#carriedOut([erasure.contentId])).size > 0) return;
    await this.file.append(erasure);
    await this.#delete(erasure);
  }

  /** Carries out what the log (as far as the views have come) says is erased and was not; gives the number. */
  async complete(): Promise<number> {
    let done = 0;
    let after: string | undefined;
    do {
      const page = await this.views.list(contentsView, {
        where: { state: 'erased' },
        limit: PAGE,
        ...(after !== undefined && { after }),
      });
      const carriedOut = await this.#carriedOut(page.rows.map(({ key }) => key));
      for (const { key, row } of page.rows) {
        if (carriedOut.has(key)) continue;
        await this.carryOut({
          contentId: key,
          basis: row.because ?? 'unknown',
          at: this.clock.now().toISOString(),
        });
        done++;
      }
      after = page.next;
    } while (after !== undefined);
    return done;
  }

  /**
   * Repeats the erasures of the list kept apart, after a backup was restored: the bytes are deleted, and where the
   * restored log does not know of it, it is told. Gives the number of those that had to be repeated.
   */
  async reapply(): Promise<number> {
    const listed = await this.file.read();
    const carriedOut = await this.#carriedOut(listed.map(({ contentId }) => contentId));
    const missing = listed.filter(({ contentId }) => !carriedOut.has(contentId));
    for (const erasure of missing) {
      await this.#tellLog(erasure);
      await this.#delete(erasure);
    }
    return missing.length;
  }

  async #tellLog({ contentId, basis, at }: Erasure): Promise<void> {
    const commitment = (await this.contents.refs([contentId])).get(contentId)?.commitment;
    const answer = await this.log.run<ContentState>({
      stream: `content-${contentId}`,
      meta: {
        commandId: `erasure-${contentId}`,
        actor: SYSTEM.id,
        at: this.clock.now().toISOString(),
        request: new TextEncoder().encode(`${contentId}\n${basis}\n${at}`),
      },
      initial: 'unreleased',
      evolve,
      decide: (state) => decide(state, { do: 'erase', basis }, { contentId, commitment }),
    });
    // Already said by the log, or a content that the backup does not have and nobody refers to: nothing to say.
    if (isRejection(answer) && !['content-erased', 'content-unknown'].includes(answer.rejected)) {
      throw new Error(`Erasure of ${contentId} was refused: ${answer.rejected}`);
    }
  }

  async #carriedOut(ids: readonly string[]): Promise<Set<string>> {
    const { rows } = await this.pool.query<{ content_id: string }>(
      `select content_id from erasures where content_id = any($1::uuid[])
       and not exists (select from contents where id = content_id)`,
      [ids],
    );
    return new Set(rows.map((row) => row.content_id));
  }

  async #delete({ contentId, basis, at }: Erasure): Promise<void> {
    // One statement is one transaction.
    await this.pool.query(
      `with gone as (delete from contents where id = $1)
       insert into erasures (content_id, basis, erased_at) values ($1, $2, $3) on conflict do nothing`,
      [contentId, basis, at],
    );
  }
}
