/** One voter's stream: given what she did, when she votes, marks or changes keys, then one event or a refusal. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toBase64url } from '../../projections/bytes.js';
import { evolveElection, type ElectionEvent, type ElectionRow } from '../../projections/elections.view.js';
import type { NewEvent } from '../../projections/event.js';
import { foldInto } from '../../projections/projection.js';
import { standing } from '../../projections/standing.js';
import { turnoutView, type TurnoutRow } from '../../projections/turnout.view.js';
import { decide, evolve, MAX_BALLOTS, NEW_VOTER, type VoterCommand } from '../../src/ballots/voter.js';
import { ballotOf, ELECTION_ID, fixed, parts, SCHEDULE, SmallLog, voter } from './small-election.js';

const electionId = ELECTION_ID;
const ana = voter('ana');
const stream = `ballots-${electionId}.${ana.v}`;
const e = fixed('definition');
const reason = { code: 'fault' };
const vote = [{ a: 'city', ids: ['bench'] }];
const DURING = '2026-10-03T12:00:00.000Z';

const mark: VoterCommand = { do: 'mark-paper' };
const cast = (n: number, who = ana): VoterCommand => ({ do: 'cast', ...ballotOf(who, e, vote, { n }) });
const newKeys = { ...ana, keys: voter('ana, new key').keys };
const newKey = toBase64url(newKeys.keys.publicKey);
const oldKey = toBase64url(ana.keys.publicKey);
const replaceKey: VoterCommand = { do: 'replace-key', listed: oldKey, new: newKey };

/** A log with one election and one voter, in the order in which things happen to both. */
class World {
  readonly log = new SmallLog();
  election: ElectionRow | undefined;
  voter = NEW_VOTER;

  constructor(paper: 'prevails' | 'yields' | 'none' = 'prevails') {
    const definition = { ...parts({ paper }).definition, ruleset: fixed('ruleset') };
    this.happens({ type: 'ElectionDefined', data: definition });
  }

  happens(...events: NewEvent[]): this {
    for (const event of events) {
      const added = this.log.add(`election-${electionId}`, event, DURING);
      this.election = evolveElection(this.election, added as ElectionEvent);
    }
    return this;
  }

  opens(): this {
    const facts = { boxKey: fixed('box'), rollRoot: fixed('roll'), optionsRoot: fixed('options') };
    return this.happens({ type: 'VotingOpened', data: { electionId, e, ...facts } });
  }

  when(command: VoterCommand, now = DURING) {
    if (this.election === undefined) throw new Error('no election');
    return decide(this.voter, command, { electionId, v: ana.v, now, election: this.election });
  }

  /** Does what `decide` says. */
  does(command: VoterCommand): this {
    const decided = this.when(command);
    if ('rejected' in decided) throw new Error(`${command.do} was refused: ${decided.rejected}`);
    for (const event of decided) this.voter = evolve(this.voter, this.log.add(stream, event, DURING));
    return this;
  }
}

const closed: NewEvent = { type: 'VotingClosed', data: { electionId, cause: 'schedule' } };
const suspended: NewEvent = { type: 'VotingSuspended', data: { electionId, reason } };
const resumed: NewEvent = { type: 'VotingResumed', data: { electionId, reason } };

describe('casting', () => {
  it('is taken while voting is open, up to the last millisecond', () => {
    const { id, ballot } = ballotOf(ana, e, vote);
    const event = { type: 'BallotCast', data: { electionId, v: ana.v, id, ballot } };
    expect(new World().opens().when(cast(1))).toEqual([event]);
    expect(new World().opens().when(cast(1), '2026-10-08T17:59:59.999Z')).toEqual([event]);
  });

  it('is refused by the clock as well, even if the close has not come into the log yet', () => {
    expect(new World().opens().when(cast(1), SCHEDULE.closesAt)).toEqual({ rejected: 'voting-closed' });
  });

  it.each([
    ['before the opening', new World(), 'voting-not-open'],
    ['in a suspension', new World().opens().happens(suspended), 'voting-suspended'],
    ['after the close', new World().opens().happens(closed), 'voting-closed'],
    [
      'once the election is annulled',
      new World().opens().happens({
        type: 'ElectionAnnulled',
        data: { electionId, actId: electionId, basis: reason, approvals: [] as never },
      }),
      'election-annulled',
    ],
  ])('is refused %s, and so are marks and new keys', (_when, world, rejected) => {
    for (const command of [cast(1), mark, replaceKey])
      expect(world.when(command)).toMatchObject({ rejected });
  });

  it('is numbered without a gap, and a refusal says which number is expected', () => {
    const world = new World().opens().does(cast(1));
    for (const n of [1, 3]) {
      expect(world.when(cast(n))).toEqual({
        rejected: 'sequence-stale',
        field: 'n',
        detail: { expected: 2 },
      });
    }
    expect(world.does(cast(2)).voter).toMatchObject({ cast: 2 });
  });

  it('ends with the hundredth ballot', () => {
    const world = new World().opens();
    world.voter = { cast: MAX_BALLOTS - 1, ids: [] };
    world.does(cast(MAX_BALLOTS));
    expect(world.when(cast(MAX_BALLOTS))).toEqual({
      rejected: 'too-many-ballots',
      detail: { limit: MAX_BALLOTS },
    });
  });

  it('is refused after a mark for paper', () => {
    expect(new World().opens().does(mark).when(cast(1))).toEqual({ rejected: 'voted-on-paper' });
  });

  it('goes on after a mark that came to nothing, because it came in a suspension', () => {
    const world = new World().opens().happens(suspended);
    const late = world.log.add(stream, { type: 'RollMarkedPaper', data: { electionId, v: ana.v } }, DURING);
    world.voter = evolve(world.voter, late);
    expect(world.happens(resumed).when(cast(1))).toMatchObject([{ type: 'BallotCast' }]);
  });

  it('takes only the new key once it was replaced, and numbers run on', () => {
    const world = new World().opens().does(cast(1)).does(replaceKey);
    expect(world.when(cast(2))).toEqual({ rejected: 'ballot-key-replaced', field: 'k' });
    expect(world.when(cast(2, newKeys))).toMatchObject([{ type: 'BallotCast' }]);
  });
});

describe('marking for paper', () => {
  it('is said once', () => {
    expect(new World().opens().when(mark)).toEqual([
      { type: 'RollMarkedPaper', data: { electionId, v: ana.v } },
    ]);
    expect(new World().opens().does(mark).when(mark)).toEqual({ rejected: 'already-marked' });
  });

  it('voids web ballots where paper prevails, is refused where it yields, and where there is none', () => {
    expect(new World('prevails').opens().does(cast(1)).when(mark)).toHaveLength(1);
    expect(new World('yields').opens().does(cast(1)).when(mark)).toEqual({ rejected: 'ballot-exists' });
    expect(new World('yields').opens().when(mark)).toHaveLength(1);
    expect(new World('none').opens().when(mark)).toEqual({ rejected: 'no-paper' });
  });
});

describe('replacing the ballot key', () => {
  it('names the old key, if there was one', () => {
    const data = { electionId, v: ana.v, new: newKey };
    expect(new World().opens().when(replaceKey)).toEqual([
      { type: 'BallotKeyReplaced', data: { ...data, old: oldKey } },
    ]);
    expect(new World().opens().when({ ...replaceKey, listed: undefined })).toEqual([
      { type: 'BallotKeyReplaced', data },
    ]);
  });

  it('names the key that was in force, not the one listed, when it is done again', () => {
    const third = toBase64url(voter('ana, third key').keys.publicKey);
    const data = { electionId, v: ana.v, old: newKey, new: third };
    expect(
      new World()
        .opens()
        .does(replaceKey)
        .when({ ...replaceKey, new: third }),
    ).toEqual([{ type: 'BallotKeyReplaced', data }]);
    expect(new World().opens().does(replaceKey).when(replaceKey)).toMatchObject({
      rejected: 'key-unchanged',
    });
  });

  it('is refused when nothing changes', () => {
    expect(new World().opens().when({ ...replaceKey, new: oldKey })).toEqual({
      rejected: 'key-unchanged',
      field: 'key',
    });
  });
});

describe('the turnout', () => {
  const turnout = (world: World) =>
    foldInto(turnoutView, new Map<string, TurnoutRow>(), world.log.events).get(electionId);

  it('has a voter once, from her first ballot in time on, also where one came to nothing before', () => {
    const world = new World().opens().happens(suspended);
    const { id, ballot } = ballotOf(ana, e, vote);
    const late: NewEvent = { type: 'BallotCast', data: { electionId, v: ana.v, id, ballot } };
    world.voter = evolve(world.voter, world.log.add(stream, late, DURING));
    expect(turnout(world)).toMatchObject({ web: 0, ballots: 0 });
    world.happens(resumed).does(cast(2));
    expect(turnout(world)).toMatchObject({ web: 1, ballots: 1, hours: [[DURING, 1, 0]] });
    world.does(cast(3));
    expect(turnout(world)).toMatchObject({ web: 1, ballots: 2, hours: [[DURING, 1, 0]] });
    expect(turnout(new World().opens().does(cast(1)).does(cast(2)))).toMatchObject({ web: 1, ballots: 2 });
  });
});

describe('whatever a voter and the election do', () => {
  const step = fc.constantFrom('cast', 'mark', 'suspend', 'resume', 'close');

  it('at most one of her ballots counts: the last one in time, or none once she took paper', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 12 }),
        fc.constantFrom('prevails' as const, 'yields' as const),
        (steps, paper) => {
          const world = new World(paper).opens();
          for (const what of steps) {
            const phase = world.election?.phase;
            if (what === 'suspend' && phase === 'open') world.happens(suspended);
            else if (what === 'resume' && phase === 'suspended') world.happens(resumed);
            else if (what === 'close' && phase !== 'closed') world.happens(closed);
            else if (what === 'cast' || what === 'mark') {
              const command = what === 'mark' ? mark : cast(world.voter.cast + 1);
              if (!('rejected' in world.when(command))) world.does(command);
            }
          }
          const ballots = world.log.events.flatMap((event) =>
            event.type === 'BallotCast'
              ? [
                  {
                    id: event.data.id,
                    n: event.data.ballot.n,
                    position: Number(event.position),
                    annulled: false,
                  },
                ]
              : [],
          );
          const statuses = standing(world.election as ElectionRow, ballots, world.voter.marked);
          const counted = ballots.filter(({ id }) => statuses.get(id) === 'counted');
          // What decide let through was in time, so only a mark keeps the last one from counting.
          expect(counted).toEqual(world.voter.marked === undefined ? ballots.slice(-1) : []);
        },
      ),
      { numRuns: 60 },
    );
  });
});
