/** The history of a matter with more steps than anybody is shown. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { leafBytes, type NewEvent } from '../../projections/event.js';
import { leafHash } from '../../projections/hash.js';
import { matterStepsView } from '../../projections/matter-steps.view.js';
import { hasEarlierSteps, lastSteps, MOST_STEPS } from '../../src/complaints/history.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { newThingId } from '../../src/event-store/event-ids.js';
import { MemoryEventStore } from '../../src/event-store/memory.js';
import { until, World } from '../views/world.js';
import { CASE, LAMP, minute, refOf } from './matter-events.js';

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.close());

it('has the last steps in their order, and says that there are earlier ones', async () => {
  const store = new MemoryEventStore();
  const append = async (matterId: string, additions: number) => {
    const added: NewEvent = { type: 'MatterAdded', data: { matterId, words: refOf('more'), photos: [] } };
    const events: NewEvent[] = [
      { type: 'MatterFiled', data: { matterId, kind: 'complaint', details: refOf('details') } },
      ...Array.from({ length: additions }, () => added),
    ];
    const stream = `matter-${matterId}`;
    const made = events.map((event, n) => {
      const id = newThingId('test', `${stream} ${n}`, 'event');
      const leaf = leafBytes(event, { id, stream, at: minute(n), actor: 'resident' });
      return { id, type: event.type, leaf, hash: leafHash(nodeCrypto, leaf) };
    });
    let expected: bigint | 'no-stream' = 'no-stream';
    for (let n = 0; n < made.length; n += 100)
      expected = (await store.append({ stream, expected, events: made.slice(n, n + 100) })).revision;
  };
  await append(LAMP, MOST_STEPS + 1);
  await append(CASE, 2);
  const views = world.views([matterStepsView]);
  world.runner(store, [matterStepsView]).start();
  await until('live', async () => (await views.checkpoint()) === (await store.head()));

  const long = await lastSteps(views, LAMP);
  expect(long.map(({ row }) => row.at)).toEqual(Array.from({ length: MOST_STEPS }, (_, n) => minute(n + 2)));
  expect(hasEarlierSteps(long)).toBe(true);

  const short = await lastSteps(views, CASE);
  expect(short.map(({ row }) => row.what)).toEqual(['MatterFiled', 'MatterAdded', 'MatterAdded']);
  expect(hasEarlierSteps(short)).toBe(false);
});
