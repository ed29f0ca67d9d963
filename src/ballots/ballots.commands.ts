/** Casting a ballot, marking the roll for paper, replacing a ballot key: verify, decide, append, and look again. */
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import {
  ballotId,
  isSigned,
  parseBallot,
  readPlaintext,
  type Ballot,
  type SealedBallot,
} from '../../projections/ballot.js';
import { bytesOf } from '../../projections/bytes.js';
import { openBox } from '../../projections/sealing.js';
import type { Crypto } from '../../projections/crypto.js';
import type { ElectionRow } from '../../projections/elections.view.js';
import type { RollRow } from '../../projections/roll.view.js';
import { placeInTime } from '../../projections/standing.js';
import { hourOf } from '../../projections/turnout.view.js';
import { checkVote } from '../../projections/vote.js';
import type { Clock } from '../clock.js';
import { verifyAside } from '../crypto/node-crypto.js';
import { PAPER_OFFICER, RETURNING_OFFICER, type ElectionState } from '../elections/election.js';
import { ElectionKeys } from '../elections/election-keys.js';
import { OpenElections } from '../elections/open-elections.js';
import {
  CommandLog,
  isRejection,
  type By,
  type Receipt,
  type Rejection,
} from '../event-store/command-log.js';
import type { EventStore } from '../event-store/event-store.js';
import { CRYPTO, EVENT_STORE } from '../platform.module.js';
import { decide, evolve, NEW_VOTER, votingProblem, type VoterCommand } from './voter.js';
import { RollLookup } from './roll-lookup.js';

/** A receipt, whether the event came in time, and whether the election is annulled since. */
type Placed = Receipt & { status: 'in-time' | 'suspended' | 'late'; annulled: boolean };

/**
 * What the voter gets: the receipt of her append and her pseudonym. A ballot that is new and in time counts, unless the
 * election is annulled; what became of a repeated one, `BallotNow` says.
 */
export type BallotAnswer =
  | (Placed & {
      ballotId: string;
      v: string;
      /** A position at or after everything that was in the log when it was asked: `BallotNow` says what it comes to there. */
      asOf: bigint;
    })
  | Rejection;

/** The exact bytes of a ballot as its voter signed it. Its id is the command id. */
export class CastBallot extends Command<BallotAnswer> {
  constructor(
    readonly electionId: string,
    readonly bytes: Uint8Array,
  ) {
    super();
  }
}

/** At the desk: this person takes a paper ballot. */
export class MarkPaper extends Command<Receipt | Rejection> {
  constructor(
    readonly electionId: string,
    readonly v: string,
    readonly by: By,
  ) {
    super();
  }
}

/** At the desk: this person's ballot key is lost or new. */
export class ReplaceBallotKey extends Command<Receipt | Rejection> {
  constructor(
    readonly electionId: string,
    readonly v: string,
    readonly key: string,
    readonly by: By,
  ) {
    super();
  }
}

/** What all of a voter's commands need: decide on her stream, append, and repeat the order check. */
export class VoterCommands {
  constructor(
    private readonly log: CommandLog,
    private readonly elections: OpenElections,
    private readonly clock: Clock,
  ) {}

  fresh(electionId: string): Promise<ElectionState> {
    return this.elections.fresh(electionId);
  }

  now(): string {
    return this.clock.now().toISOString();
  }

  /** The first receipt of a command, where it was there before. */
  found(electionId: string, v: string, by: By): Promise<Receipt | Rejection | undefined> {
    return this.log.find(streamOf(electionId, v), by);
  }

  /**
   * Appends what `decide` says, then reads the election once more: had it been closed or suspended before this event came
   * into the log, the fold ignores the event, and the answer says so, as it does when the election was annulled after it.
   */
  async run(
    electionId: string,
    v: string,
    command: VoterCommand,
    meta: { commandId: string; actor: string; at: string; request: Uint8Array },
    election: NonNullable<ElectionState['row']>,
    now: string,
  ): Promise<Placed | Rejection> {
    // Nothing stands before most first ballots and marks, so nothing is read before them.
    const first = command.do === 'mark-paper' || (command.do === 'cast' && command.ballot.n === 1);
    const receipt = await this.log.run({
      stream: streamOf(electionId, v),
      meta,
      initial: NEW_VOTER,
      ...(first && { known: { state: NEW_VOTER } }),
      evolve,
      decide: (state) => decide(state, command, { electionId, v, now, election }),
    });
    if (isRejection(receipt)) return receipt;
    const { row } = await this.elections.fresh(electionId);
    const status = row === undefined ? 'late' : placeInTime(row.windows, Number(receipt.position));
    return { ...receipt, status, annulled: row?.annulled !== undefined };
  }
}

function streamOf(electionId: string, v: string): string {
  return `ballots-${electionId}.${v}`;
}

@CommandHandler(CastBallot)
export class CastBallotHandler implements ICommandHandler<CastBallot> {
  constructor(
    @Inject(VoterCommands) private readonly voters: VoterCommands,
    @Inject(RollLookup) private readonly roll: RollLookup,
    @Inject(ElectionKeys) private readonly keys: ElectionKeys,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CRYPTO) private readonly crypto: Crypto,
  ) {}

  async execute({ electionId, bytes }: CastBallot): Promise<BallotAnswer> {
    const ballot = parseBallot(bytes);
    if (typeof ballot === 'string') return { rejected: ballot };
    const state = await this.voters.fresh(electionId);
    const { row } = state;
    if (row === undefined) return { rejected: 'election-unknown' };
    if (row.opening === undefined)
      return votingProblem(row, this.voters.now()) ?? { rejected: 'voting-not-open' };
    if (ballot.e !== row.opening.e) return { rejected: 'wrong-election', field: 'e' };
    const entry = await this.roll.byKey(electionId, ballot.k, row.opening.position);
    if (entry === undefined) return { rejected: 'not-on-roll', field: 'k' };
    if (ballot.cl !== (entry.g ?? 'all')) return { rejected: 'wrong-class', field: 'cl' };
    if (!(await isSigned({ verify: verifyAside }, ballot)))
      return { rejected: 'signature-invalid', field: 'g' };
    const problem = this.#voteProblem(electionId, ballot, state, entry);
    if (problem !== undefined) return problem;
    const id = ballotId(this.crypto, ballot);
    const now = this.voters.now();
    const meta = { commandId: id, actor: entry.v, at: hourOf(now), request: bytes };
    const command = { do: 'cast' as const, id, ballot };
    const answer = await this.voters.run(electionId, entry.v, command, meta, row, now);
    if (isRejection(answer)) return answer;
    const asOf = answer.repeated ? await this.store.head() : answer.position;
    return { ...answer, ballotId: id, v: entry.v, asOf };
  }

  /** In `open` elections the server holds the key, so a ballot that could not be counted is refused while its voter is there. */
  #voteProblem(
    electionId: string,
    ballot: Ballot,
    { row, options }: ElectionState,
    entry: RollRow,
  ): Rejection | undefined {
    if (row === undefined) return { rejected: 'election-unknown' };
    const { disclosure, ballot: rules, areas } = row.definition;
    if ('t' in ballot !== (disclosure === 'immediate')) return { rejected: 'wrong-disclosure' };
    const opener = { electionId, secret: this.keys.secretOf(electionId), sealedBytes: rules.sealedBytes };
    const opened = 't' in ballot ? undefined : openBox(this.crypto, opener, ballot satisfies SealedBallot);
    if (typeof opened === 'string') return { rejected: opened, field: 'b' };
    const plaintext = readPlaintext(ballot, opened);
    if (typeof plaintext === 'string') return { rejected: plaintext, field: 'b' };
    // What is shown at once and for ever must not be free words.
    if (disclosure === 'immediate' && plaintext.vn !== '') return { rejected: 'word-not-allowed' };
    const budgets = new Map(
      areas.filter(({ id }) => entry.areas.includes(id)).map(({ id, budget }) => [id, budget]),
    );
    const check = checkVote(plaintext.vote, { rules, budgets, options: this.#optionsOf(options) });
    if (!('error' in check)) return undefined;
    // The place is an option or area of the public definition, told to the voter alone; no log and no metric carries it.
    return { rejected: check.error, ...(check.at !== undefined && { detail: { at: check.at } }) };
  }

  readonly #byId = new WeakMap<ElectionState['options'], Map<string, { area: string; cost: number }>>();

  #optionsOf(options: ElectionState['options']): Map<string, { area: string; cost: number }> {
    let byId = this.#byId.get(options);
    if (byId === undefined) {
      byId = new Map(options.map((option) => [option.id, option]));
      this.#byId.set(options, byId);
    }
    return byId;
  }
}

@CommandHandler(MarkPaper)
export class MarkPaperHandler implements ICommandHandler<MarkPaper> {
  constructor(
    @Inject(VoterCommands) private readonly voters: VoterCommands,
    @Inject(RollLookup) private readonly roll: RollLookup,
  ) {}

  async execute({ electionId, v, by }: MarkPaper): Promise<Receipt | Rejection> {
    if (!by.actor.roles.includes(PAPER_OFFICER)) return { rejected: 'role-missing' };
    const { row } = await this.voters.fresh(electionId);
    if (row === undefined) return { rejected: 'election-unknown' };
    if (row.opening === undefined) return { rejected: 'voting-not-open' };
    if ((await this.roll.byPseudonym(electionId, v, row.opening.position)) === undefined)
      return { rejected: 'not-on-roll' };
    const now = this.voters.now();
    const meta = { commandId: by.commandId, actor: by.actor.id, at: hourOf(now), request: by.request };
    const answer = await this.voters.run(electionId, v, { do: 'mark-paper' }, meta, row, now);
    return isRejection(answer) || answer.status === 'in-time' ? answer : { rejected: tooLate(answer.status) };
  }
}

@CommandHandler(ReplaceBallotKey)
export class ReplaceBallotKeyHandler implements ICommandHandler<ReplaceBallotKey> {
  constructor(
    @Inject(VoterCommands) private readonly voters: VoterCommands,
    @Inject(RollLookup) private readonly roll: RollLookup,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CRYPTO) private readonly crypto: Crypto,
  ) {}

  async execute(command: ReplaceBallotKey): Promise<Receipt | Rejection> {
    const { electionId, v, key, by } = command;
    const facts = await this.#facts(command);
    // A request that comes again finds its own key on the roll, and whatever else has happened since: its receipt goes first.
    const answer = isRejection(facts)
      ? ((await this.voters.found(electionId, v, by)) ?? facts)
      : await this.#replace(command, facts);
    if (isRejection(answer)) return answer;
    // Had another line got the same key in between, then it is that line's, and the answer says the same.
    await this.roll.atLeast(answer.position);
    const owner = await this.roll.byKey(electionId, key);
    return owner?.v === v ? answer : REPEATED;
  }

  /** The election, and the line whose key is replaced. */
  async #facts({
    electionId,
    v,
    key,
    by,
  }: ReplaceBallotKey): Promise<{ row: ElectionRow; line: RollRow } | Rejection> {
    if (!by.actor.roles.includes(RETURNING_OFFICER)) return { rejected: 'role-missing' };
    const { row } = await this.voters.fresh(electionId);
    if (row === undefined) return { rejected: 'election-unknown' };
    if (row.opening === undefined) return { rejected: 'voting-not-open' };
    if (!this.crypto.isKey(bytesOf(key))) return { rejected: 'ballot-key-invalid', field: 'key' };
    const line = await this.roll.byPseudonym(electionId, v, row.opening.position);
    if (line === undefined) return { rejected: 'not-on-roll' };
    // A key that anybody ever had is refused: what is signed with it could be cast again under this line.
    await this.roll.atLeast(await this.store.head());
    if ((await this.roll.byKey(electionId, key)) !== undefined) return REPEATED;
    return { row, line };
  }

  #replace(
    { electionId, v, key, by }: ReplaceBallotKey,
    { row, line }: { row: ElectionRow; line: RollRow },
  ): Promise<Receipt | Rejection> {
    const now = this.voters.now();
    const meta = { commandId: by.commandId, actor: by.actor.id, at: hourOf(now), request: by.request };
    const command = { do: 'replace-key' as const, listed: line.k, new: key };
    return this.voters.run(electionId, v, command, meta, row, now);
  }
}

const REPEATED: Rejection = { rejected: 'ballot-key-repeated', field: 'key' };

/** The refusal for what came into the log when nobody could vote. */
export function tooLate(status: 'suspended' | 'late'): string {
  return status === 'suspended' ? 'voting-suspended' : 'voting-closed';
}
