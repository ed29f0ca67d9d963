/** Comparing paper sheets with the marks on the roll, from the log. */
import type { By } from '../event-store/command-log.js';
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Crypto } from '../../projections/crypto.js';
import type { EventStore } from '../event-store/event-store.js';
import { CRYPTO, EVENT_STORE } from '../platform.module.js';
import { fillBox } from './counting.js';
import { ChangeElection, ChangeElectionHandler, type Answer } from './elections.commands.js';

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
    @Inject(ChangeElectionHandler) private readonly changes: ChangeElectionHandler,
  ) {}

  async execute({ electionId, by }: ReconcilePaper): Promise<Answer> {
    const { box } = await fillBox(this.store, this.crypto, electionId);
    if (!box.isDefined) return { rejected: 'election-unknown' };
    return this.changes.execute(new ChangeElection(electionId, { do: 'reconcile', marks: box.marks }, by));
  }
}
