/** Mail of real processes of the program, two on one database: killed while they send, and over TLS. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.js';
import { Outbox } from '../../src/mail/outbox.js';
import { Fleet, type Served } from '../processes/fleet.js';
import { until } from '../views/world.js';
import { CERTIFICATE, CERTIFICATE_KEY } from './certificate.js';
import { TestMailServer } from './mail-server.js';
import { KEY } from './outbox-world.js';

const FROM = { CONCEJO_MAIL_FROM: 'Villa <no-reply@villa.example>' };
let fleet: Fleet;
let outbox: Outbox;
let server: TestMailServer;

beforeAll(async () => {
  fleet = await Fleet.start();
  outbox = new Outbox(fleet.pool, KEY, systemClock);
});
afterAll(() => fleet.stop());
beforeEach(async () => (server = await TestMailServer.start()));
afterEach(async () => {
  await server.stop();
  await fleet.pool.query('delete from outbox');
});

async function mails(...to: string[]): Promise<void> {
  for (const address of to) {
    const mail = { kind: 'note', to: address, language: 'es' as const, subject: 'Hola', text: 'Hola' };
    await outbox.put({ event: randomUUID(), about: 'matter-1', at: new Date() }, [mail]);
  }
}

/** How many mails are in each state. */
async function counts(): Promise<Record<string, number>> {
  const { rows } = await fleet.pool.query<{ state: string; count: number }>(
    'select state, count(*)::integer as count from outbox group by state order by state',
  );
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
}

async function kill({ child }: Served): Promise<void> {
  child.process.kill('SIGKILL');
  await child.ended;
}

describe('two processes', () => {
  it('send each mail at most once, also when the one that sends is killed again and again', async () => {
    const variables = { CONCEJO_SMTP: server.url, ...FROM };
    let served = [await fleet.serve(variables), await fleet.serve(variables)];
    server.manners = { message: () => new Promise((resolve) => setTimeout(() => resolve(undefined), 5)) };
    await mails(...Array.from({ length: 200 }, (_, i) => `p${i}@example.org`));
    // Which of the two sends is not known: one after the other is killed, and a new one started.
    for (const after of [25, 90]) {
      await until(`${after} were taken`, () => server.delivered.length >= after);
      const [first, second] = served as [Served, Served];
      await kill(first);
      served = [second, await fleet.serve(variables)];
    }
    await until('none waits', async () => {
      const { waiting = 0, sending = 0 } = await counts();
      return waiting + sending === 0;
    });
    const { sent = 0, unknown = 0 } = await counts();
    const ids = server.delivered.map(({ messageId }) => messageId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(sent + unknown).toBe(200);
    expect(unknown).toBeLessThanOrEqual(2);
    expect(ids.length).toBeGreaterThanOrEqual(sent);
    expect(ids.length).toBeLessThanOrEqual(sent + unknown);
    await Promise.all(served.map(kill));
  }, 120_000);

  it('leave alone what one was killed over, and a person sends it again', async () => {
    const variables = { CONCEJO_SMTP: server.url, ...FROM };
    let isGiven: () => void = () => undefined;
    const given = new Promise<void>((resolve) => (isGiven = resolve));
    server.manners = { message: () => (isGiven(), new Promise<undefined>(() => undefined)) };
    const first = await fleet.serve(variables);
    await mails('ana@example.org');
    await given;
    await kill(first);
    expect(await counts()).toEqual({ sending: 1 });
    server.manners = {};
    const second = await fleet.serve(variables);
    await mails('bea@example.org');
    await server.took(1);
    await until('it is written down', async () => (await counts()).sent === 1);
    expect(await counts()).toEqual({ sent: 1, unknown: 1 });
    expect(server.delivered.map(({ to }) => to)).toEqual(['bea@example.org']);

    const list = await second.as('ana', 'GET', '/api/v1/mail?state=unknown');
    const { items } = (await list.json()) as { items: { id: string; tries: number; reason: string }[] };
    expect(items).toMatchObject([{ recipient: 'ana@example.org', tries: 1, reason: 'interrupted' }]);
    const path = `/api/v1/mail/${items[0]!.id}/sendings`;
    expect((await second.as('ana', 'POST', path, { body: { tries: 1 } })).status).toBe(200);
    await server.took(2);
    await until('it is written down', async () => (await counts()).sent === 2);
    expect((await second.as('ana', 'POST', path, { body: { tries: 1 } })).status).toBe(409);
    await kill(second);
  }, 60_000);
});

describe('TLS', () => {
  it('is asked for and its certificate looked at, before anything is said', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'concejo-mail-'));
    const authority = join(folder, 'ca.pem');
    await writeFile(authority, CERTIFICATE);
    const tls = { key: CERTIFICATE_KEY, cert: CERTIFICATE };
    const credentials: string[] = [];
    const options = {
      ...tls,
      authOptional: false,
      onAuth: (
        { username, password }: { username?: string | undefined; password?: string | null | undefined },
        _session: unknown,
        done: (error: Error | null, answer?: { user: string }) => void,
      ) => {
        credentials.push(`${username ?? ''}:${password ?? ''}`);
        done(null, { user: 'villa' });
      },
    };
    const fromStart = await TestMailServer.start({ ...options, secure: true });
    await mails('ana@example.org');
    const url = `smtps://villa:s%40fe@127.0.0.1:${fromStart.port}`;
    const strange = await fleet.serve({ CONCEJO_SMTP: url, ...FROM });
    const away = async () =>
      ((await (await strange.fetch('/health/ready')).json()) as { mail?: { sender: { away?: string } } }).mail
        ?.sender.away;
    await until('the certificate was refused', async () => (await away()) !== undefined);
    expect(await away()).toBe('ESOCKET');
    expect(credentials).toEqual([]);
    expect(await counts()).toEqual({ waiting: 1 });
    await kill(strange);

    const trusting = await fleet.serve({ CONCEJO_SMTP: url, NODE_EXTRA_CA_CERTS: authority, ...FROM });
    expect((await fromStart.took(1))[0]).toMatchObject({ to: 'ana@example.org', secure: true });
    expect(credentials).toEqual(['villa:s@fe']);
    await kill(trusting);
    await fromStart.stop();

    const upgraded = await TestMailServer.start(options);
    await mails('bea@example.org');
    const upgrading = await fleet.serve({
      CONCEJO_SMTP: `smtp://villa:s%40fe@127.0.0.1:${upgraded.port}?tls=yes`,
      NODE_EXTRA_CA_CERTS: authority,
      ...FROM,
    });
    expect((await upgraded.took(1))[0]).toMatchObject({ to: 'bea@example.org', secure: true });
    await kill(upgrading);
    await upgraded.stop();

    // A server without it is told neither who we are nor what.
    credentials.length = 0;
    const plain = await TestMailServer.start({
      ...options,
      key: undefined,
      cert: undefined,
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
    });
    await mails('cova@example.org');
    const refusing = await fleet.serve({
      CONCEJO_SMTP: `smtp://villa:x@127.0.0.1:${plain.port}?tls=yes`,
      ...FROM,
    });
    await until('it was left', async () => {
      const ready = (await (await refusing.fetch('/health/ready')).json()) as {
        mail?: { sender: { away?: string } };
      };
      return ready.mail?.sender.away !== undefined;
    });
    expect(credentials).toEqual([]);
    expect(plain.delivered).toEqual([]);
    await kill(refusing);
    await plain.stop();
    await rm(folder, { recursive: true, force: true });
  }, 120_000);
});
