/** The rooms of contents and city as an application over HTTP, on a world's database. */
import cookie from '@fastify/cookie';
import { Global, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { dirname } from 'node:path';
import { CityModule } from '../../src/city/city.module.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { Metrics } from '../../src/metrics/metrics.js';
import {
  CLOCK,
  COMMAND_LOG,
  CRYPTO,
  EVENT_STORE,
  METRICS,
  POOL,
  SETTINGS,
  WORK,
} from '../../src/platform.module.js';
import { AllowedMethods } from '../../src/rest/allowed-methods.js';
import { ConditionalInterceptor } from '../../src/rest/conditional.js';
import { RateLimit } from '../../src/rest/rate-limit.js';
import { ProblemFilter } from '../../src/rest/problem.filter.js';
import { validationPipe } from '../../src/rest/validation.js';
import { AuthenticationGuard } from '../../src/staff/authentication.guard.js';
import { StaffDirectory } from '../../src/staff/directory.js';
import { hashKey, keyFrom } from '../../src/staff/keys.js';
import { StaffSessions } from '../../src/staff/sessions.js';
import { Views } from '../../src/views/views.js';
import type { World } from './world.js';

/** The key of a staff member with one role, by the role. */
export const KEYS = {
  administrator: keyFrom(new Uint8Array(32).fill(1)),
  auditor: keyFrom(new Uint8Array(32).fill(2)),
};

export async function openApplication(world: World): Promise<NestFastifyApplication> {
  const staff = Object.entries(KEYS).map(([role, key]) => ({
    id: `${role}-1`,
    roles: [role],
    keyHash: hashKey(key),
    ed25519Pub: 'A'.repeat(43),
  }));
  const directory = new StaffDirectory(staff);
  const provided = [
    { provide: POOL, useValue: world.pool },
    { provide: WORK, useValue: 'serve' },
    { provide: CLOCK, useValue: world.clock },
    { provide: CRYPTO, useValue: nodeCrypto },
    { provide: METRICS, useValue: new Metrics() },
    { provide: EVENT_STORE, useValue: world.store },
    { provide: COMMAND_LOG, useValue: world.log },
    { provide: SETTINGS, useValue: { data: dirname(world.erasuresPath), publicUrl: undefined } },
    { provide: Views, useValue: world.views },
    { provide: StaffDirectory, useValue: directory },
    { provide: StaffSessions, useValue: new StaffSessions(directory, new Uint8Array(32)) },
    RateLimit,
    AllowedMethods,
    AuthenticationGuard,
    ProblemFilter,
  ];

  @Global()
  @Module({ imports: [CqrsModule.forRoot()], providers: provided, exports: [...provided, CqrsModule] })
  class WorldModule {}

  const compiled = await Test.createTestingModule({ imports: [WorldModule, CityModule] }).compile();
  const app = compiled.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
  await app.register(cookie);
  app.useGlobalPipes(validationPipe());
  app.useGlobalInterceptors(new ConditionalInterceptor());
  app.useGlobalGuards(app.get(AuthenticationGuard));
  app.useGlobalFilters(app.get(ProblemFilter));
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}
