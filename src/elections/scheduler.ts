/**
 * Opens and closes elections at their time, publishes the key after the close and counts. Every step is an ordinary
 * command with an id made of the election, the step and the state it was seen in, so that two processes do it once.
 *
 * Where the wall clock moved against the monotonic one, nothing happens by itself until two persons confirm.
 */
import { createHash } from 'node:crypto';
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { utf8 } from '../../projections/bytes.js';
import { electionsView, type ElectionRow, type Phase } from '../../projections/elections.view.js';
import { CLOCK, WORK, type Work } from '../platform.module.js';
import { ClockGuard, type Clock } from '../clock.js';
import { type By, isRejection } from '../event-store/command-log.js';
import { Ticks } from '../ticks.js';
import { ViewsBehind } from '../views/freshness.js';
import { Views } from '../views/views.js';
import { CountElection } from './count.commands.js';
import { isStale } from './election.js';
import { SYSTEM } from '../staff/actor.js';
import { ChangeElection, OpenVoting, PublishElectionKey, type Answer } from './elections.commands.js';

const PAGE = 200;
/** Refusals of a step that somebody else, or another process, has done or changed meanwhile. */
const OVERTAKEN: ReadonlySet<string> = new Set(['wrong-phase', 'count-current', 'count-outdated']);
const UNFINISHED: readonly Phase[] = ['defined', 'open', 'suspended', 'closed', 'opened', 'counted'];

@Injectable()
export class ElectionScheduler implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('scheduler');
  readonly #ticks = new Ticks(() => this.#look());
  /** Of elections whose count was refused, the last event it was refused at: before another one it would be again. */
  readonly #refused = new Map<string, number>();

  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(Views) private readonly views: Views,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ClockGuard) private readonly guard: ClockGuard,
    @Inject(WORK) private readonly work: Work,
  ) {}

  onApplicationBootstrap(): void {
    if (this.work !== 'once') this.#ticks.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#ticks.stop();
  }

  /** Looks once at every election that is not finished. While a look is running it is waited for, and none is added. */
  tick(): Promise<void> {
    return this.#ticks.now();
  }

  async #look(): Promise<void> {
    if (!this.guard.isSteady()) return;
    try {
      for (let after: string | undefined; ;) {
        const page = await this.views.list(electionsView, {
          where: { phase: UNFINISHED },
          limit: PAGE,
          ...(after !== undefined && { after }),
        });
        for (const { key, row } of page.rows) {
          // One election that cannot go on keeps none of the others waiting.
          await this.#step(row).catch((error: unknown) => this.#waits(error, `election ${key}`));
        }
        if (page.next === undefined) return;
        after = page.next;
      }
    } catch (error) {
      this.#waits(error, 'all elections');
    }
  }

  /** The views may be behind or the database away: the next look finds the same work. */
  #waits(error: unknown, what: string): void {
    const message = `Scheduled work waits for ${what}: ${error instanceof Error ? error.message : 'unknown reason'}`;
    // Views that are still being made are nothing to be alarmed at: at every first start they are.
    if (error instanceof ViewsBehind) this.log.debug(message);
    else this.log.warn(message);
  }

  async #step(row: ElectionRow): Promise<void> {
    const { electionId, origin } = row.definition;
    const now = this.clock.now().toISOString();
    // Elections that are read from a file are moved by the import itself, up to their first count.
    if (origin === 'import' && row.tallies.length === 0) return;
    switch (row.phase) {
      case 'defined':
        if (row.schedule.opensAt <= now && row.roll !== undefined) {
          await this.#do(row, 'open', (by) => new OpenVoting(electionId, by));
        }
        return;
      case 'open':
      case 'suspended':
        if (row.schedule.closesAt <= now) {
          await this.#do(row, 'close', (by) => new ChangeElection(electionId, { do: 'close' }, by));
        }
        return;
      case 'closed':
        if (row.definition.paper === 'none' || row.paper.reconciled !== undefined) {
          await this.#do(row, 'publish-key', (by) => new PublishElectionKey(electionId, by));
        }
        return;
      case 'opened':
      case 'counted':
        if (isStale(row) && this.#refused.get(electionId) !== lastEvent(row)) {
          const counted = await this.#do(row, 'count', (by) => new CountElection(electionId, by));
          if (isRejection(counted) && counted.rejected !== 'count-outdated')
            this.#refused.set(electionId, lastEvent(row));
        }
        return;
      default:
        return;
    }
  }

  async #do(
    row: ElectionRow,
    step: string,
    command: (by: By) => OpenVoting | ChangeElection | CountElection,
  ): Promise<Answer> {
    const request = utf8(`${step} ${row.definition.electionId} ${lastEvent(row)}`);
    const commandId = createHash('sha256').update(request).digest('base64url');
    const answer: Answer = await this.commands.execute(command({ commandId, actor: SYSTEM, request }));
    if (isRejection(answer) && !OVERTAKEN.has(answer.rejected)) {
      this.log.warn(`Scheduled step ${step} was refused: ${answer.rejected}`);
    }
    return answer;
  }
}

/** Position of the last thing that was done to an election: the state in which it was seen. */
function lastEvent(row: ElectionRow): number {
  return row.history.at(-1)?.position ?? 0;
}
