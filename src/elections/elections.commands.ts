/** Thin command handlers: gather what the decision needs, decide, append. */
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { bytesOf, toBase64url } from '../../projections/bytes.js';
import type { Crypto } from '../../projections/crypto.js';
import type { RollEntry } from '../../projections/definition.js';
import { openEvent, type NewEvent } from '../../projections/event.js';
import { actOf, verifyApprovals } from '../../projections/approval.js';
import type { StaffRow } from '../../projections/staff.view.js';
import type { Clock } from '../clock.js';
import {
  CommandLog,
  isRejection,
  type By,
  type Known,
  type Receipt,
  type Rejection,
} from '../event-store/command-log.js';
import type { EventStore } from '../event-store/event-store.js';
import { CLOCK, COMMAND_LOG, CRYPTO, EVENT_STORE } from '../platform.module.js';
import {
  decide,
  evolve,
  NO_ELECTION,
  PAPER_OFFICER,
  RETURNING_OFFICER,
  type ElectionCommand,
} from './election.js';
import { ElectionKeys } from './election-keys.js';
import { OpenElections } from './open-elections.js';
import { readStaff } from '../staff/staff-rows.js';
import { chunksOf, commitRoll, evolve as evolveRoll, noRoll } from './roll.js';
import { RollLines } from './roll-lines.js';

/** The actor of what the scheduler does. */

export type Answer = Receipt | Rejection;

/** Anything that `decide` knows, except what needs facts from elsewhere (the commands below). */
export class ChangeElection extends Command<Answer> {
  constructor(
    readonly electionId: string,
    readonly change: ElectionCommand,
    readonly by: By,
  ) {
    super();
  }
}

/** Opens voting: finds the committed roll, and derives the box key and tries it, so that what is sealed can be opened. */
export class OpenVoting extends Command<Answer> {
  constructor(
    readonly electionId: string,
    readonly by: By,
  ) {
    super();
  }
}

/** Publishes the key after the close (and after the paper is reconciled). */
export class PublishElectionKey extends Command<Answer> {
  constructor(
    readonly electionId: string,
    readonly by: By,
  ) {
    super();
  }
}

/** One line of the census as staff gives it: `k` is the voter's ballot key, absent for paper only. */
export interface RollLine {
  person: string;
  k?: string;
  areas: readonly string[];
  weight: number;
  group?: string;
}

/** Lists lines of the roll; several calls add up until `CommitRoll`. */
export class ListRoll extends Command<Answer> {
  constructor(
    readonly electionId: string,
    readonly lines: readonly RollLine[],
    readonly by: By,
  ) {
    super();
  }
}

export class CommitRoll extends Command<Answer> {
  constructor(
    readonly electionId: string,
    readonly by: By,
  ) {
    super();
  }
}

@CommandHandler(ChangeElection)
export class ChangeElectionHandler implements ICommandHandler<ChangeElection> {
  constructor(
    @Inject(COMMAND_LOG) private readonly log: CommandLog,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CRYPTO) private readonly crypto: Crypto,
    @Inject(OpenElections) private readonly elections: OpenElections,
  ) {}

  async execute({ electionId, change, by }: ChangeElection): Promise<Answer> {
    const now = this.clock.now().toISOString();
    const staff = await readStaff(this.store, this.crypto);
    return this.log.run({
      stream: `election-${electionId}`,
      meta: { commandId: by.commandId, actor: by.actor.id, at: now, request: by.request },
      initial: NO_ELECTION,
      known: await this.elections.known(electionId),
      evolve,
      decide: (state) => {
        const decided = decide(state, change, { electionId, now, actor: by.actor, crypto: this.crypto });
        return isRejection(decided) || this.#areApproved(decided, staff)
          ? decided
          : { rejected: 'approvals-invalid' };
      },
    });
  }

  /**
   * Whatever way a two-person act came, its two signatures are checked here, before it becomes an event, and against the
   * register in the log: those of an import come by no act, and its officers are in no settings.
   */
  #areApproved(events: readonly NewEvent[], staff: ReadonlyMap<string, StaffRow>): boolean {
    return events.every((event) => {
      if (!('approvals' in event.data) || event.data.approvals === undefined) return true;
      const roles = [event.type === 'PaperBatchRecorded' ? PAPER_OFFICER : RETURNING_OFFICER];
      const now = { position: Number.MAX_SAFE_INTEGER, roles };
      const fault = verifyApprovals(
        this.crypto,
        actOf(event),
        event.data.approvals,
        (id) => staff.get(id),
        now,
      );
      return fault === undefined;
    });
  }
}

@CommandHandler(OpenVoting)
export class OpenVotingHandler implements ICommandHandler<OpenVoting> {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CRYPTO) private readonly crypto: Crypto,
    @Inject(ElectionKeys) private readonly keys: ElectionKeys,
    @Inject(ChangeElectionHandler) private readonly changes: ChangeElectionHandler,
  ) {}

  async execute({ electionId, by }: OpenVoting): Promise<Answer> {
    let roll = noRoll();
    for await (const recorded of this.store.readStream(`roll-${electionId}`)) {
      roll = evolveRoll(roll, openEvent(this.crypto, recorded));
    }
    const boxKey = toBase64url(this.keys.publicOf(electionId));
    const change = { do: 'open' as const, boxKey, roll: roll.committed };
    return this.changes.execute(new ChangeElection(electionId, change, by));
  }
}

@CommandHandler(PublishElectionKey)
export class PublishElectionKeyHandler implements ICommandHandler<PublishElectionKey> {
  constructor(
    @Inject(ElectionKeys) private readonly keys: ElectionKeys,
    @Inject(ChangeElectionHandler) private readonly changes: ChangeElectionHandler,
  ) {}

  execute({ electionId, by }: PublishElectionKey): Promise<Answer> {
    const secret = toBase64url(this.keys.secretOf(electionId));
    const publicKey = toBase64url(this.keys.publicOf(electionId));
    const change = { do: 'publish-key' as const, secret, publicKey };
    return this.changes.execute(new ChangeElection(electionId, change, by));
  }
}

interface ListedRoll {
  chunks: number;
  committed: boolean;
}

@CommandHandler(ListRoll)
export class ListRollHandler implements ICommandHandler<ListRoll> {
  #kept: { electionId: string; roll: Known<ListedRoll> } | undefined;

  constructor(
    @Inject(COMMAND_LOG) private readonly log: CommandLog,
    @Inject(OpenElections) private readonly elections: OpenElections,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CRYPTO) private readonly crypto: Crypto,
    @Inject(RollLines) private readonly people: RollLines,
  ) {}

  async execute({ electionId, lines, by }: ListRoll): Promise<Answer> {
    const problem = await this.#problem(electionId, lines, by);
    if (problem !== undefined) return (await this.log.find(`roll-${electionId}`, by)) ?? problem;
    const pseudonyms = await this.people.pseudonyms(
      electionId,
      lines.map((line) => line.person),
    );
    const commitments = await this.people.keep(
      electionId,
      lines.map((line, index) => ({ person: line.person, v: pseudonyms[index] as string })),
    );
    const entries = lines.map((line, index): RollEntry => {
      const { k, group, areas, weight } = line;
      const v = pseudonyms[index] as string;
      const c = commitments[index] as string;
      return { v, areas: [...areas], w: weight, c, ...(k && { k }), ...(group && { g: group }) };
    });
    return this.#append(electionId, entries, by);
  }

  /**
   * A roll is listed by many commands into one stream, which would be read again for each: what was folded before is kept,
   * for one election.
   */
  async #append(electionId: string, entries: readonly RollEntry[], by: By): Promise<Answer> {
    let listed: ListedRoll | undefined;
    const answer = await this.log.run<ListedRoll>({
      stream: `roll-${electionId}`,
      meta: {
        commandId: by.commandId,
        actor: by.actor.id,
        at: this.clock.now().toISOString(),
        request: by.request,
      },
      // Only how many chunks there are matters here; what is in them is checked once, when the roll is committed.
      initial: { chunks: 0, committed: false },
      ...(this.#kept?.electionId === electionId && { known: this.#kept.roll }),
      evolve: (roll, event) => ({
        chunks: roll.chunks + (event.type === 'RollListed' ? 1 : 0),
        committed: roll.committed || event.type === 'RollCommitted',
      }),
      decide: (roll) => {
        if (roll.committed) return { rejected: 'roll-committed' };
        const chunks = chunksOf(entries).map((chunk, index) => ({
          type: 'RollListed' as const,
          data: { electionId, chunk: roll.chunks + index, entries: chunk },
        }));
        listed = { chunks: roll.chunks + chunks.length, committed: false };
        return chunks;
      },
    });
    if (isRejection(answer) || answer.repeated || listed === undefined) return answer;
    const { revision, position } = answer;
    this.#kept = { electionId, roll: { state: listed, place: { revision, position } } };
    return answer;
  }

  async #problem(electionId: string, lines: readonly RollLine[], by: By): Promise<Rejection | undefined> {
    if (!by.actor.roles.includes(RETURNING_OFFICER)) return { rejected: 'role-missing' };
    const election = await this.elections.fresh(electionId);
    if (election.row === undefined) return { rejected: 'election-unknown' };
    if (election.row.phase !== 'defined')
      return { rejected: 'wrong-phase', detail: { phase: election.row.phase } };
    const areas = new Set(election.row.definition.areas.map((area) => area.id));
    const people = new Set<string>();
    const keys = new Set<string>();
    for (const [index, line] of lines.entries()) {
      const field = `lines.${index}`;
      if (people.has(line.person)) return { rejected: 'voter-repeated', field: `${field}.person` };
      people.add(line.person);
      if (!line.areas.every((area) => areas.has(area)))
        return { rejected: 'roll-area-unknown', field: `${field}.areas` };
      if (new Set(line.areas).size !== line.areas.length)
        return { rejected: 'area-repeated', field: `${field}.areas` };
      if (line.k === undefined) continue;
      if (keys.has(line.k)) return { rejected: 'ballot-key-repeated', field: `${field}.k` };
      keys.add(line.k);
      if (!this.crypto.isKey(bytesOf(line.k))) return { rejected: 'ballot-key-invalid', field: `${field}.k` };
    }
    return undefined;
  }
}

@CommandHandler(CommitRoll)
export class CommitRollHandler implements ICommandHandler<CommitRoll> {
  constructor(
    @Inject(COMMAND_LOG) private readonly log: CommandLog,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CRYPTO) private readonly crypto: Crypto,
  ) {}

  async execute({ electionId, by }: CommitRoll): Promise<Answer> {
    if (!by.actor.roles.includes(RETURNING_OFFICER)) return { rejected: 'role-missing' };
    return this.log.run({
      stream: `roll-${electionId}`,
      meta: {
        commandId: by.commandId,
        actor: by.actor.id,
        at: this.clock.now().toISOString(),
        request: by.request,
      },
      initial: undefined as ReturnType<typeof noRoll> | undefined,
      evolve: (state, event) => evolveRoll(state ?? noRoll(), event),
      decide: (state) => commitRoll(state ?? noRoll(), electionId, this.crypto),
    });
  }
}
