/** Counting as a command: the result is kept, then stated in the log by its digests. A recount stands beside the old one. */
import type { By, CommandLog, Rejection } from '../event-store/command-log.js';
import { Inject, Logger } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Count } from '../../projections/count.js';
import type { Crypto } from '../../projections/crypto.js';
import { explainCount } from '../../projections/explained-count.js';
import type { EventStore } from '../event-store/event-store.js';
import { COMMAND_LOG, CRYPTO, EVENT_STORE } from '../platform.module.js';
import { countFromLog } from './counting.js';
import { isStale, type ElectionCommand } from './election.js';
import { ChangeElection, ChangeElectionHandler, type Answer } from './elections.commands.js';
import { Explanations } from './explanations.js';
import { OpenElections } from './open-elections.js';
import { Outcomes } from './outcomes.js';

type Tally = Extract<ElectionCommand, { do: 'publish-tally' }>['tally'];

export class CountElection extends Command<Answer> {
  constructor(
    readonly electionId: string,
    readonly by: By,
  ) {
    super();
  }
}

@CommandHandler(CountElection)
export class CountElectionHandler implements ICommandHandler<CountElection> {
  readonly #logger = new Logger(CountElectionHandler.name);

  constructor(
    @Inject(COMMAND_LOG) private readonly log: CommandLog,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CRYPTO) private readonly crypto: Crypto,
    @Inject(OpenElections) private readonly elections: OpenElections,
    @Inject(Outcomes) private readonly outcomes: Outcomes,
    @Inject(Explanations) private readonly explanations: Explanations,
    @Inject(ChangeElectionHandler) private readonly changes: ChangeElectionHandler,
  ) {}

  async execute({ electionId, by }: CountElection): Promise<Answer> {
    const tally = await this.#tally(electionId);
    // A request that comes again finds the count that it made itself, and nothing to count: its receipt goes first.
    if ('rejected' in tally) return (await this.log.find(`election-${electionId}`, by)) ?? tally;
    return this.changes.execute(new ChangeElection(electionId, { do: 'publish-tally', tally }, by));
  }

  /** A result is published whether or not it can be explained. */
  async #explain(count: Count): Promise<void> {
    try {
      await this.explanations.keep(count.outputDigest, explainCount(count));
    } catch (error) {
      this.#logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
  }

  async #tally(electionId: string): Promise<Tally | Rejection> {
    const { row } = await this.elections.fresh(electionId);
    if (row === undefined) return { rejected: 'election-unknown' };
    if (row.phase !== 'opened' && row.phase !== 'counted') {
      return { rejected: 'wrong-phase', detail: { phase: row.phase } };
    }
    if (!isStale(row)) return { rejected: 'count-current' };
    const { count } = await countFromLog(this.store, this.crypto, electionId);
    if ('undecided' in count) {
      return { rejected: count.undecided, detail: { area: count.area, projects: count.projects.join(',') } };
    }
    const { result, inputDigest, outputDigest } = count;
    await this.outcomes.keep(outputDigest, result);
    await this.#explain(count);
    const { cast, counted } = result.ballots;
    return { through: result.through, inputDigest, outputDigest, cast, counted };
  }
}
