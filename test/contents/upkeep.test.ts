import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ContentsUpkeep } from '../../src/contents/upkeep.js';
import { accepted, openWorld, write, type World } from './world.js';

let world: World;
beforeAll(async () => (world = await openWorld()));
afterAll(() => world.close());

it('a round carries out what was left undone and deletes orphans, and starts with the application', async () => {
  const erased = await write(world, { es: 'a borrar' });
  const orphan = await write(world, { es: 'de nadie' });
  accepted(await world.life.release([erased.id], world.by()));
  await world.erasuresFile.append({ contentId: erased.id, basis: 'court', at: '2026-02-01T00:00:00.000Z' });
  world.time.now = new Date(world.time.now.getTime() + 25 * 60 * 60 * 1_000);

  const messages: string[] = [];
  const { store, views, erasures, orphans, clock } = world;
  const told = new Promise<void>((resolve) => {
    const upkeep = new ContentsUpkeep(store, views, erasures, orphans, clock, (level, message) => {
      messages.push(`${level} ${message}`);
      void upkeep.beforeApplicationShutdown().then(resolve);
    });
    upkeep.start();
  });
  await told;
  expect(messages).toEqual(['info Contents: 1 erasures repeated, 0 completed, 1 orphans deleted']);
  expect((await world.contents.refs([erased.id, orphan.id])).size).toBe(0);
  expect((await world.types()).at(-1)).toBe('ContentErased');
});
