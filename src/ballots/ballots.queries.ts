/** Looking up a ballot by its id, and what stands under a line of the roll. */
import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { ballotsView, type BallotRow } from '../../projections/ballots.view.js';
import { electionsView } from '../../projections/elections.view.js';
import { newKeysView } from '../../projections/new-keys.view.js';
import { rollKey, rollView, type RollRow } from '../../projections/roll.view.js';
import { isMarked, standing, type BallotStatus } from '../../projections/standing.js';
import { RollLines } from '../elections/roll-lines.js';
import { ViewsBehind } from '../views/freshness.js';
import type { AnyProjection } from '../views/table.js';
import type { AsOf, PastOf } from '../views/view-reader.js';
import { Views } from '../views/views.js';
import { RollLookup } from './roll-lookup.js';

const VIEWS: readonly AnyProjection[] = [electionsView, rollView, newKeysView, ballotsView];
/** How long whoever cast a ballot again waits for the views. */
const PATIENCE_MS = 5_000;

export interface BallotStanding {
  id: string;
  n: number;
  /** Full hour. */
  at: string;
  position: number;
  status: BallotStatus;
  /** The act that annulled it. */
  annulledBy?: string;
}

export interface VoterStanding {
  electionId: string;
  v: string;
  /** Whether a paper ballot was taken, and the mark is valid. */
  marked: boolean;
  /** Each time that somebody at the desk gave this line another ballot key. */
  keyReplacements: readonly { at: string; position: number }[];
  ballots: readonly BallotStanding[];
  /** Of a past: what it was folded from. */
  past?: PastOf | undefined;
  tag: string;
}

/** One ballot with its status as the log stands now, or stood. */
export class LookUpBallot extends Query<
  (BallotStanding & Pick<VoterStanding, 'v' | 'past' | 'tag'>) | undefined
> {
  constructor(
    readonly electionId: string,
    readonly ballotId: string,
    readonly asOf?: AsOf,
  ) {
    super();
  }
}

/**
 * What a ballot that was cast comes to, by everything that is in the log up to a position at least.
 * @throws ViewsBehind when the views do not come that far in time
 */
export class BallotNow extends Query<BallotStatus> {
  constructor(
    readonly electionId: string,
    readonly ballotId: string,
    readonly asOf: bigint,
  ) {
    super();
  }
}

/** Every ballot and every new key under a line of the roll, so that whoever abstained sees that nothing was done for her. */
export class LookUpVoter extends Query<VoterStanding | undefined> {
  constructor(
    readonly electionId: string,
    readonly v: string,
    readonly asOf?: AsOf,
  ) {
    super();
  }
}

/** As `LookUpVoter`, of a person by the line of the census that she was listed with. For staff alone: it is who she is. */
export class LookUpPerson extends Query<VoterStanding | 'election-unknown' | undefined> {
  constructor(
    readonly electionId: string,
    readonly person: string,
  ) {
    super();
  }
}

@QueryHandler(LookUpVoter)
export class LookUpVoterHandler implements IQueryHandler<LookUpVoter> {
  constructor(
    @Inject(Views) private readonly views: Views,
    @Inject(RollLookup) private readonly roll: RollLookup,
  ) {}

  async execute({ electionId, v, asOf }: LookUpVoter): Promise<VoterStanding | undefined> {
    const views = await this.views.asOf(asOf, VIEWS);
    // Before the rows: a change in between makes the tag older than the body, never newer.
    const changes = await Promise.all([
      views.lastChanged(electionsView, electionId),
      views.lastChanged(rollView, rollKey(electionId, v)),
    ]);
    const [election, line] = await Promise.all([
      views.get(electionsView, electionId),
      views.get(rollView, rollKey(electionId, v)),
    ]);
    if (election === undefined || line === undefined) return undefined;
    const { rows } = await views.list(ballotsView, {
      where: { voter: rollKey(electionId, v) },
      limit: 1_000,
    });
    const roll = views.past === undefined ? this.roll : new RollLookup(views);
    const keys = await keysOf(line, roll);
    const cast = rows
      .filter(({ row }) => row.position > (keys.get(row.k) ?? Infinity))
      .map(({ key, row }) => ({ id: key, row }))
      .sort((a, b) => a.row.n - b.row.n);
    const statuses = standing(
      election,
      cast.map(({ id, row }) => ({
        id,
        n: row.n,
        position: row.position,
        annulled: row.annulled !== undefined,
      })),
      line.marked,
    );
    const ballots = cast.map(({ id, row }) => describe(id, row, statuses.get(id) ?? 'late'));
    const tag = [
      ...changes,
      ballots
        .map(({ position, annulledBy }) => `${position}${annulledBy === undefined ? '' : 'a'}`)
        .join('-'),
    ].join('.');
    const keyReplacements = (line.newKeys ?? []).map(({ at, position }) => ({ at, position }));
    const marked = isMarked(election.windows, line.marked);
    return { electionId, v, marked, keyReplacements, ballots, past: views.past, tag };
  }
}

@QueryHandler(LookUpPerson)
export class LookUpPersonHandler implements IQueryHandler<LookUpPerson> {
  constructor(
    @Inject(Views) private readonly views: Views,
    @Inject(RollLines) private readonly people: RollLines,
    @Inject(LookUpVoterHandler) private readonly voters: LookUpVoterHandler,
  ) {}

  async execute({ electionId, person }: LookUpPerson) {
    if ((await this.views.get(electionsView, electionId)) === undefined) return 'election-unknown';
    const v = await this.people.find(electionId, person);
    return v === undefined ? undefined : this.voters.execute(new LookUpVoter(electionId, v));
  }
}

@QueryHandler(LookUpBallot)
export class LookUpBallotHandler implements IQueryHandler<LookUpBallot> {
  constructor(
    @Inject(Views) private readonly views: Views,
    @Inject(LookUpVoterHandler) private readonly voters: LookUpVoterHandler,
  ) {}

  async execute({ electionId, ballotId, asOf }: LookUpBallot) {
    const views = await this.views.asOf(asOf, VIEWS);
    const row = await views.get(ballotsView, ballotId);
    if (row?.electionId !== electionId) return undefined;
    const voter = await this.voters.execute(new LookUpVoter(electionId, row.v, asOf));
    const ballot = voter?.ballots.find(({ id }) => id === ballotId);
    return ballot && voter && { ...ballot, v: row.v, past: voter.past, tag: voter.tag };
  }
}

@QueryHandler(BallotNow)
export class BallotNowHandler implements IQueryHandler<BallotNow> {
  constructor(
    @Inject(Views) private readonly views: Views,
    @Inject(LookUpBallotHandler) private readonly ballots: LookUpBallotHandler,
  ) {}

  async execute({ electionId, ballotId, asOf }: BallotNow): Promise<BallotStatus> {
    await this.views.atLeast(asOf, PATIENCE_MS);
    const ballot = await this.ballots.execute(new LookUpBallot(electionId, ballotId));
    if (ballot === undefined) throw new ViewsBehind();
    return ballot.status;
  }
}

function describe(id: string, row: BallotRow, status: BallotStatus): BallotStanding {
  const { n, at, position, annulled } = row;
  return { id, n, at, position, status, ...(annulled !== undefined && { annulledBy: annulled }) };
}

/** The keys that belong to a line, each with the position after which a ballot can have it. */
async function keysOf(
  { electionId, v, k, newKeys = [] }: RollRow,
  roll: RollLookup,
): Promise<Map<string, number>> {
  const keys = new Map<string, number>();
  for (const given of newKeys) {
    const owner = keys.has(given.k) ? undefined : await roll.byKey(electionId, given.k);
    if (owner?.v === v) keys.set(given.k, given.position);
  }
  if (k !== undefined) keys.set(k, -1);
  return keys;
}
