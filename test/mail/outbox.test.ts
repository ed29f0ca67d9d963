/** The outbox itself: the same mail is there once, what is erased is gone, and what is over is forgotten. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Outbox } from '../../src/mail/outbox.js';
import { OutboxDesk } from '../../src/mail/outbox-desk.js';
import { KEY, OutboxWorld } from './outbox-world.js';

const DAY_MS = 24 * 60 * 60 * 1_000;
let world: OutboxWorld;
beforeAll(async () => (world = await OutboxWorld.create()));
afterAll(() => world.close());
afterEach(() => world.clear());

const note = { kind: 'note', to: 'ana@example.org', language: 'es', subject: 'a', text: 'b' } as const;
const origin = (event: string, about = 'matter-1') => ({ event, about, at: world.clock.now() });
const everything = async () =>
  JSON.stringify((await world.pool.query<object>('select * from outbox order by made_at, id')).rows);

describe('the outbox', () => {
  it('holds the same mail once, also where several put it in', async () => {
    const other = new Outbox(world.newPool(), KEY, world.clock);
    const put = await Promise.all(
      [world.outbox, other, world.outbox].map((one) =>
        one.put(origin('e'), [note, { ...note, to: 'Ana@example.org' }]),
      ),
    );
    expect(put.reduce((sum, count) => sum + count)).toBe(2);
    expect(await world.outbox.put(origin('e'), [{ ...note, to: ' ana@EXAMPLE.org' }])).toBe(0);
    expect(await world.outbox.put(origin('e'), [{ ...note, kind: 'other' }])).toBe(1);
    expect(await world.outbox.put(origin('f'), [note])).toBe(1);
  });

  it('tells by no id whom a mail is to', async () => {
    await world.outbox.put(origin('e'), [note]);
    await new Outbox(world.pool, new Uint8Array(32).fill(8), world.clock).put(origin('e'), [note]);
    expect(await world.rows()).toHaveLength(2);
  });

  it('shows an address that is none as failed, and never sends it', async () => {
    await world.outbox.put(origin('e'), [{ ...note, to: 'ana@example.org\r\nbea@example.org' }]);
    expect(await world.states()).toEqual(['failed address-unusable']);
    const desk = new OutboxDesk(world.pool, world.clock, false);
    const [row] = (await desk.list({ limit: 1 })).rows;
    expect(await desk.sendAgain(row!.id, 0)).toEqual({ rejected: 'mail-moved-on' });
  });

  it('erases the mails to a person, all or those about one thing', async () => {
    await world.outbox.put(origin('e', 'matter-1'), [note]);
    await world.outbox.put(origin('f', 'matter-2'), [note]);
    await world.outbox.put(origin('g', 'matter-2'), [{ ...note, to: 'bea@example.org' }]);
    await world.outbox.erase('ana@EXAMPLE.org', 'matter-1');
    expect(await world.rows()).toHaveLength(2);
    await world.outbox.erase('ana@example.org');
    expect(await everything()).not.toContain('ana@');
    expect(await world.rows()).toHaveLength(1);
  });

  it('writes nothing down of a mail that was erased while it was being sent', async () => {
    await world.outbox.put(origin('e'), [note]);
    const taken = await world.outbox.take(world.pool);
    await world.outbox.erase('ana@example.org');
    await world.outbox.settle(taken!, { state: 'waiting' });
    expect(await world.rows()).toEqual([]);
  });

  it('gives a mail to one taker, and to nobody while it is being sent', async () => {
    for (const event of ['e', 'f', 'g']) await world.outbox.put(origin(event), [note]);
    const pools = [0, 1, 2, 3, 4].map(() => world.newPool());
    const taken = await Promise.all(pools.map((pool) => world.outbox.take(pool)));
    expect(new Set(taken.map((mail) => mail?.id)).size).toBe(4);
    expect(taken.filter((mail) => mail === undefined)).toHaveLength(2);
    expect(await world.outbox.take(world.pool)).toBeUndefined();
  });

  it('forgets whom and what, thirty days after sending and ninety after failing', async () => {
    for (const event of ['e', 'f']) await world.outbox.put(origin(event), [note]);
    const [sent, failed] = [await world.outbox.take(world.pool), await world.outbox.take(world.pool)];
    await world.outbox.settle(sent!, { state: 'sent' });
    await world.outbox.settle(failed!, { state: 'failed', reason: 'smtp-550' });
    const kept = async (days: number) => {
      world.clock.nowMs += days * DAY_MS;
      await world.outbox.keepHouse(world.pool);
      return (await everything()).split('ana@example.org').length - 1;
    };
    expect(await kept(30)).toBe(2);
    expect(await kept(1)).toBe(1);
    expect(await kept(59)).toBe(1);
    expect(await kept(1)).toBe(0);
    expect((await world.states()).sort()).toEqual(['failed smtp-550', 'sent']);
    expect(await everything()).not.toMatch(/"subject":"a"|"text":"b/);
  });
});

describe('a secret', () => {
  const secret = { ...note, text: 'SECRETO', secret: true };
  const desk = () => new OutboxDesk(world.pool, world.clock, false);

  it('is sent as it is, and kept no moment longer', async () => {
    await world.outbox.put(origin('e'), [secret]);
    const taken = await world.outbox.take(world.pool);
    expect(taken?.text).toBe('SECRETO\n');
    await world.outbox.settle(taken!, { state: 'waiting', reason: 'smtp-450' });
    expect(await everything()).toContain('SECRETO');
    world.clock.nowMs += 60_000;
    await world.outbox.settle((await world.outbox.take(world.pool))!, { state: 'sent' });
    expect(await world.states()).toEqual(['sent']);
    expect(await everything()).not.toContain('SECRETO');
  });

  it('is not shown to staff, whatever she does with the mail', async () => {
    await world.outbox.put(origin('e'), [secret]);
    const { rows } = await desk().list({ limit: 1 });
    expect(rows).toMatchObject([{ recipient: 'ana@example.org', subject: 'a', text: undefined }]);
    await world.outbox.take(world.pool);
    await world.outbox.giveUpInterrupted(world.pool);
    const answers = [await desk().sendAgain(rows[0]!.id, 1), await desk().discard(rows[0]!.id, 1)];
    expect(answers).toMatchObject([{ state: 'waiting' }, { id: rows[0]!.id }]);
    expect(JSON.stringify([rows, answers])).not.toContain('SECRETO');
  });
});

describe('staff', () => {
  it('reads no code or link that is somebody’s alone, but in a demo', async () => {
    await world.outbox.put(origin('e'), [{ ...note, secret: true }]);
    const texts = async (showsSecrets: boolean) =>
      (await new OutboxDesk(world.pool, world.clock, showsSecrets).list({ limit: 9 })).rows.map(
        ({ text }) => text,
      );
    expect(await texts(false)).toEqual([undefined]);
    expect(await texts(true)).toEqual([`${note.text}\n`]);
  });

  it('sends again what is unknown once for each time she saw it, and discards it once', async () => {
    const desk = new OutboxDesk(world.pool, world.clock, false);
    await world.outbox.put(origin('e'), [note]);
    const { id } = (await world.outbox.take(world.pool))!;
    expect(await desk.sendAgain(id, 1)).toEqual({ rejected: 'mail-moved-on' });
    expect(await desk.discard(id, 1)).toEqual({ rejected: 'mail-moved-on' });
    await world.outbox.giveUpInterrupted(world.pool);
    expect(await desk.counts()).toEqual({ waiting: 0, failed: 0, unknown: 1 });
    expect(await desk.sendAgain(id, 1)).toMatchObject({ id, state: 'waiting', tries: 1 });
    await world.outbox.take(world.pool);
    await world.outbox.giveUpInterrupted(world.pool);
    // The same click once more, late.
    expect(await desk.sendAgain(id, 1)).toEqual({ rejected: 'mail-moved-on' });
    expect(await world.states()).toEqual(['unknown interrupted']);
    expect(await desk.discard(id, 2)).toMatchObject({ id });
    expect(await desk.discard(id, 2)).toEqual({ rejected: 'mail-not-found' });
  });
});
