import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Global, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { MemoryEventStore } from '../../src/event-store/memory.js';
import { ViewRunner } from '../../src/views/runner.js';
import { Views } from '../../src/views/views.js';
import { ViewsModule } from '../../src/views/views.module.js';
import { granted, staffView, TestLog, until, World } from './world.js';

let world: World;

beforeAll(async () => {
  world = await World.create();
});
afterAll(async () => {
  await world.close();
});

it('the module starts the runner with the application and stops it before it goes', async () => {
  const log = new TestLog(new MemoryEventStore());
  const provided = [
    { provide: 'pool', useValue: world.pool },
    { provide: 'store', useValue: log.store },
    { provide: 'crypto', useValue: nodeCrypto },
  ];
  @Global()
  @Module({ providers: provided, exports: provided.map(({ provide }) => provide) })
  class Outside {}
  const testing = await Test.createTestingModule({
    imports: [
      Outside,
      ViewsModule.register({ pool: 'pool', store: 'store', crypto: 'crypto', views: [staffView] }),
    ],
  }).compile();
  const app = await testing.init();
  const runner = app.get(ViewRunner);
  await until('live', () => runner.health().state === 'active' && runner.health().building.length === 0);
  await app.get(Views).atLeast(await log.add(granted('ana', 'clerk')), 5_000);
  expect(await app.get(Views).get(staffView, 'ana')).toEqual({ roles: ['clerk'], grants: 1 });
  await app.close();
  expect(runner.health().state).toBe('stopped');
  // Nobody holds the active role or a connection any more.
  expect(world.pool.totalCount).toBe(world.pool.idleCount);
});
