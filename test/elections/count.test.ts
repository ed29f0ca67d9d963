/** A whole small election counted from its log, with real boxes and signatures: web and paper together and apart. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BallotBox, openAll } from '../../projections/ballot-box.js';
import { countElection, outputDigest, type Count } from '../../projections/count.js';
import { electionsView, type ElectionRow } from '../../projections/elections.view.js';
import type { NewEvent } from '../../projections/event.js';
import type { Ballot } from '../../projections/ballot.js';
import { foldInto } from '../../projections/projection.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { startChild } from '../child.js';
import { CASTS, type Cast, DURING, everybody, held, secret, SHEETS, votes, who } from './held-election.js';
import { ballotOf, batchOf, ELECTION_ID, SCHEDULE, voter } from './small-election.js';

const electionId = ELECTION_ID;

function counted(box: BallotBox, through = 1_000): Count {
  const ballots = box.standingBallots();
  const count = countElection(nodeCrypto, box, box.read(ballots, openAll(nodeCrypto, box, ballots)), through);
  if ('undecided' in count) throw new Error(`undecided: ${count.projects.join(', ')}`);
  return count;
}

const { box, ids } = held();
const { result, inputDigest, outputDigest: output } = counted(box);
const idOf = (name: string) => ids.get(CASTS.find((cast) => cast.who === who(name)) as Cast) as string;
const inesId = ids.get(CASTS.at(-1) as Cast) as string;
const area = (id: string) => result.areas.find((found) => found.area === id);
const votesIn = (list: readonly { id: string; votes: string }[] | undefined) =>
  Object.fromEntries((list ?? []).map((entry) => [entry.id, Number(entry.votes)]));

describe('a count', () => {
  it('comes to the same when many ballots are opened by workers', async () => {
    const { log } = held();
    const folder = await mkdtemp(join(tmpdir(), 'concejo-opening-'));
    const file = join(folder, 'events.json');
    const asText = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);
    await writeFile(file, JSON.stringify(log.events, asText));
    const ballots = box.standingBallots();
    // More than three parts for each of two workers, whose ends fall within the repeated list.
    const times = Math.ceil(7_500 / ballots.length);
    const child = startChild('test/elections/opening.child.ts', [file, electionId, String(times)]);
    const { code, stdout } = await child.ended;
    await rm(folder, { recursive: true });
    expect(code).toBe(0);
    const many = Array.from({ length: times }, () => ballots).flat();
    const expected = box.read(many, openAll(nodeCrypto, box, many));
    expect(expected.spoiled.map(({ reason }) => reason)).toContain('box-does-not-open');
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(expected)));
  }, 60_000);

  it('accounts for every ballot that was cast', () => {
    expect(result.ballots).toEqual({
      cast: 10,
      counted: 4,
      spoiled: 4,
      superseded: 1,
      late: 0,
      suspended: 0,
      annulled: 0,
      paper: 1,
    });
    expect(result.paper).toEqual({ batches: 1, sheets: 3, counted: 2, marks: 1, surplus: 2 });
  });

  it('begins with the definition: what a log should hold of the election before it is none of it', () => {
    const { log } = held();
    const later = new BallotBox(electionId);
    const early = log.events.filter(({ type }) => type === 'BallotCast');
    expect(early).toHaveLength(CASTS.length);
    for (const event of [...early, ...log.events]) later.apply(event);
    expect(counted(later)).toEqual(counted(box));
  });

  it('lists each spoiled ballot and sheet with its reason', () => {
    const expected = [
      { id: idOf('dora'), reason: 'too-many-options' },
      { id: idOf('eva'), reason: 'option-unknown' },
      { id: idOf('fina'), reason: 'box-does-not-open' },
      { id: inesId, reason: 'area-not-allowed' },
      { id: 'box-1/3', reason: 'too-many-options' },
    ];
    expect(result.spoiled).toHaveLength(expected.length);
    expect(result.spoiled).toEqual(expect.arrayContaining(expected));
  });

  it('counts web and paper together, each voter once and with her weight', () => {
    // Web: ana's second ballot (bench, trees), bea (trees), cai (bridge), hugo three times (bench). Paper: bridge twice.
    expect(votesIn(area('city')?.together.projects)).toEqual({ bench: 4, bridge: 3, trees: 2 });
    expect(votesIn(area('north')?.together.projects)).toEqual({ mural: 4, swing: 2 });
    // Bench 300 leaves 700: the bridge (800) does not fit and the trees (500) do.
    expect(area('city')?.together.funded).toEqual(['bench', 'trees']);
    expect(area('north')?.together.funded).toEqual(['mural']);
  });

  it('counts each apart', () => {
    const { web, paper } = area('city') ?? {};
    expect(votesIn(web?.votes)).toEqual({ bench: 4, bridge: 1, trees: 2 });
    expect(votesIn(paper?.votes)).toEqual({ bench: 0, bridge: 2, trees: 0 });
    expect([web?.ballots, paper?.ballots]).toEqual(['6', '2']);
    expect(paper?.funded?.[0]).toBe('bridge');
  });

  it('states the digest of exactly this result', () => {
    expect(output).toBe(outputDigest(nodeCrypto, result));
    expect(outputDigest(nodeCrypto, { ...result, through: 1 })).not.toBe(output);
  });

  it('gives the same digests whoever stood where on the roll and voted when', () => {
    const firsts = CASTS.filter((cast) => cast.n === undefined);
    fc.assert(
      fc.property(
        fc.shuffledSubarray(firsts, { minLength: firsts.length }),
        fc.shuffledSubarray([...everybody], { minLength: everybody.length }),
        (order, roll) => {
          const again = counted(held([...order, ...CASTS.filter((cast) => cast.n === 2)], roll).box);
          // The roll's order is part of what ballots bind to, so with another roll the ids are others and only the outcome is the same.
          expect(again.result.areas).toEqual(result.areas);
          const sameRoll = counted(held([...order, ...CASTS.filter((cast) => cast.n === 2)]).box);
          expect([sameRoll.inputDigest, sameRoll.outputDigest]).toEqual([inputDigest, output]);
        },
      ),
      { numRuns: 4 },
    );
  });

  it('takes another input digest when one counted vote is different', () => {
    const changed = CASTS.map((cast) =>
      cast.who === who('bea') ? { ...cast, vote: votes(['bench']) } : cast,
    );
    expect(counted(held(changed).box).inputDigest).not.toBe(inputDigest);
  });

  it('falls back to the ballot before where the last one is annulled', () => {
    const { log, ids: made } = held();
    const second = made.get(CASTS[1] as Cast) as string;
    const data = {
      electionId,
      actId: electionId,
      through: 1_000,
      count: 1,
      afterKey: true,
      chunk: 0,
      ids: [second],
    };
    const rule = { name: 'single' as const, ballot: second, claim: 'claim-1' };
    const rest = {
      rule,
      scope: 'ballot' as const,
      idsRoot: second,
      basis: { code: 'claim-upheld' },
      approvals: [] as never,
    };
    log.add(
      `election-${electionId}`,
      { type: 'BallotsAnnulled', data: { ...data, ...rest } },
      SCHEDULE.claimsUntil,
    );
    const after = new BallotBox(electionId);
    for (const event of log.events) after.apply(event);
    const recount = counted(after).result;
    expect(recount.ballots).toMatchObject({ counted: 4, annulled: 1, superseded: 0 });
    expect(votesIn(recount.areas[0]?.together.projects)).toEqual({ bench: 3, bridge: 4, trees: 1 });
  });

  it('counts a ballot once, under the line of its key, whatever else the log holds', () => {
    const { log, box: before } = held();
    const [ana, bea] = [who('ana'), who('bea')];
    const cast = log.events.find((event) => event.type === 'BallotCast' && event.data.v === ana.v);
    if (cast?.type !== 'BallotCast') throw new Error('nobody voted');
    const e = before.election.opening?.e ?? '';
    const forged = new BallotBox(electionId);
    const forge = (v: string, event: NewEvent) =>
      forged.apply(log.add(`ballots-${electionId}.${v}`, event, DURING));
    const underBea = (ballot: { id: string; ballot: Ballot }): NewEvent => ({
      type: 'BallotCast',
      data: { electionId, v: bea.v, ...ballot },
    });
    for (const event of log.events) {
      if (event.type === 'VotingClosed') {
        // An officer gives ana's key to bea, in whose line the very bytes, and another ballot of ana's key, are then put.
        const { k } = cast.data.ballot;
        const data = { electionId, v: bea.v, new: k };
        forge(bea.v, { type: 'BallotKeyReplaced', data });
        forge(bea.v, underBea({ id: cast.data.id, ballot: cast.data.ballot }));
        forge(bea.v, underBea(ballotOf(ana, e, votes(['bench']), { n: 9 })));
        // A key that nobody had is given to two: it is the first one's alone.
        const spare = voter('spare');
        const given = { electionId, new: spare.entry.k as string };
        forge(bea.v, { type: 'BallotKeyReplaced', data: { ...given, v: bea.v } });
        forge(ana.v, { type: 'BallotKeyReplaced', data: { ...given, v: ana.v } });
        const two = ballotOf(spare, e, votes(['bridge']), { n: 3 });
        forge(ana.v, { type: 'BallotCast', data: { electionId, v: ana.v, ...two } });
      }
      forged.apply(event);
    }
    expect(forged.statuses()).toEqual(before.statuses());
    expect(forged.standingBallots()).toEqual(before.standingBallots());
  });

  it('cannot be made before the key is published', () => {
    const { log } = held();
    const sealed = new BallotBox(electionId);
    for (const event of log.events) if (event.type !== 'ElectionKeyPublished') sealed.apply(event);
    expect(() => openAll(nodeCrypto, sealed, sealed.standingBallots())).toThrow('not published');
  });

  it('lists a batch that is not what the officers signed, whole', () => {
    const { log } = held();
    const forged = new BallotBox(electionId);
    for (const event of log.events) {
      const changed =
        event.type === 'PaperBatchRecorded' ? { ...event, data: { ...event.data, digest: secret } } : event;
      forged.apply(changed);
    }
    const recount = counted(forged).result;
    expect(recount.spoiled).toContainEqual({ id: 'box-1', reason: 'plaintext-of-another-ballot' });
    expect(recount.paper.counted).toBe(0);
  });

  it.each([
    ['twice', [SHEETS[0], SHEETS[0], SHEETS[1]]],
    ['out of order', [SHEETS[1], SHEETS[0], SHEETS[2]]],
  ])('lists a batch with a sheet %s, whole, even if two officers signed it', (_what, sheets) => {
    const { log, box: before } = held();
    const double = new BallotBox(electionId);
    for (const event of log.events) {
      const batch = batchOf('box-1', before.election.opening?.e ?? '', sheets as typeof SHEETS);
      double.apply(
        event.type === 'PaperBatchRecorded' ? { ...event, data: { ...batch, electionId } } : event,
      );
    }
    const recount = counted(double).result;
    expect(recount.spoiled).toContainEqual({ id: 'box-1', reason: 'plaintext-malformed' });
    expect(recount.paper.counted).toBe(0);
  });

  it('agrees with the view on where the election stands', () => {
    const row = foldInto(electionsView, new Map<string, ElectionRow>(), held().log.events).get(electionId);
    expect(row).toEqual(box.election);
    expect([row?.phase, row?.paper.reconciled]).toEqual(['opened', { marks: 1, surplus: 2 }]);
  });
});
