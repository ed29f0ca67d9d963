/** Requests at the same instant over HTTP: exactly one order, and the answer given equals what the fold decides. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { ballotId, type Ballot } from '../../projections/ballot.js';
import type { BallotBox } from '../../projections/ballot-box.js';
import { toBase64url } from '../../projections/bytes.js';
import { ballotsView } from '../../projections/ballots.view.js';
import { canonicalBytes } from '../../projections/canonical.js';
import { openEvent, type NewEvent } from '../../projections/event.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { fillBox } from '../../src/elections/counting.js';
import { RollLines } from '../../src/elections/roll-lines.js';
import type { CommandLog } from '../../src/event-store/command-log.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { COMMAND_LOG, EVENT_STORE, POOL } from '../../src/platform.module.js';
import { tableName } from '../../src/views/table.js';
import { problem, Site } from '../rest/site.js';
import {
  Booth,
  fast,
  json,
  newCommandId,
  storyClock,
  together,
  voterKeys,
  type Receipt,
  type VoterKeys,
} from './booth.js';
import { openOneArea } from './one-area.js';

const clock = storyClock();
const VOTE = [{ a: 'city', ids: ['bench'] }];

let site: Site;
beforeAll(async () => (site = await Site.start({ clock })));
afterAll(() => site.stop());

/** An election whose voting is open. With paper the key waits for a reconciliation: what is tested here is the close alone. */
async function openElection(voters: readonly VoterKeys[]): Promise<Booth> {
  return Booth.at(site, await openOneArea(site, clock, voters), fast);
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

describe('what a ballot is answered', () => {
  it('sent again while the views are behind, is what the log says and not what they show', async () => {
    const ana = voterKeys('behind', fast);
    const booth = await openElection([ana]);
    const pool = site.running.app.get<Pool>(POOL, { strict: false });
    const client = await pool.connect();
    try {
      await client.query(`begin; lock table ${tableName(ballotsView)} in exclusive mode`);
      const first = await booth.cast(ana, { vote: VOTE });
      await booth.cast(ana, { vote: VOTE, n: 2 });
      const again = json(booth.send(booth.bytes(ana, { vote: VOTE })));
      await new Promise((resolve) => setTimeout(resolve, 300));
      await client.query('rollback');
      expect(await again).toEqual({ ...first, status: 'superseded', repeated: true });
    } finally {
      client.release(true);
    }
  });

  it('is that it is annulled, when the election was before the answer was given', async () => {
    const ana = voterKeys('annulled', fast);
    const booth = await openElection([ana]);
    const { electionId } = booth.target;
    const store = site.running.app.get<EventStore>(EVENT_STORE, { strict: false });
    const append = store.append.bind(store);
    store.append = async (wanted) => {
      const appended = await append(wanted);
      if (wanted.events[0]?.type === 'BallotCast') {
        const body = { electionId, reason: { code: 'flood' } };
        expect(await together(site, ['ana', 'bea'], 'annul-election', body)).toMatchObject({ state: 'done' });
      }
      return appended;
    };
    try {
      expect(await booth.cast(ana, { vote: VOTE })).toMatchObject({ status: 'annulled', repeated: false });
    } finally {
      store.append = append;
    }
    expect((await boxOf(booth)).statuses()).toMatchObject({ cast: 1, counted: 0, annulled: 1 });
    const again = json(booth.send(booth.bytes(ana, { vote: VOTE })));
    expect(await again).toMatchObject({ status: 'annulled', repeated: true });
  });
});

describe('ballot keys', () => {
  const replace = (booth: Booth, v: string, { publicKey }: VoterKeys, id = newCommandId()) => {
    const path = `/api/v1/elections/${booth.target.electionId}/voters/${v}/key`;
    return site.as('ana', 'POST', path, { body: { key: toBase64url(publicKey) }, id });
  };
  const codeOf = async (response: Promise<Response>) => String((await problem(await response)).code);
  const lookUp = async (booth: Booth, v: string) => {
    const head = await site.running.app.get<EventStore>(EVENT_STORE, { strict: false }).head();
    return json(
      site.fetch(`/api/v1/elections/${booth.target.electionId}/voters/${v}?atLeast=${String(head)}`),
    );
  };
  const lineOf = async (booth: Booth, { name }: VoterKeys) => {
    const lines = site.running.app.get(RollLines, { strict: false });
    return (await lines.pseudonyms(booth.target.electionId, [`person ${name}`]))[0] ?? '';
  };

  it('that somebody had before are given to nobody else, so that no ballot is counted for two', async () => {
    const [ana, bea] = [voterKeys('had', fast), voterKeys('abstains', fast)];
    const later = voterKeys('had later', fast);
    const booth = await openElection([ana, bea]);
    const bytes = booth.bytes(ana, { vote: VOTE });
    const { v, ballotId: id } = await json<Receipt>(booth.send(bytes), 201);
    const abstains = await lineOf(booth, bea);
    expect((await replace(booth, v, later)).status).toBe(200);
    for (const key of [ana, later]) {
      expect(await codeOf(replace(booth, abstains, key))).toBe('ballot-key-repeated');
      expect(await codeOf(replace(booth, v, key))).toBe('ballot-key-repeated');
    }
    await booth.send(bytes);
    const box = await boxOf(booth);
    expect(box.statuses()).toMatchObject({ cast: 1, counted: 1 });
    expect(await lookUp(booth, abstains)).toMatchObject({ keyReplacements: [], ballots: [] });
    // The replaced voter sees it, by its place and the full hour.
    expect(await lookUp(booth, v)).toMatchObject({
      keyReplacements: [{ at: expect.stringMatching(/T\d\d:00:00\.000Z$/), position: expect.any(String) }],
      ballots: [{ id, status: 'counted' }],
    });
    expect(await booth.cast(later, { vote: VOTE, n: 2, previous: id })).toMatchObject({ v });
  });

  it('given to two lines at the same instant are the first one’s, and the other is refused', async () => {
    const voters = Array.from({ length: 8 }, (_, index) => voterKeys(`desk ${index}`, fast));
    const booth = await openElection(voters);
    const lines = await Promise.all(voters.map((keys) => lineOf(booth, keys)));
    for (let at = 0; at < lines.length; at += 2) {
      const key = voterKeys(`given twice ${at}`, fast);
      const pair = lines.slice(at, at + 2);
      const answers = await Promise.all(
        pair.map(async (v) => {
          const response = await replace(booth, v, key);
          return response.ok ? v : String((await problem(response)).code);
        }),
      );
      expect(answers.filter((answer) => answer === 'ballot-key-repeated')).toHaveLength(1);
      const { v } = await booth.cast(key, { vote: VOTE });
      expect(answers).toContain(v);
    }
    expect((await boxOf(booth)).statuses()).toMatchObject({ cast: 4, counted: 4 });
  });

  it('are replaced, and ballots cast, in a full hour: nothing in a voter’s stream says the minute', async () => {
    const ana = voterKeys('hour', fast);
    const booth = await openElection([ana]);
    const later = voterKeys('hour, later', fast);
    const { v } = await booth.cast(ana, { vote: VOTE });
    await json(replace(booth, v, later));
    await booth.cast(later, { vote: VOTE, n: 2 });
    await json(
      site.as('pia', 'POST', `/api/v1/elections/${booth.target.electionId}/voters/${v}/paper`, {
        id: newCommandId(),
      }),
    );
    const store = site.running.app.get<EventStore>(EVENT_STORE, { strict: false });
    const found: string[] = [];
    for await (const recorded of store.readStream(`ballots-${booth.target.electionId}.${v}`)) {
      const { type, at } = openEvent(nodeCrypto, recorded);
      found.push(type);
      expect([type, at]).toEqual([type, expect.stringMatching(/T\d\d:00:00\.000Z$/)]);
    }
    expect(found).toEqual(['BallotCast', 'BallotKeyReplaced', 'BallotCast', 'RollMarkedPaper']);
  });

  it('count for their line alone, also at look-up, if a log has more than the program writes', async () => {
    const [ana, bea] = [voterKeys('owner', fast), voterKeys('other', fast)];
    const booth = await openElection([ana, bea]);
    const { electionId } = booth.target;
    const ballot = booth.ballot(ana, { vote: VOTE });
    const id = ballotId(nodeCrypto, ballot);
    const { v } = await booth.cast(ana, { vote: VOTE });
    const other = await lineOf(booth, bea);
    const second = booth.ballot(ana, { vote: VOTE, again: 1 });
    const events: NewEvent[] = [
      { type: 'BallotKeyReplaced', data: { electionId, v: other, new: ballot.k } },
      { type: 'BallotCast', data: { electionId, v: other, id, ballot } },
      {
        type: 'BallotCast',
        data: { electionId, v: other, id: ballotId(nodeCrypto, second), ballot: second },
      },
    ];
    const stream = `ballots-${electionId}.${other}`;
    const meta = {
      commandId: newCommandId(),
      actor: 'ana',
      at: '2026-05-01T08:00:00.000Z',
      request: new Uint8Array(),
    };
    const log = site.running.app.get<CommandLog>(COMMAND_LOG, { strict: false });
    await log.run({ stream, meta, initial: 0, evolve: (state) => state, decide: () => events });
    expect((await boxOf(booth)).statuses()).toMatchObject({ cast: 1, counted: 1 });
    expect(await lookUp(booth, v)).toMatchObject({ ballots: [{ id, status: 'counted' }] });
    expect(await lookUp(booth, other)).toMatchObject({ keyReplacements: [{}], ballots: [] });
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
