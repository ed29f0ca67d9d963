/** The reactor: each event makes its mails once, whoever dies, and in a restored or copied database none of before. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { canonicalBytes } from '../../projections/canonical.js';
import type { LogEvent } from '../../projections/event.js';
import { leafHash } from '../../projections/hash.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { MemoryEventStore } from '../../src/event-store/memory.js';
import { Correspondents } from '../../src/mail/correspondents.js';
import { SENT_WITHIN_MS } from '../../src/mail/outbox.js';
import { MailReactor } from '../../src/mail/reactor.js';
import { granted, revoked, TestLog, until } from '../views/world.js';
import { asAdmin } from '../test-server.js';
import { OutboxWorld } from './outbox-world.js';

let world: OutboxWorld;
let log: TestLog;
let correspondents: Correspondents;
let stops: (() => Promise<void>)[] = [];
/** Waited for before facts are read. */
let folded: bigint[] = [];

beforeAll(async () => (world = await OutboxWorld.create()));
afterAll(() => world.close());
beforeEach(() => {
  log = new TestLog(new MemoryEventStore());
  // The events of these tests tell of October.
  world.clock.nowMs = Date.parse('2026-10-01T09:00:00.000Z');
  folded = [];
  correspondents = new Correspondents();
  correspondents.add<{ name: string }>({
    writesAbout: ['RoleGranted'],
    facts: async ({ data }, client) => {
      const { rows } = await client.query<{ name: string }>('select $1::text as name', [
        (data as { actorId: string }).actorId,
      ]);
      return { name: rows[0]?.name ?? '' };
    },
    mails: (event, { name }) => {
      if (name === 'broken') throw new TypeError('A fault of the room');
      return [
        {
          kind: 'role-granted',
          to: `${name}@example.org`,
          language: 'es',
          subject: 'Nuevo cargo',
          text: `Cargos: ${(event as LogEvent<'RoleGranted'>).data.roles.join(', ')}`,
        },
      ];
    },
  });
});
afterEach(async () => {
  await Promise.all(stops.map((stop) => stop()));
  stops = [];
  await world.clear();
  await asAdmin(world.database.adminUrl, (client) =>
    client.query('delete from reactors; delete from outbox_home'),
  );
});

function reactor(store = log.store): MailReactor {
  const views = {
    atLeast: (position: bigint) => {
      folded.push(position);
      return Promise.resolve();
    },
  };
  const one = new MailReactor(world.newPool(), store, nodeCrypto, views, correspondents, world.outbox, {
    pollMs: 20,
    log: (_level, message) => world.said.push(message),
  });
  stops.push(() => one.stop());
  one.start();
  return one;
}

const recipients = async () => (await world.rows()).map(({ recipient }) => recipient?.split('@')[0]).sort();
const position = async () =>
  (await world.pool.query<{ position: string }>('select position from reactors')).rows[0]?.position;
const reached = (wanted: bigint) =>
  until(`position ${wanted}`, async () => String(await position()) === String(wanted));

describe('the reactor', () => {
  it('writes mails of events that a room writes about, after the views, once each', async () => {
    await world.outbox.moveIn(-1n);
    const first = await log.add(granted('ana', 'clerk'), revoked('ana'), granted('bea', 'clerk', 'x'));
    reactor();
    await reached(first);
    expect(await recipients()).toEqual(['ana', 'bea']);
    expect(folded).toEqual([2n]);
    await reached(await log.add(granted('ana', 'mayor'), revoked('cova')));
    expect(await recipients()).toEqual(['ana', 'ana', 'bea']);
    const { rows } = await world.pool.query<{ about: string; text: string }>(
      'select about, text from outbox order by text',
    );
    expect(rows.map(({ text }) => text)).toEqual([
      'Cargos: clerk\n',
      'Cargos: clerk, x\n',
      'Cargos: mayor\n',
    ]);
    expect(new Set(rows.map(({ about }) => about))).toEqual(new Set(['staff']));
  });

  it('goes on where it was, and is one of several at a time', async () => {
    await world.outbox.moveIn(-1n);
    const first = reactor();
    await reached(await log.add(granted('a', 'x')));
    await first.stop();
    const later = await log.add(granted('b', 'x'), granted('c', 'x'));
    const both = [reactor(), reactor()];
    await reached(later);
    expect(both.map(({ state }) => state).sort()).toEqual(['active', 'standby']);
    // The one that is active loses its lock in the middle: the other takes over.
    await world.cutSenders();
    await reached(await log.add(...Array.from({ length: 30 }, (_, i) => granted(`d${i}`, 'x'))));
    expect(await recipients()).toHaveLength(33);
    expect(new Set(await recipients()).size).toBe(33);
  });

  it('writes mails and its position together or not at all', async () => {
    await world.outbox.moveIn(-1n);
    let failures = 2;
    correspondents.add({
      writesAbout: ['RoleRevoked'],
      facts: () =>
        failures-- > 0
          ? Promise.reject(Object.assign(new Error('Away'), { code: '57P01' }))
          : Promise.resolve({}),
      mails: () => [],
    });
    const last = await log.add(granted('a', 'x'), revoked('a'));
    reactor();
    await until('it failed', () => world.said.length > 0);
    expect(world.said[0]).toBe('mail-reactor-retrying: 57P01');
    await reached(last);
    expect(await recipients()).toEqual(['a']);
    expect(failures).toBe(-1);
  });

  it('shows staff that a mail could not be written, and goes on', async () => {
    await world.outbox.moveIn(-1n);
    const last = await log.add(granted('broken', 'x'), granted('ana', 'x'));
    reactor();
    await reached(last);
    expect((await world.states()).sort()).toEqual(['failed not-written', 'waiting']);
    expect(world.said).toEqual(['mail-not-written: RoleGranted']);
  });

  it('begins a city that is there already at the end of its log', async () => {
    const before = await log.add(granted('old', 'x'));
    reactor();
    await reached(before);
    await reached(await log.add(granted('new', 'x')));
    expect(await recipients()).toEqual(['new']);
  });

  it('sends nothing of before from a database that was restored or copied', async () => {
    await world.outbox.moveIn(-1n);
    const first = reactor();
    await reached(await log.add(granted('sent', 'x'), granted('waiting', 'x')));
    await first.stop();
    await world.pool.query(`update outbox set state = 'sent' where recipient like 'sent@%'`);
    // What a dump or a backup of another server, or of this one, brings along.
    await world.pool.query(`update outbox_home set database = '1/1/other/00000001'`);
    const missed = await log.add(granted('missed', 'x'));
    reactor();
    await reached(missed);
    await reached(await log.add(granted('new', 'x')));
    expect(await recipients()).toEqual(['new', 'sent', 'waiting']);
    expect((await world.states()).sort()).toEqual(['sent', 'unknown restored', 'waiting']);
    // And only once.
    await Promise.all(stops.splice(0).map((stop) => stop()));
    expect(await world.outbox.moveIn(-1n)).toBe(false);
    expect((await world.states()).sort()).toEqual(['sent', 'unknown restored', 'waiting']);
  });

  it('sends nothing by itself that happened long ago, and shows it to staff', async () => {
    await world.outbox.moveIn(-1n);
    world.clock.nowMs = Date.parse('2026-10-01T08:00:00.000Z') + SENT_WITHIN_MS;
    const last = await log.add(granted('late', 'x'));
    reactor();
    await reached(last);
    expect(await world.states()).toEqual(['failed too-old']);
  });

  it('stops before an event that only a newer program knows, and lets that one do it', async () => {
    await world.outbox.moveIn(-1n);
    const known = await log.add(granted('a', 'x'));
    const event = { id: '00000000-0000-5000-9000-000000000001', type: 'Later', stream: 'later' };
    const at = '2026-10-01T08:00:00.000Z';
    const leaf = canonicalBytes({ v: 1, ...event, schema: 1, at, actor: 'system', data: {} });
    await log.append('later', { ...event, leaf, hash: leafHash(nodeCrypto, leaf) });
    const one = reactor();
    await until('it has stopped', () => one.state === 'halted');
    await reached(known);
    expect(await recipients()).toEqual(['a']);
    const other = reactor();
    await until('the other one tried', () => other.state === 'halted');
  });
});
