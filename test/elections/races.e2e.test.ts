/** Requests at the same instant over HTTP: exactly one order, and the answer given equals what the fold decides. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ballotId, type Ballot } from '../../projections/ballot.js';
import type { BallotBox } from '../../projections/ballot-box.js';
import { canonicalBytes } from '../../projections/canonical.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { fillBox } from '../../src/elections/counting.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { EVENT_STORE } from '../../src/platform.module.js';
import { problem, Site } from '../rest/site.js';
import {
  Booth,
  DAY_MS,
  electionWhen,
  fast,
  HOUR_MS,
  json,
  newCommandId,
  rollLine,
  storyClock,
  voterKeys,
  type Receipt,
  type VoterKeys,
} from './booth.js';

const clock = storyClock();
const instant = (ms: number) => new Date(clock.now().getTime() + ms).toISOString();
const VOTE = [{ a: 'city', ids: ['bench'] }];

let site: Site;
beforeAll(async () => (site = await Site.start({ clock })));
afterAll(() => site.stop());

/** An election whose voting is open. */
async function openElection(voters: readonly VoterKeys[]): Promise<Booth> {
  const definition = {
    title: { en: 'At the same instant' },
    areas: [{ id: 'city', budget: 1_000 }],
    ballot: { type: 'approval', min: 1, max: 2, repeats: 'refuse', limits: 'refuse' },
    ruleset: { v: 1, rule: 'greedy', score: { by: 'votes' }, tieOrder: ['listed'], ties: ['bench', 'trees'] },
    schedule: {
      opensAt: instant(-HOUR_MS),
      closesAt: instant(DAY_MS),
      claimsUntil: instant(2 * DAY_MS),
    },
    // With paper the key waits for a reconciliation: what is tested here is the close alone.
    paper: 'prevails',
    options: [
      { id: 'bench', area: 'city', cost: 300, title: { en: 'Benches' } },
      { id: 'trees', area: 'city', cost: 500, title: { en: 'Trees' } },
    ],
  };
  const post = (path: string, body: unknown) =>
    site.as('ana', 'POST', `/api/v1/elections${path}`, { body, id: newCommandId() });
  const { electionId } = await json<{ electionId: string }>(post('', definition), 201);
  const lines = voters.map((keys) => rollLine(keys, ['city']));
  await json(post(`/${electionId}/roll`, { lines, last: true }));
  await electionWhen(site, electionId, ({ phase }) => phase === 'open');
  return Booth.at(site, electionId, fast);
}

async function boxOf(booth: Booth): Promise<BallotBox> {
  const store = site.running.app.get<EventStore>(EVENT_STORE, { strict: false });
  return (await fillBox(store, nodeCrypto, booth.target.electionId)).box;
}

/** A receipt, or the code of the refusal. */
async function answerTo(request: Promise<Response>): Promise<Receipt | string> {
  const response = await request;
  if (response.ok) return (await response.json()) as Receipt;
  return String((await problem(response)).code);
}

const isReceipt = (answer: Receipt | string): answer is Receipt => typeof answer !== 'string';

describe('ballots at the same instant', () => {
  it('of two first ballots of a voter one is taken, and the other is told its number is stale', async () => {
    const voters = Array.from({ length: 10 }, (_, index) => voterKeys(`two ${index}`, fast));
    const booth = await openElection(voters);
    const answers = await Promise.all(
      voters.map((keys) =>
        Promise.all([0, 1].map((again) => answerTo(booth.send(booth.bytes(keys, { vote: VOTE, again }))))),
      ),
    );
    for (const pair of answers) {
      expect(pair.filter((answer) => !isReceipt(answer))).toEqual(['sequence-stale']);
    }
    const box = await boxOf(booth);
    expect(box.statuses()).toMatchObject({ cast: voters.length, counted: voters.length });
    const counted = new Set(box.standingBallots().map(({ id }) => id));
    const taken = answers.flat().filter(isReceipt);
    expect(new Set(taken.map((receipt) => receipt.ballotId))).toEqual(counted);
  });

  it('the same ballot twenty times is one event with twenty equal receipts', async () => {
    const ana = voterKeys('twenty', fast);
    const booth = await openElection([ana]);
    const bytes = booth.bytes(ana, { vote: VOTE });
    const answers = await Promise.all(Array.from({ length: 20 }, () => answerTo(booth.send(bytes))));
    const receipts = answers.filter(isReceipt);
    expect(answers.filter((answer) => !isReceipt(answer))).toEqual([]);
    // `repeated` says who came first: at most one did.
    expect(receipts.filter(({ repeated }) => !repeated).length).toBeLessThanOrEqual(1);
    const plain = receipts.map(({ repeated: _repeated, ...receipt }) => receipt);
    expect(plain).toEqual(plain.map(() => plain[0]));
    expect((await boxOf(booth)).statuses()).toMatchObject({ cast: 1, counted: 1 });
  });

  it('a voter at three booths at once makes one sequence of ballots', async () => {
    const ana = voterKeys('booths', fast);
    const booth = await openElection([ana]);
    const taken: number[] = [];
    await Promise.all(
      Array.from({ length: 3 }, async (_, again) => {
        for (let n = 1; n <= 8; n++) {
          const answer = await answerTo(booth.send(booth.bytes(ana, { vote: VOTE, n, again })));
          if (isReceipt(answer)) taken.push(n);
          else expect(answer).toBe('sequence-stale');
        }
      }),
    );
    expect(taken.length).toBeGreaterThan(0);
    // No number was given twice, and none is missing below the last.
    expect([...taken].sort((a, b) => a - b)).toEqual(taken.map((_, index) => index + 1));
    expect((await boxOf(booth)).statuses()).toMatchObject({
      cast: taken.length,
      counted: 1,
      superseded: taken.length - 1,
    });
  });
});

describe('a hundred ballots in flight', () => {
  const RACES = [
    ['a close', 'voting-closed'],
    ['a suspension', 'voting-suspended'],
  ] as const;

  it.each(RACES)('and %s: whoever has a receipt is counted, and nobody else', async (what, refusal) => {
    const voters = Array.from({ length: 100 }, (_, index) => voterKeys(`${what} ${index}`, fast));
    const booth = await openElection(voters);
    const { electionId } = booth.target;
    const ballots = voters.map((keys) => booth.ballot(keys, { vote: VOTE }));
    const stop = await stopper(what, electionId);
    let stopping: Promise<void> | undefined;
    let next = 0;
    let answered = 0;
    const answers: { id: string; answer: Receipt | string }[] = [];
    const booths = Array.from({ length: 10 }, async () => {
      for (let index = next++; index < ballots.length; index = next++) {
        // However long it takes to stop: the last ballots come after it.
        if (index >= ballots.length - 20) await stopping;
        const ballot = ballots[index] as Ballot;
        const answer = await answerTo(booth.send(canonicalBytes(ballot)));
        answers.push({ id: ballotId(nodeCrypto, ballot), answer });
        if (++answered === 20) stopping = stop();
      }
    });
    await Promise.all(booths);
    await stopping;
    expect(answers.length).toBe(voters.length);
    const box = await boxOf(booth);
    const counted = new Set(box.standingBallots().map(({ id }) => id));
    for (const { id, answer } of answers) {
      expect([id, isReceipt(answer)]).toEqual([id, counted.has(id)]);
      if (!isReceipt(answer)) expect(answer).toBe(refusal);
    }
    // The race was one: some came before, and some after.
    expect(counted.size).toBeGreaterThanOrEqual(20);
    expect(counted.size).toBeLessThanOrEqual(80);
  });

  /** Prepares everything but the last request, after which nobody can vote. */
  async function stopper(what: string, electionId: string): Promise<() => Promise<void>> {
    if (what === 'a suspension') {
      const path = `/api/v1/elections/${electionId}/suspensions`;
      const body = { reason: { code: 'storm' } };
      return async () => {
        await json(site.as('ana', 'POST', path, { body, id: newCommandId() }));
      };
    }
    const body = { kind: 'close-early', body: { electionId, reason: { code: 'done' } } };
    const proposal = site.as('ana', 'POST', '/api/v1/acts', { body, id: newCommandId() });
    const path = `/api/v1/acts/${(await json<{ id: string }>(proposal, 201)).id}/approvals`;
    return async () =>
      expect(await json(site.as('bea', 'POST', path, { body: {} }))).toMatchObject({ state: 'done' });
  }
});
