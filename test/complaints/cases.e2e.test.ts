/** Matters that say the same: whose mails, whose figures and whose pages change when staff puts them together and apart. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { MatterSubscriptions } from '../../src/complaints/matter-subscriptions.js';
import { Matters } from '../../src/complaints/matters.js';
import { Codes } from '../../src/complaints/codes.js';
import { People } from '../../src/complaints/people.js';
import { POOL } from '../../src/platform.module.js';
import { json, storyClock } from '../elections/booth.js';
import { TestMailServer } from '../mail/mail-server.js';
import { problem, Site } from '../rest/site.js';
import { until } from '../views/world.js';
import { act, describeCity, file, joinBy, LAMP, post, type Filed, type Receipt } from './story.js';

const NELA = 'nela@example.org';
let server: TestMailServer;
let site: Site;
let pool: Pool;

beforeAll(async () => {
  server = await TestMailServer.start();
  const mail = { CONCEJO_SMTP: server.url, CONCEJO_MAIL_FROM: 'Villa <no-reply@villa.example>' };
  site = await Site.start({ clock: storyClock() }, { ...mail, PUBLIC_URL: 'https://vota.villa.example' });
  pool = site.running.app.get<Pool>(POOL, { strict: false });
  await describeCity(site);
});
afterAll(async () => {
  await site.stop();
  await server.stop();
});

function staff(matterId: string, what: string, body?: object): Promise<Receipt> {
  return json<Receipt>(act(site, 'lin', matterId, what, body));
}

/** By somebody who has confirmed her address. */
async function confirmed(email: string): Promise<Filed> {
  const filed = await file(site, { ...LAMP, reporter: { name: 'Nela', email } });
  const people = site.running.app.get(People, { strict: false });
  // The code that goes out by itself would take the place of this one.
  await until('the first code is out', () => server.delivered.some(({ to }) => to === email));
  const [person] = await people.ofMatter(filed.matterId);
  const code = await site.running.app.get(Codes, { strict: false }).newCode(person!.personId);
  await json(post(site, '/by-link/confirmations', { link: filed.link, code }));
  return filed;
}

interface MatterJson {
  state: string;
  due?: string;
  joined: number;
  members: number;
  of?: string;
}

function see(matterId: string, { position }: { position: string }): Promise<MatterJson> {
  return json<MatterJson>(site.fetch(`/api/v1/matters/${matterId}?atLeast=${position}`));
}

/** Of the log as it is. */
async function head(): Promise<{ position: string }> {
  const { rows } = await pool.query<{ position: string }>('select max(position) as position from events');
  return rows[0]!;
}

async function caseOf(matterId: string): Promise<unknown> {
  const { rows } = await pool.query('select case_id from matter_cases where matter_id = $1', [matterId]);
  return (rows as { case_id: string }[])[0]?.case_id;
}

/** In every table that is about people and their mails. */
async function rowsWith(words: string): Promise<string[]> {
  const tables = ['matter_people', 'matter_links', 'matter_keys', 'matter_cases', 'outbox', 'contents'];
  const found = await Promise.all(
    tables.map((table) => pool.query(`select from ${table} t where t::text like $1`, [`%${words}%`])),
  );
  return tables.filter((_, index) => found[index]?.rowCount !== 0);
}

describe('a duplicate', () => {
  it('is answered with the other, by one mail, and leaves no address when it is erased', async () => {
    const [kept, same] = [await file(site), await confirmed(NELA)];
    await staff(kept.matterId, 'release', { place: false });
    await staff(same.matterId, 'duplicate', { of: kept.matterId });
    await staff(kept.matterId, 'answer', { state: 'resolved', words: { es: 'Cambiada.' } });
    const mails = () =>
      server.delivered.filter(({ to, message }) => to === NELA && message.includes('Cambiada.'));
    await until('she is told', () => mails().length > 0);
    await until('nothing waits', async () => {
      const waiting = await pool.query("select from outbox where state <> 'sent'");
      return waiting.rowCount === 0;
    });
    expect(mails()).toHaveLength(1);
    await json(post(site, '/by-link/erasures', { link: same.link }));
    expect(await rowsWith(NELA)).toEqual([]);
  });
});

describe('a matter in a case', () => {
  it('is named where both are public, whichever of them is released last', async () => {
    for (const [first, last] of [
      ['case', 'member'],
      ['member', 'case'],
    ] as const) {
      const ids = { case: (await file(site)).matterId, member: (await file(site)).matterId };
      await staff(ids.case, 'gather', { members: [ids.member] });
      const before = await see(ids[first], await staff(ids[first], 'release', { place: false }));
      expect([before.of, before.members]).toEqual([undefined, 0]);
      const receipt = await staff(ids[last], 'release', { place: false });
      expect((await see(ids.member, receipt)).of).toBe(ids.case);
      expect((await see(ids.case, receipt)).members).toBe(1);
      const apart = await staff(ids.member, 'separate');
      expect((await see(ids.member, apart)).of).toBeUndefined();
      expect((await see(ids.case, apart)).members).toBe(0);
    }
  });

  it('is not named in a private one, neither in the log nor on a page nor to who filed it', async () => {
    const [hidden, shown] = [await file(site, { ...LAMP, private: true }), await file(site)];
    await staff(shown.matterId, 'release', { place: false });
    const gathered = await staff(hidden.matterId, 'gather', { members: [shown.matterId] });
    expect(await caseOf(shown.matterId)).toBe(hidden.matterId);
    const page = await site.fetch(`/api/v1/matters/${shown.matterId}?atLeast=${gathered.position}`);
    expect(await page.text()).not.toContain(hidden.matterId);
    const own = await post(site, '/by-link/views', { link: shown.link });
    expect(await own.text()).not.toContain(hidden.matterId);
    const whole = await json(site.as('lin', 'GET', `/api/v1/matters/${shown.matterId}/file`));
    expect(whole).toMatchObject({ of: hidden.matterId });
    const { rows } = await pool.query<{ leaf: string }>(
      "select convert_from(leaf, 'UTF8') as leaf from events where stream = $1",
      [`matter-${shown.matterId}`],
    );
    expect(rows.map(({ leaf }) => leaf).join('\n')).not.toContain(hidden.matterId);
  });

  it('shows nobody but its own people what a private one was answered, until staff shows it', async () => {
    const hidden = await file(site, { ...LAMP, private: true });
    const [shown, later] = [await confirmed('maruja@example.org'), await file(site)];
    await staff(shown.matterId, 'release', { place: false });
    const joiner = 'olga@example.org';
    await joinBy(site, shown.matterId, joiner);
    const members = [shown.matterId, later.matterId];
    await staff(hidden.matterId, 'gather', { members });
    await staff(hidden.matterId, 'answer', { state: 'answered', words: { es: 'Señora Pérez: iremos.' } });
    const mailsTo = (address: string) =>
      server.delivered.filter(({ to, message }) => to === address && /Señora P|Se=C3=B1ora P/.test(message));
    await until('its reporter is told', () => mailsTo('maruja@example.org').length > 0);
    await until('nothing waits', async () => {
      const waiting = await pool.query("select from outbox where state in ('waiting', 'sending')");
      return waiting.rowCount === 0;
    });
    expect(server.delivered.filter(({ to }) => to === joiner).length).toBeGreaterThan(0);
    expect(mailsTo(joiner)).toEqual([]);
    await staff(later.matterId, 'release', { place: false });
    const { position } = await head();
    const pages = () =>
      Promise.all(
        members.map(async (id) => (await site.fetch(`/api/v1/matters/${id}?atLeast=${position}`)).text()),
      );
    for (const page of await pages()) expect(page).not.toContain('Señora');
    const answer = json<{ withheld: string[] }>(
      site.as('lin', 'GET', `/api/v1/matters/${shown.matterId}/file`),
    );
    const { withheld } = await answer;
    expect(withheld).toHaveLength(1);
    await until('reads show it', async () => {
      const released = await staff(shown.matterId, 'release-additions', { ids: withheld });
      await see(shown.matterId, released);
      return (await pages())[0]?.includes('Señora') === true;
    });
  });

  it('goes into no other, takes no other, and no case goes into one, released or not', async () => {
    const [one, two, member] = [await file(site), await file(site), await file(site)];
    await staff(one.matterId, 'gather', { members: [member.matterId] });
    const refused = async (of: Filed, into: Filed) =>
      (await problem(await act(site, 'lin', into.matterId, 'gather', { members: [of.matterId] }))).code;
    expect(await refused(member, two)).toBe('matter-in-case');
    expect(await refused(two, member)).toBe('matter-in-case');
    expect(await refused(one, two)).toBe('matter-is-case');
    const same = await act(site, 'lin', one.matterId, 'duplicate', { of: two.matterId });
    expect(await problem(same)).toMatchObject({ code: 'matter-is-case' });
    const closed = await act(site, 'lin', two.matterId, 'duplicate', { of: member.matterId });
    expect(await problem(closed)).toMatchObject({ code: 'matter-in-case', field: 'of' });
  });

  it('counts its people there, each once, and they leave with it', async () => {
    const reporter = { name: 'Ada', email: 'ada@example.org' };
    const kept = await file(site, { ...LAMP, reporter });
    await staff(kept.matterId, 'release', { place: false });
    const filings = [undefined, { name: 'Bea', email: 'bea@example.org' }, reporter];
    const [one, two, hers] = await Promise.all(filings.map((by) => file(site, { ...LAMP, reporter: by })));
    const again = await file(site, { ...LAMP, reporter: filings[1] });
    const members = [one!, two!, hers!, again].map(({ matterId }) => matterId);
    await staff(kept.matterId, 'gather', { members });
    const { rowCount } = await pool.query('select from matter_people where matter_id = $1', [kept.matterId]);
    const counted = async () => {
      return (await see(kept.matterId, await head())).joined;
    };
    // Who filed the case is no second person, and who filed two is one.
    expect([await counted(), rowCount]).toEqual([2, 1]);
    await staff(again.matterId, 'separate');
    expect(await counted()).toBe(2);
    await staff(two!.matterId, 'separate');
    await staff(hers!.matterId, 'separate');
    expect(await counted()).toBe(1);
  });
});

describe('who is counted with a matter of her own', () => {
  it('has not joined the other one herself, and leaves no address there when she tries', async () => {
    const reporter = { name: 'Carla', email: 'carla@example.org' };
    const [kept, hers] = [await file(site), await file(site, { ...LAMP, reporter })];
    await staff(kept.matterId, 'release', { place: false });
    await staff(kept.matterId, 'gather', { members: [hers.matterId] });
    const joiner = { language: 'es', email: reporter.email };
    await json(post(site, `/${kept.matterId}/joinings`, joiner), 201);
    expect((await see(kept.matterId, await head())).joined).toBe(1);
    await json(post(site, '/by-link/erasures', { link: hers.link }));
    expect(await rowsWith(reporter.email)).toEqual([]);
  });
});

describe('who wants no mails any more', () => {
  it('is counted in the case once, and no more when her matter is taken out', async () => {
    const [kept, hers] = [await file(site), await file(site)];
    for (const { matterId } of [kept, hers]) await staff(matterId, 'release', { place: false });
    const rosa = await joinBy(site, hers.matterId, 'rosa@example.org');
    await staff(kept.matterId, 'gather', { members: [hers.matterId] });
    const counted = async () => (await see(kept.matterId, await head())).joined;
    expect(await counted()).toBe(2);
    const subscriptions = site.running.app.get(MatterSubscriptions, { strict: false });
    for (let times = 0; times < 2; times++) await subscriptions.end(subscriptions.tokenOf(rosa));
    expect(await counted()).toBe(2);
    await staff(hers.matterId, 'separate');
    expect(await counted()).toBe(0);
  });
});

describe('what is no duplicate after all', () => {
  it('is open again with the clock that it had, and its people leave the other', async () => {
    const [kept, other] = [await file(site), await file(site)];
    await staff(kept.matterId, 'release', { place: false });
    const { due } = await see(other.matterId, await staff(other.matterId, 'release', { place: false }));
    const joined = await see(kept.matterId, await staff(other.matterId, 'duplicate', { of: kept.matterId }));
    const apart = await staff(other.matterId, 'separate');
    const after = await see(kept.matterId, await head());
    expect([joined.members, after.members, after.joined]).toEqual([1, 0, 0]);
    const open = await see(other.matterId, apart);
    expect([open.state, open.due, open.of]).toEqual(['open', due, undefined]);
  });

  it('is taken out to the end by the next try, where the first ended after its event', async () => {
    const [kept, other] = [await file(site), await file(site)];
    await staff(kept.matterId, 'release', { place: false });
    await staff(kept.matterId, 'gather', { members: [other.matterId] });
    const matters = site.running.app.get(Matters, { strict: false });
    const by = { commandId: 'killed', actor: { id: 'system', roles: [] }, request: new Uint8Array() };
    await matters.run(other.matterId, { do: 'separate' }, by);
    expect(await caseOf(other.matterId)).toBe(kept.matterId);
    const again = await act(site, 'lin', other.matterId, 'separate');
    expect(await problem(again)).toMatchObject({ code: 'matter-not-in-case' });
    expect(await caseOf(other.matterId)).toBeUndefined();
    expect((await see(kept.matterId, await head())).joined).toBe(0);
  });
});
