/** The sender against a real SMTP server: once, again after what passes, never after what does not, and never where nobody knows. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SENT_WITHIN_MS } from '../../src/mail/outbox.js';
import { headerOf, SilentServer, TestMailServer } from './mail-server.js';
import { OutboxWorld } from './outbox-world.js';
import { until } from '../views/world.js';

let world: OutboxWorld;
let server: TestMailServer;
beforeAll(async () => (world = await OutboxWorld.create()));
afterAll(() => world.close());
beforeEach(async () => (server = await TestMailServer.start()));
afterEach(async () => {
  await world.clear();
  await server.stop();
});

const settled = (...states: string[]) =>
  until(`the outbox is ${states.join()}`, async () => (await world.states()).join() === states.join());

describe('the sender', () => {
  it('sends what is there and what comes, over one connection while there is more, each once', async () => {
    for (const name of ['a', 'b', 'c']) await world.mail(`${name}@example.org`);
    world.sender(server.port);
    await server.took(3);
    await world.mail('d@example.org');
    const delivered = await server.took(4);
    await settled('sent', 'sent', 'sent', 'sent');
    expect(delivered.map(({ to }) => to).sort()).toEqual(
      ['a', 'b', 'c', 'd'].map((name) => `${name}@example.org`),
    );
    expect(new Set(delivered.map(({ messageId }) => messageId)).size).toBe(4);
    expect(headerOf(delivered[3]!.message, 'To')).toBe('d@example.org');
    expect((await world.rows()).map(({ tries }) => tries)).toEqual([1, 1, 1, 1]);
  });

  it('is one of several at a time, and another takes over at once', async () => {
    const senders = [world.sender(server.port), world.sender(server.port), world.sender(server.port)];
    await until('one is active', () => senders.some((one) => one.health().state === 'active'));
    for (let i = 0; i < 20; i++) await world.mail(`p${i}@example.org`);
    await server.took(20);
    expect(senders.filter((one) => one.health().state === 'active')).toHaveLength(1);
    await senders.find((one) => one.health().state === 'active')?.stop();
    await world.mail('last@example.org');
    await server.took(21);
    await world.stop();
    expect(server.delivered).toHaveLength(21);
  });

  it('tries again after a temporary refusal, later and later, and goes on with the others', async () => {
    let refusals = 3;
    server.manners = { recipient: (to) => (to.startsWith('grey') && refusals-- > 0 ? 451 : undefined) };
    await world.mail('grey@example.org');
    await world.mail('white@example.org');
    world.sender(server.port);
    await settled('waiting smtp-451', 'sent');
    for (const [tries, minutes] of [
      [1, 1],
      [2, 2],
      [3, 4],
    ] as const) {
      expect((await world.rows())[0]).toMatchObject({ state: 'waiting', tries });
      world.clock.nowMs += minutes * 60_000 - 1_000;
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect((await world.rows())[0]?.tries).toBe(tries);
      world.clock.nowMs += 1_000;
      await until('it was tried', async () => ((await world.rows())[0]?.tries ?? 0) > tries);
      await until('it is settled', async () => (await world.rows())[0]?.state !== 'sending');
    }
    await settled('sent', 'sent');
    expect(server.delivered.map(({ to }) => to)).toEqual(['white@example.org', 'grey@example.org']);
  });

  it('tries a message again that the server refuses for now', async () => {
    let refusals = 1;
    server.manners = { message: () => (refusals-- > 0 ? 452 : undefined) };
    await world.mail('a@example.org');
    world.sender(server.port);
    await settled('waiting smtp-452');
    world.clock.nowMs += 60_000;
    await settled('sent');
    expect(server.delivered).toHaveLength(1);
  });

  it('gives up for good what the server refuses for good', async () => {
    server.manners = {
      recipient: (to) => (to.startsWith('gone') ? 550 : undefined),
      message: ({ to }) => (to.startsWith('spam') ? 554 : undefined),
    };
    for (const name of ['gone', 'here', 'spam']) await world.mail(`${name}@example.org`);
    world.sender(server.port);
    await settled('failed smtp-550', 'sent', 'failed smtp-554');
    world.clock.nowMs += 24 * 60 * 60_000;
    await new Promise((resolve) => setTimeout(resolve, 100));
    await settled('failed smtp-550', 'sent', 'failed smtp-554');
    expect(server.delivered).toHaveLength(1);
  });

  it('blames no mail for a server that refuses the sender, is away or does not speak', async () => {
    let refused = 0;
    server.manners = { sender: () => (++refused > 0 ? 550 : undefined) };
    await world.mail('a@example.org');
    await world.mail('b@example.org');
    const sender = world.sender(server.port);
    await until('it is known', () => sender.health().away !== undefined);
    expect(sender.health()).toEqual({ state: 'active', away: 'smtp-550' });
    await sender.stop();
    expect(refused).toBe(1);
    await settled('waiting smtp-550', 'waiting');

    const silent = await SilentServer.start();
    const waiting = world.sender(silent.port);
    await until('it gave up for now', () => waiting.health().away !== undefined);
    expect(waiting.health().away).toBe('ETIMEDOUT');
    await waiting.stop();
    await silent.stop();
    await settled('waiting smtp-550', 'waiting');

    const { port } = server;
    await server.stop();
    const away = world.sender(port);
    await until('it is away', () => away.health().away !== undefined);
    server.manners = {};
    await server.listen(port);
    world.clock.nowMs += 60_000;
    await settled('sent', 'sent');
    expect(server.delivered).toHaveLength(2);
  });

  it('does not send again what a server was given and never answered', async () => {
    let answers: () => void = () => undefined;
    const never = new Promise<undefined>((resolve) => (answers = () => resolve(undefined)));
    server.manners = { message: ({ to }) => (to.startsWith('frozen') ? never : undefined) };
    await world.mail('frozen@example.org');
    await world.mail('next@example.org');
    world.sender(server.port);
    await settled('unknown timeout', 'waiting');
    // The next one goes once the server was left alone for a second.
    await settled('unknown timeout', 'sent');
    world.clock.nowMs += 24 * 60 * 60_000;
    answers();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect((await world.rows())[0]).toMatchObject({ state: 'unknown', tries: 1 });
    await world.stop();
  });

  it('leaves what was under way unknown when it has to end', async () => {
    let isGiven: () => void = () => undefined;
    const given = new Promise<void>((resolve) => (isGiven = resolve));
    server.manners = { message: () => (isGiven(), new Promise<undefined>(() => undefined)) };
    await world.mail('a@example.org');
    const sender = world.sender(server.port, {
      connect: 1_000,
      envelope: 60_000,
      message: 60_000,
      stop: 200,
    });
    await given;
    const before = performance.now();
    await sender.stop();
    expect(performance.now() - before).toBeLessThan(2_000);
    await settled('unknown timeout');
  });

  it('corrects what was given up as unknown while the server still thought', async () => {
    let answers: () => void = () => undefined;
    let isGiven: () => void = () => undefined;
    const given = new Promise<void>((resolve) => (isGiven = resolve));
    server.manners = {
      message: () => (isGiven(), new Promise<undefined>((resolve) => (answers = () => resolve(undefined)))),
    };
    await world.mail('a@example.org');
    const slow = { connect: 1_000, envelope: 60_000, message: 60_000, stop: 5_000 };
    world.sender(server.port, slow);
    await given;
    // Its connection with the lock breaks: another takes over.
    await world.cutSenders();
    world.sender(undefined);
    await settled('unknown interrupted');
    answers();
    await settled('sent');
    expect(server.delivered).toHaveLength(1);
  });

  it('holds back what is too old, and says so', async () => {
    await world.mail('a@example.org');
    world.clock.nowMs += SENT_WITHIN_MS;
    world.sender(server.port);
    await settled('failed too-old');
    expect(server.delivered).toEqual([]);
  });

  it('without a mail server keeps everything where it is', async () => {
    await world.mail('a@example.org');
    const sender = world.sender(undefined);
    await until('it is there', () => sender.health().state === 'off');
    await new Promise((resolve) => setTimeout(resolve, 100));
    await settled('waiting');
  });

  it('says codes, and neither addresses nor words', async () => {
    server.manners = { recipient: (to) => (to.startsWith('x') ? 550 : undefined) };
    await world.mail('x-secret@example.org', { subject: 'Secreto', text: 'Secreto' });
    await world.mail('ana@example.org', { subject: 'Secreto', text: 'Secreto' });
    world.sender(server.port);
    await settled('sent', 'failed smtp-550');
    expect(world.said.join('\n')).toBe('mail-failed: smtp-550');
  });
});
