/** Acts of two persons over real HTTP: who may, what is signed, and that each is carried out once. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import type { Pool } from 'pg';
import { Type } from 'typebox';
import { verifyApprovals } from '../../projections/approval.js';
import { systemClock, DemoClock } from '../../src/clock.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { isRejection } from '../../src/event-store/command-log.js';
import { POOL } from '../../src/platform.module.js';
import { ActKinds, type ApprovedAct } from '../../src/staff/act-kinds.js';
import { Acts } from '../../src/staff/acts.js';
import { StaffDirectory } from '../../src/staff/directory.js';
import { people, problem, Site } from '../rest/site.js';

/** What the tested kinds did, and what they shall do next. */
const done: ApprovedAct[] = [];
let next: () => Promise<{ position: bigint } | { rejected: string }> = () =>
  Promise.resolve({ position: 41n });

@Module({})
class TestActs implements OnModuleInit {
  constructor(@Inject(ActKinds) private readonly kinds: ActKinds) {}

  onModuleInit(): void {
    const roles = ['returning-officer'];
    const about = {
      summary: 'For a test',
      body: Type.Object({}),
      example: {},
      problems: { proposing: [], carryingOut: [] },
    };
    const execute = (approved: ApprovedAct) => {
      done.push(approved);
      return next();
    };
    this.kinds.register({
      kind: 'close',
      roles,
      about,
      prepare: (body, { actId }) => {
        const { wrong, n } = body as { wrong?: boolean; n: number };
        return Promise.resolve(
          wrong ? { rejected: 'wrong-phase' } : { act: { type: 'Closed', data: { actId, n } } },
        );
      },
      execute,
    });
    this.kinds.register({
      kind: 'keyed-twice',
      roles,
      about,
      prepare: (body, { actId }) =>
        Promise.resolve({
          act: { type: 'Keyed', data: { actId } },
          kept: { sum: (body as { n: number }).n },
        }),
      confirm: (body, { kept }) =>
        (body as { n: number }).n === (kept as { sum: number }).sum
          ? undefined
          : { rejected: 'sheets-differ' },
      execute,
    });
  }
}

const clock = new DemoClock(0, systemClock);
let site: Site;
beforeAll(async () => (site = await Site.start({ modules: [TestActs], clock })));
afterAll(() => site.stop());
beforeEach(() => {
  done.length = 0;
  next = () => Promise.resolve({ position: 41n });
});

let count = 0;
const newId = () => `command-${String(++count).padStart(12, '0')}`;

interface Shown {
  id: string;
  state: string;
  approvals: { actor: string; at: string }[];
  outcome?: Record<string, unknown>;
}
const show = async (response: Response) => ({
  status: response.status,
  ...((await response.json()) as Shown),
});

async function propose(
  kind = 'close',
  body: object = { n: 1 },
  who: keyof typeof people = 'ana',
  id = newId(),
) {
  const response = await site.as(who, 'POST', '/api/v1/acts', { body: { kind, body }, id });
  expect(response.status).toBe(201);
  return show(response);
}
const approve = (id: string, who: keyof typeof people, body?: object) =>
  site.as(who, 'POST', `/api/v1/acts/${id}/approvals`, body === undefined ? {} : { body: { body } });

describe('an act', () => {
  it('waits for a second person, is then carried out once, and both signatures verify', async () => {
    const act = await propose();
    expect(act).toMatchObject({ state: 'pending', approvals: [{ actor: 'ana' }] });
    expect(done).toHaveLength(0);
    expect(await show(await approve(act.id, 'bea'))).toMatchObject({
      status: 200,
      state: 'done',
      outcome: { position: '41' },
    });
    expect(done).toHaveLength(1);
    const [{ by, act: signed, approvals }] = done as [ApprovedAct];
    expect(by).toMatchObject({ commandId: act.id, actor: { id: 'ana', roles: people.ana.member.roles } });
    expect(signed).toEqual({ type: 'Closed', data: { actId: act.id, n: 1 } });
    const directory = site.running.app.get(StaffDirectory, { strict: false });
    const place = { position: 100, roles: ['returning-officer'] };
    expect(
      verifyApprovals(nodeCrypto, signed, approvals, (id) => directory.rowOf(id), place),
    ).toBeUndefined();
  });

  it('is not approved twice by the same person', async () => {
    const act = await propose();
    expect(await problem(await approve(act.id, 'ana'))).toMatchObject({ status: 409, code: 'same-person' });
    expect(done).toHaveLength(0);
  });

  it('answers its second person again, and refuses a third', async () => {
    const act = await propose();
    await approve(act.id, 'bea');
    expect(await show(await approve(act.id, 'bea'))).toMatchObject({
      state: 'done',
      outcome: { position: '41' },
    });
    expect(await problem(await approve(act.id, 'cova'))).toMatchObject({ status: 409, code: 'act-decided' });
    expect(done).toHaveLength(1);
  });

  it('is carried out once when two approve at the same instant', async () => {
    for (let round = 0; round < 5; round++) {
      done.length = 0;
      next = async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return { position: 7n };
      };
      const act = await propose();
      const who = ['bea', 'cova', 'bea'] as const;
      const answers = await Promise.all(who.map((one) => approve(act.id, one)));
      expect(done).toHaveLength(1);
      const second = done[0]?.approvals[1].actor;
      const carriedOut = answers.filter(({ status }) => status === 200);
      expect(carriedOut.length).toBeGreaterThan(0);
      for (const answer of carriedOut) expect(await show(answer)).toMatchObject({ state: 'done' });
      for (const answer of answers.filter(({ status }) => status !== 200)) {
        expect(await problem(answer)).toMatchObject({
          status: 409,
          code: expect.stringMatching(/^act-(being-carried-out|decided)$/) as unknown,
        });
      }
      // Asked again, whoever approved gets the same receipt, and the other one is refused.
      for (const one of ['bea', 'cova'] as const) {
        const again = await approve(act.id, one);
        if (one === second) expect(await show(again)).toMatchObject({ outcome: { position: '7' } });
        else expect(await problem(again)).toMatchObject({ code: 'act-decided' });
      }
      expect(done).toHaveLength(1);
    }
  });

  it('is carried out while very many ask for it, which keep no connection that it needs', async () => {
    const pool = site.running.app.get<Pool>(POOL, { strict: false });
    let begin: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    let go: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => (go = resolve));
    next = async () => {
      begin();
      await asked;
      // What carries an act out needs more connections than its lock's.
      await Promise.all([1, 2, 3].map(() => pool.query('select pg_sleep(0.05)')));
      return { position: 8n };
    };
    const act = await propose();
    const first = approve(act.id, 'bea');
    await begun;
    const many = await Promise.all(
      Array.from({ length: 60 }, (_, index) => approve(act.id, index % 2 === 0 ? 'bea' : 'cova')),
    );
    for (const answer of many) {
      expect(await problem(answer)).toMatchObject({ status: 409, code: 'act-being-carried-out' });
    }
    expect(await problem(await site.as('ana', 'DELETE', `/api/v1/acts/${act.id}`))).toMatchObject({
      code: 'act-being-carried-out',
    });
    go();
    expect(await show(await first)).toMatchObject({ state: 'done', outcome: { position: '8' } });
    expect(await show(await approve(act.id, 'bea'))).toMatchObject({ state: 'done' });
    expect(done).toHaveLength(1);
  });

  it('is tried again after an outage, and not forgotten', async () => {
    const act = await propose();
    next = () => Promise.reject(new Error('the disk is full'));
    expect(await problem(await approve(act.id, 'bea'))).toMatchObject({ status: 500 });
    expect(await show(await site.as('ana', 'GET', `/api/v1/acts/${act.id}`))).toMatchObject({
      state: 'approved',
    });
    const acts = site.running.app.get(Acts, { strict: false });
    const failures: string[] = [];
    await acts.resume((actId) => failures.push(actId));
    expect(failures).toEqual([act.id]);
    next = () => Promise.resolve({ position: 42n });
    // As when the program starts again.
    await acts.resume((actId) => failures.push(actId));
    expect(failures).toHaveLength(1);
    expect(await show(await site.as('ana', 'GET', `/api/v1/acts/${act.id}`))).toMatchObject({
      state: 'done',
      outcome: { position: '42' },
    });
    expect(done.map(({ by }) => by.commandId)).toEqual([act.id, act.id, act.id]);
  });

  it('keeps a refusal of the rules as its outcome', async () => {
    const act = await propose();
    next = () => Promise.resolve({ rejected: 'wrong-phase' });
    expect(await show(await approve(act.id, 'bea'))).toMatchObject({
      state: 'refused',
      outcome: { rejected: 'wrong-phase' },
    });
  });

  it('is not carried out when its row was tampered with', async () => {
    const pool = site.running.app.get<Pool>(POOL, { strict: false });
    const act = await propose();
    // What the runtime role may change at all: approvals, not the act.
    await expect(
      pool.query(`update pending_acts set act = '{}' where act_id = $1`, [act.id]),
    ).rejects.toThrow(/permission/);
    const forged = JSON.stringify([{ actor: 'cova', at: '2026-10-01T08:00:00.000Z', sig: 'A'.repeat(86) }]);
    await pool.query('update pending_acts set approvals = $2 where act_id = $1', [act.id, forged]);
    expect(await show(await approve(act.id, 'bea'))).toMatchObject({
      state: 'refused',
      outcome: { rejected: 'approval-signature-wrong' },
    });
    expect(done).toHaveLength(0);
  });
});

describe('a second entry', () => {
  it('must be the same as the first', async () => {
    const act = await propose('keyed-twice', { n: 5 });
    expect(await problem(await approve(act.id, 'bea'))).toMatchObject({
      status: 422,
      code: 'approval-body-required',
    });
    expect(await problem(await approve(act.id, 'bea', { n: 6 }))).toMatchObject({ code: 'sheets-differ' });
    expect(await show(await approve(act.id, 'bea', { n: 5 }))).toMatchObject({ state: 'done' });
    const plain = await propose();
    expect(await problem(await approve(plain.id, 'bea', { n: 1 }))).toMatchObject({
      code: 'approval-body-unexpected',
    });
    expect(done).toHaveLength(1);
  });
});

describe('a proposal', () => {
  it('that comes again meets the same act; another one under its id is refused', async () => {
    const id = newId();
    const [first, again] = await Promise.all([
      propose('close', { n: 3 }, 'ana', id),
      propose('close', { n: 3 }, 'ana', id),
    ]);
    expect(again).toEqual(first);
    const other = await site.as('ana', 'POST', '/api/v1/acts', {
      body: { kind: 'close', body: { n: 4 } },
      id,
    });
    expect(await problem(other)).toMatchObject({ status: 422, code: 'command-id-reused' });
    expect((await propose('close', { n: 3 }, 'bea', id)).id).not.toBe(first.id);
  });

  it.each([
    ['by nobody', undefined, { kind: 'close', body: {} }, 'sign-in-needed'],
    ['without the role', 'lin', { kind: 'close', body: {} }, 'role-missing'],
    ['of an unknown kind', 'ana', { kind: 'other', body: {} }, 'act-kind-unknown'],
    ['that the kind refuses', 'ana', { kind: 'close', body: { wrong: true } }, 'wrong-phase'],
    ['without a body', 'ana', { kind: 'close' }, 'invalid-input'],
  ] as const)('%s is refused', async (_what, who, body, code) => {
    const response =
      who === undefined
        ? await site.fetch('/api/v1/acts', {
            method: 'POST',
            body: JSON.stringify(body),
            headers: { 'content-type': 'application/json' },
          })
        : await site.as(who, 'POST', '/api/v1/acts', { body, id: newId() });
    expect(await problem(response)).toMatchObject({ code });
  });

  it('is taken back by its proposer, and then nobody approves it', async () => {
    const act = await propose();
    expect(await problem(await site.as('lin', 'DELETE', `/api/v1/acts/${act.id}`))).toMatchObject({
      code: 'role-missing',
    });
    expect(await show(await site.as('ana', 'DELETE', `/api/v1/acts/${act.id}`))).toMatchObject({
      state: 'withdrawn',
      withdrawnBy: 'ana',
    });
    expect(await problem(await approve(act.id, 'bea'))).toMatchObject({ code: 'act-decided' });
  });

  it('expires after seven days', async () => {
    const act = await propose();
    const days = 86_400_000;
    clock.advance(7 * days - 60_000);
    expect(await show(await site.as('ana', 'GET', `/api/v1/acts/${act.id}`))).toMatchObject({
      state: 'pending',
    });
    clock.advance(60_001);
    expect(await show(await site.as('ana', 'GET', `/api/v1/acts/${act.id}`))).toMatchObject({
      state: 'expired',
    });
    expect(await problem(await approve(act.id, 'bea'))).toMatchObject({ code: 'act-expired' });
  });

  it('stands in the list, the newest first, page by page', async () => {
    const made = [];
    for (let n = 0; n < 5; n++) made.unshift((await propose()).id);
    const seen: string[] = [];
    let path: string | undefined = '/api/v1/acts?limit=2&state=pending';
    while (path !== undefined && seen.length < 5) {
      const page = (await (await site.as('lin', 'GET', path)).json()) as {
        items: Shown[];
        links: { next?: string };
      };
      seen.push(...page.items.map(({ id }) => id));
      path = page.links.next;
    }
    expect(seen.slice(0, 5)).toEqual(made);
    expect(await problem(await site.as('lin', 'GET', '/api/v1/acts?cursor=bm9uc2Vuc2U'))).toMatchObject({
      code: 'invalid-cursor',
    });
    expect(await problem(await site.fetch('/api/v1/acts'))).toMatchObject({
      status: 401,
      code: 'sign-in-needed',
    });
    expect(await problem(await site.as('ana', 'GET', '/api/v1/acts/no-uuid'))).toMatchObject({
      status: 404,
      code: 'act-not-found',
    });
  });
});

describe('the clock', () => {
  it('is confirmed by two persons only after it was moved', async () => {
    const refused = await site.running.app.get(Acts, { strict: false }).propose(
      'confirm-clock',
      {},
      {
        actor: { id: 'ana', roles: ['administrator'], sign: () => new Uint8Array(64) },
        commandId: newId(),
        request: new Uint8Array(),
      },
    );
    expect(isRejection(refused) && refused.rejected).toBe('clock-steady');
  });
});
