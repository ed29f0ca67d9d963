/** Settings from the environment: what is wrong is named with what to do. */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { serverSecret } from '../src/secret-file.js';
import { readSettings, SETTINGS_HELP, SettingInvalid } from '../src/settings.js';
import { newStaffMember } from '../src/staff/staff-file.js';

const { member } = newStaffMember('ana', ['administrator'], new Uint8Array(32).fill(1));
const other = newStaffMember('bea', ['auditor'], new Uint8Array(32).fill(2)).member;
const staff = (...list: unknown[]) => ({ CONCEJO_STAFF: JSON.stringify(list) });

describe('settings', () => {
  it('have defaults for everything, and empty ones count as unset', () => {
    expect(readSettings({ PORT: ' ', DATABASE_URL: '' })).toEqual({
      port: 3000,
      host: '127.0.0.1',
      data: resolve('concejo-data'),
      databaseUrl: undefined,
      ownerUrl: undefined,
      eventStoreUrl: undefined,
      eventStoreLog: undefined,
      electionKeys: resolve('concejo-data/secrets/election-keys'),
      logKey: resolve('concejo-data/secrets/log-key'),
      logOrigin: undefined,
      logPolicy: undefined,
      givenUp: [],
      staff: undefined,
      serverSecret: undefined,
      logLevel: 'info',
      trustedProxies: 0,
      leaveMs: 0,
      publicUrl: undefined,
      languages: ['es', 'ast', 'en'],
      mail: undefined,
    });
  });

  it('say where mail is handed in, in the clear to this machine alone', () => {
    const mail = (CONCEJO_SMTP: string, CONCEJO_MAIL_FROM = 'Villa de Ejemplo <no-reply@villa.example>') =>
      readSettings({ CONCEJO_SMTP, CONCEJO_MAIL_FROM }).mail;
    const from = { name: 'Villa de Ejemplo', address: 'no-reply@villa.example' };
    expect(mail('smtps://a%40b:p%3Aw@mail.example.org')).toEqual({
      server: { host: 'mail.example.org', port: 465, tls: 'from-start', user: 'a@b', password: 'p:w' },
      from,
    });
    const server = (text: string) => mail(text)?.server;
    expect(server('smtp://mail.example.org')).toEqual({
      host: 'mail.example.org',
      port: 587,
      tls: 'starttls',
    });
    expect(server('smtp://relay:25?tls=no')).toEqual({ host: 'relay', port: 25, tls: 'none' });
    expect(server('smtp://127.0.0.1:2525')).toMatchObject({ port: 2525, tls: 'none' });
    expect(server('smtp://127.0.0.1:2525?tls=yes')).toMatchObject({ port: 2525, tls: 'starttls' });
    expect(server('smtp://[::1]:25/')).toEqual({ host: '::1', port: 25, tls: 'none' });
    expect(server('smtp://127.0.0.1.example.org:25')).toMatchObject({ tls: 'starttls' });
    expect(mail('smtp://relay', 'a@example.org')?.from).toEqual({ name: '', address: 'a@example.org' });
    expect(mail('smtp://relay', '<a@example.org>')?.from).toEqual({ name: '', address: 'a@example.org' });
    for (const wrong of [
      'relay',
      'http://relay',
      'smtp://relay/x',
      'smtp://relay?tls=maybe',
      'smtp://relay?x=1',
      'smtps://relay?tls=no',
      'smtp://u:100%@relay',
    ])
      expect(() => mail(wrong)).toThrow(/^CONCEJO_SMTP (?!.*100%@)/);
    for (const wrong of [
      'Villa',
      'a@b',
      'Villa <a@example.org> x',
      'Vi"lla <a@example.org>',
      'a@example.org\r\nBcc: b@example.org',
    ])
      expect(() => mail('smtp://relay', wrong)).toThrow(/^CONCEJO_MAIL_FROM /);
    expect(() => readSettings({ CONCEJO_SMTP: 'smtp://relay' })).toThrow(/^CONCEJO_SMTP is set without/);
  });

  it('are read', () => {
    const secret = Buffer.alloc(32, 9);
    const settings = readSettings({
      PORT: '65535',
      HOST: '::1',
      CONCEJO_DATA: '/srv/c',
      DATABASE_URL: 'postgresql://x/y',
      DATABASE_OWNER_URL: 'postgres://o/y',
      EVENTSTORE_URL: 'esdb+discover://a:b@log.example.org:2113',
      EVENTSTORE_LOG: 'city-2',
      CONCEJO_SERVER_SECRET: secret.toString('base64url'),
      CONCEJO_GIVEN_UP: '6d5f1a52-5d1e-5c9e-8b6e-1f0b5a2f4c11,9a3c5a50-93d1-5d1b-a1e5-0a3b1c6d2f10',
      CONCEJO_LOG_POLICY: 'policy',
      TRUST_PROXY: 'yes',
      CONCEJO_LEAVE_SECONDS: '15',
      PUBLIC_URL: 'https://vota.example.org',
      CONCEJO_LANGUAGES: 'ast,es',
      CONCEJO_MAP_TILES: 'https://tiles.example.org/v1/{z}/{x}/{y}.png © Villa, and others',
      ...staff(member, other),
    });
    expect(settings).toMatchObject({
      port: 65_535,
      host: '::1',
      data: '/srv/c',
      eventStoreUrl: 'esdb+discover://a:b@log.example.org:2113',
      eventStoreLog: 'city-2',
      logPolicy: resolve('policy'),
      givenUp: ['6d5f1a52-5d1e-5c9e-8b6e-1f0b5a2f4c11', '9a3c5a50-93d1-5d1b-a1e5-0a3b1c6d2f10'],
      trustedProxies: 1,
      leaveMs: 15_000,
      languages: ['ast', 'es'],
      mapTiles: { address: 'https://tiles.example.org/v1/{z}/{x}/{y}.png', by: '© Villa, and others' },
    });
    expect(Buffer.from(settings.serverSecret ?? [])).toEqual(secret);
    expect(settings.staff).toEqual([member, other]);
  });

  it('count the proxies in a row that are believed', () => {
    const read = (text: string) => readSettings({ TRUST_PROXY: text }).trustedProxies;
    expect(['no', 'yes', '1', '2'].map(read)).toEqual([0, 1, 1, 2]);
  });

  it.each([
    ['PORT', { PORT: '65536' }],
    ['PORT', { PORT: '-1' }],
    ['CONCEJO_LEAVE_SECONDS', { CONCEJO_LEAVE_SECONDS: '301' }],
    ['CONCEJO_GIVEN_UP', { CONCEJO_GIVEN_UP: 'all' }],
    ['PORT', { PORT: '3000x' }],
    ['HOST', { HOST: 'a b' }],
    ['DATABASE_URL', { DATABASE_URL: 'mysql://x' }],
    ['DATABASE_OWNER_URL', { DATABASE_OWNER_URL: 'postgresql://x' }],
    ['CONCEJO_SERVER_SECRET', { CONCEJO_SERVER_SECRET: 'short' }],
    ['LOG_LEVEL', { LOG_LEVEL: 'loud' }],
    ['TRUST_PROXY', { TRUST_PROXY: 'maybe' }],
    ['TRUST_PROXY', { TRUST_PROXY: '0' }],
    ['TRUST_PROXY', { TRUST_PROXY: '10' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'https://x.example/path' }],
    ['CONCEJO_LANGUAGES', { CONCEJO_LANGUAGES: 'fr' }],
    ['CONCEJO_MAP_TILES', { CONCEJO_MAP_TILES: 'http://tiles.example.org/{z}/{x}/{y}.png' }],
    ['CONCEJO_MAP_TILES', { CONCEJO_MAP_TILES: 'https://tiles.example.org/{z}/{x}.png' }],
    ['CONCEJO_MAP_TILES', { CONCEJO_MAP_TILES: "https://tiles.example.org/{z}/{x}/{y}';script-src" }],
    ['EVENTSTORE_URL', { EVENTSTORE_URL: 'http://x' }],
    ['EVENTSTORE_LOG', { EVENTSTORE_LOG: 'city' }],
    ['EVENTSTORE_LOG', { EVENTSTORE_URL: 'esdb://x', EVENTSTORE_LOG: 'My city' }],
    ['CONCEJO_STAFF', { CONCEJO_STAFF: '/no/such/file' }],
    ['CONCEJO_STAFF', { CONCEJO_STAFF: '[' }],
    ['CONCEJO_STAFF', staff()],
    ['CONCEJO_STAFF', staff(null)],
    ['CONCEJO_STAFF', staff({ ...member, id: 'system' })],
    ['CONCEJO_STAFF', staff({ ...member, id: 'import-officer-3' })],
    ['CONCEJO_STAFF', staff({ ...member, id: '../x' })],
    ['CONCEJO_STAFF', staff({ ...member, roles: ['king'] })],
    ['CONCEJO_STAFF', staff({ ...member, roles: [] })],
    ['CONCEJO_STAFF', staff({ ...member, keyHash: 'x' })],
    ['CONCEJO_STAFF', staff(member, { ...other, id: 'ana' })],
    ['CONCEJO_STAFF', staff(member, { ...other, keyHash: member.keyHash })],
    ['CONCEJO_STAFF', staff(member, { ...other, ed25519Pub: member.ed25519Pub })],
  ])('%s is named when it is wrong', (name, variables) => {
    const read = () => readSettings(variables);
    expect(read).toThrow(SettingInvalid);
    expect(read).toThrow(new RegExp(`^${name} .{10,}`));
  });

  it('explain themselves, each once', () => {
    expect(new Set(SETTINGS_HELP.map(({ name }) => name)).size).toBe(SETTINGS_HELP.length);
    expect(SETTINGS_HELP.every(({ help, byDefault }) => help.length > 10 && byDefault.length > 0)).toBe(true);
  });
});

describe('the server’s secret', () => {
  it('is made once, for its owner alone', async () => {
    const data = await mkdtemp(join(tmpdir(), 'concejo-secret-'));
    try {
      const first = await serverSecret({ data, serverSecret: undefined });
      expect(first).toHaveLength(32);
      expect(await serverSecret({ data, serverSecret: undefined })).toEqual(first);
      expect((await stat(join(data, 'secrets', 'server'))).mode & 0o777).toBe(0o600);
      expect((await stat(join(data, 'secrets'))).mode & 0o777).toBe(0o700);
    } finally {
      await rm(data, { recursive: true });
    }
  });
});
