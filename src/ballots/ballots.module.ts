/** Ballots: casting, marking the roll, looking up. */
import { Module } from '@nestjs/common';
import type { Clock } from '../clock.js';
import { ElectionsModule } from '../elections/elections.module.js';
import { OpenElections } from '../elections/open-elections.js';
import type { CommandLog } from '../event-store/command-log.js';
import { CLOCK, COMMAND_LOG } from '../platform.module.js';
import { RateLimit } from '../rest/rate-limit.js';
import { Views } from '../views/views.js';
import { BallotsController } from './ballots.controller.js';
import {
  CastBallotHandler,
  MarkPaperHandler,
  ReplaceBallotKeyHandler,
  VoterCommands,
} from './ballots.commands.js';
import {
  BallotNowHandler,
  LookUpBallotHandler,
  LookUpPersonHandler,
  LookUpVoterHandler,
} from './ballots.queries.js';
import { DeskController, MISSES, MOST_MISSES } from './desk.controller.js';
import { RollLookup } from './roll-lookup.js';

@Module({
  imports: [ElectionsModule],
  controllers: [BallotsController, DeskController],
  providers: [
    CastBallotHandler,
    MarkPaperHandler,
    ReplaceBallotKeyHandler,
    BallotNowHandler,
    LookUpBallotHandler,
    LookUpVoterHandler,
    LookUpPersonHandler,
    { provide: MISSES, useFactory: () => new RateLimit(undefined, MOST_MISSES) },
    {
      provide: VoterCommands,
      useFactory: (log: CommandLog, elections: OpenElections, clock: Clock) =>
        new VoterCommands(log, elections, clock),
      inject: [COMMAND_LOG, OpenElections, CLOCK],
    },
    { provide: RollLookup, useFactory: (views: Views) => new RollLookup(views), inject: [Views] },
  ],
})
export class BallotsModule {}
