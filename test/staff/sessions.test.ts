/** Signing in with a form and with a key, and what a session is good for. */
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Module, Post } from '@nestjs/common';
import { CurrentActor } from '../../src/staff/current-actor.js';
import type { Actor } from '../../src/staff/actor.js';
import { StaffDirectory } from '../../src/staff/directory.js';
import { StaffSessions } from '../../src/staff/sessions.js';
import { loadStaff, newStaffMember } from '../../src/staff/staff-file.js';
import { people, problem, Site } from '../rest/site.js';

@Controller('probe')
class Probe {
  @Post('write')
  write(@CurrentActor() { id }: Actor) {
    return { id };
  }
}
@Module({ controllers: [Probe] })
class ProbeModule {}

let site: Site;
/** Every test comes from an address of its own: failures are counted by address. */
beforeAll(async () => (site = await Site.start({ modules: [ProbeModule] }, { TRUST_PROXY: 'yes' })));
afterAll(() => site.stop());

const own = () => ({ origin: site.origin, 'sec-fetch-site': 'same-origin' });
function signIn(body: Record<string, string>, headers: Record<string, string> = {}) {
  return site.fetch('/session', {
    method: 'POST',
    body: new URLSearchParams(body),
    headers: { ...own(), accept: 'text/html', ...headers },
  });
}
const cookieOf = (response: Response) => response.headers.getSetCookie()[0]?.split(';')[0] ?? '';

describe('a form', () => {
  it('exchanges a key for a cookie that scripts and other sites cannot use', async () => {
    const response = await signIn({ key: people.ana.key, next: '/staff?x=1' });
    expect([response.status, response.headers.get('location')]).toEqual([303, '/staff?x=1']);
    const [set = ''] = response.headers.getSetCookie();
    expect(set).toMatch(
      /^concejo_session=[A-Za-z0-9_-]+; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect(set).not.toContain(people.ana.key);
    const who = await site.fetch('/api/v1/session', { headers: { cookie: cookieOf(response) } });
    expect(await who.json()).toEqual({ id: 'ana', roles: people.ana.member.roles });
  });

  it('leads back with a wrong key, and never to another site', async () => {
    const wrong = await signIn({ key: 'concejo_wrong' }, { 'x-forwarded-for': '10.0.0.1' });
    expect([wrong.status, wrong.headers.get('location'), wrong.headers.getSetCookie()]).toEqual([
      303,
      '/session?failed=1',
      [],
    ]);
    // And where she wanted to go is not forgotten: the form has it again.
    const lost = await signIn(
      { key: 'concejo_wrong', next: '/staff?done=1&x=%20' },
      { 'x-forwarded-for': '10.0.0.2' },
    );
    const back = lost.headers.get('location') ?? '';
    expect(back).toBe('/session?failed=1&next=%2Fstaff%3Fdone%3D1%26x%3D%2520');
    const form = await (await site.fetch(back)).text();
    expect(form).toMatch(/<input type="hidden" name="next" value="\/staff\?done=1&amp;x=%20"\/?>/);
    for (const next of ['//evil.example', 'https://evil.example', '/\\evil.example', '/a\r\nx: y']) {
      expect((await signIn({ key: people.ana.key, next })).status).toBe(422);
    }
  });

  it('from another site signs nobody in', async () => {
    const foreign = await signIn(
      { key: people.ana.key },
      {
        accept: 'application/json',
        origin: 'https://evil.example',
        'sec-fetch-site': 'cross-site',
      },
    );
    expect(await problem(foreign)).toMatchObject({ status: 403, code: 'cross-site' });
  });

  it('sets a secure cookie by https', async () => {
    const origin = site.origin.replace('http:', 'https:');
    const [set = ''] = (
      await signIn({ key: people.ana.key }, { origin, 'x-forwarded-proto': 'https' })
    ).headers.getSetCookie();
    expect(set).toMatch(/^__Host-concejo_session=.*; Secure/);
  });
});

describe('a session', () => {
  const session = async () => cookieOf(await signIn({ key: people.bea.key }));

  it('writes only from the own pages', async () => {
    const cookie = await session();
    const write = (headers: Record<string, string>) =>
      site.fetch('/probe/write', { method: 'POST', headers: { cookie, ...headers } });
    expect((await write(own())).status).toBe(201);
    expect((await write({ origin: site.origin })).status).toBe(201);
    const foreign: Record<string, string>[] = [
      {},
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: site.origin, 'sec-fetch-site': 'cross-site' },
      { origin: site.origin, 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
      { origin: `${site.origin}.evil.example`, 'sec-fetch-site': 'same-origin' },
    ];
    for (const headers of foreign) {
      expect(await problem(await write(headers))).toMatchObject({ status: 403, code: 'cross-site' });
    }
    // A key does not come along by itself: it may come from anywhere.
    expect((await site.as('bea', 'POST', '/probe/write')).status).toBe(201);
  });

  it('ends by signing out', async () => {
    const cookie = await session();
    const out = await site.fetch('/session/end', { method: 'POST', headers: { cookie, ...own() } });
    expect([out.status, out.headers.get('location')]).toEqual([303, '/']);
    expect(out.headers.getSetCookie()[0]).toMatch(/^concejo_session=; Max-Age=0;/);
    expect((await site.fetch('/session', { method: 'DELETE', headers: { cookie, ...own() } })).status).toBe(
      204,
    );
  });

  it('cannot be changed, and is nobody’s when it is damaged', async () => {
    const cookie = await session();
    for (let at = 16; at < cookie.length; at += 7) {
      const changed = cookie.slice(0, at) + (cookie[at] === 'A' ? 'B' : 'A') + cookie.slice(at + 1);
      expect((await site.fetch('/api/v1/session', { headers: { cookie: changed } })).status).toBe(401);
    }
  });

  it('ends after twelve hours, with another key, and when she leaves', () => {
    const key = new Uint8Array(32).fill(5);
    let now = 1_000_000;
    const at = (...staff: (typeof people.ana.member)[]) =>
      new StaffSessions(new StaffDirectory(staff), key, () => now);
    const opened = at(people.ana.member, people.bea.member).open(people.ana.key)!;
    const read = (...staff: (typeof people.ana.member)[]) => at(...staff).read(opened.cookie)?.id;
    expect(read(people.ana.member)).toBe('ana');
    expect(read(people.bea.member)).toBeUndefined();
    expect(read(newStaffMember('ana', ['auditor']).member)).toBeUndefined();
    expect(
      new StaffSessions(new StaffDirectory([people.ana.member]), new Uint8Array(32), () => now).read(
        opened.cookie,
      ),
    ).toBeUndefined();
    now += 12 * 3_600_000 - 1;
    expect(read(people.ana.member)).toBe('ana');
    now += 1;
    expect(read(people.ana.member)).toBeUndefined();
  });
});

describe('a key', () => {
  it('that is nobody’s is refused, and too many of them for a while, by address', async () => {
    const ask = (from: string, key: string) =>
      site.fetch('/api/v1/session', { headers: { authorization: `Bearer ${key}`, 'x-forwarded-for': from } });
    for (let i = 0; i < 10; i++) {
      const wrong = await ask('2001:db8:1:2::1', `concejo_${'x'.repeat(i + 1)}`);
      expect(await problem(wrong)).toMatchObject({ status: 401, code: 'key-unknown' });
    }
    // The whole household, whatever the key.
    const blocked = await ask('2001:db8:1:2:ffff::9', people.ana.key);
    expect(await problem(blocked)).toMatchObject({ status: 429, code: 'too-many-attempts' });
    expect(Number(blocked.headers.get('retry-after'))).toBeGreaterThan(800);
    expect((await ask('2001:db8:1:3::1', people.ana.key)).status).toBe(200);
    expect((await ask('192.0.2.1', people.ana.key)).status).toBe(200);
  });
});

describe('a first start', () => {
  it('makes two administrators, shows their keys once, and keeps only hashes', async () => {
    const data = await mkdtemp(join(tmpdir(), 'concejo-staff-'));
    try {
      const [first, second] = await Promise.all([
        loadStaff({ data, staff: undefined }),
        loadStaff({ data, staff: undefined }),
      ]);
      const keys = [...first.newKeys, ...second.newKeys];
      expect(keys.map(({ id }) => id)).toEqual(['admin-1', 'admin-2']);
      expect(second.staff).toEqual(first.staff);
      const path = join(data, 'staff.json');
      expect((await stat(path)).mode & 0o777).toBe(0o600);
      const directory = new StaffDirectory((await loadStaff({ data, staff: undefined })).staff);
      const text = await readFile(path, 'utf8');
      for (const { id, key } of keys) {
        expect(directory.byKey(key)?.actor.id).toBe(id);
        expect(text).not.toContain(key.slice('concejo_'.length));
      }
    } finally {
      await rm(data, { recursive: true });
    }
  });
});
