/** Comparing paper sheets with the marks on the roll, from the log. */
import type { By } from '../event-store/command-log.js';
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Crypto } from '../../projections/crypto.js';
import type { EventStore } from '../event-store/event-store.js';
import { CRYPTO, EVENT_STORE } from '../platform.module.js';
import { Acts } from '../staff/acts.js';
import { fillBox } from './counting.js';
import { RETURNING_OFFICER } from './election.js';
import { ChangeElection, ChangeElectionHandler, type Answer } from './elections.commands.js';

/** By one person; refused with `paper-missing` where there are fewer sheets than marks. */
export class ReconcilePaper extends Command<Answer> {
  constructor(
    readonly electionId: string,
    readonly by: By,
  ) {
    super();
  }
}

@CommandHandler(ReconcilePaper)
export class ReconcilePaperHandler implements ICommandHandler<ReconcilePaper> {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CRYPTO) private readonly crypto: Crypto,
    @Inject(Acts) private readonly acts: Acts,
    @Inject(ChangeElectionHandler) private readonly changes: ChangeElectionHandler,
  ) {}

  async execute({ electionId, by }: ReconcilePaper): Promise<Answer> {
    if (!by.actor.roles.includes(RETURNING_OFFICER)) return { rejected: 'role-missing' };
    const { box } = await fillBox(this.store, this.crypto, electionId);
    if (!box.isDefined) return { rejected: 'election-unknown' };
    if (await hasOpenBatch(this.acts, electionId)) return { rejected: 'batch-pending' };
    return this.changes.execute(new ChangeElection(electionId, { do: 'reconcile', marks: box.marks }, by));
  }
}

/** Whether somebody has keyed a batch of an election that is neither recorded nor withdrawn. */
export function hasOpenBatch(acts: Acts, electionId: string): Promise<boolean> {
  return acts.isOpen('record-batch', ({ data }) => data.electionId === electionId);
}
