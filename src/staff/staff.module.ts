/** Staff: who may act for the city, how she signs in, and what needs two of them. Global. */
import { randomUUID } from 'node:crypto';
import {
  Global,
  Inject,
  Logger,
  Module,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { Pool } from 'pg';
import type { Crypto } from '../../projections/crypto.js';
import type { Clock } from '../clock.js';
import type { CommandLog } from '../event-store/command-log.js';
import {
  CLOCK,
  COMMAND_LOG,
  CRYPTO,
  derivedKey,
  POOL,
  SERVER_SECRET,
  WORK,
  type Work,
} from '../platform.module.js';
import { RateLimit } from '../rest/rate-limit.js';
import type { StaffSetting } from '../settings.js';
import { ActKinds } from './act-kinds.js';
import { Acts } from './acts.js';
import { ActsController } from './acts.controller.js';
import { AuthenticationGuard } from './authentication.guard.js';
import { clockConfirmation } from './clock-confirmation.js';
import { StaffDirectory } from './directory.js';
import { MovedClocks } from './moved-clocks.js';
import { registerStaff } from './register.js';
import { SessionController } from './session.controller.js';
import { StaffSessions } from './sessions.js';

@Global()
@Module({})
export class StaffModule implements OnModuleInit, OnApplicationBootstrap {
  readonly #log = new Logger('staff');

  constructor(
    @Inject(COMMAND_LOG) private readonly log: CommandLog,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(MovedClocks) private readonly clocks: MovedClocks,
    @Inject(StaffDirectory) private readonly directory: StaffDirectory,
    @Inject(ActKinds) private readonly kinds: ActKinds,
    @Inject(Acts) private readonly acts: Acts,
    @Inject(WORK) private readonly work: Work,
  ) {}

  static register(staff: readonly StaffSetting[]): DynamicModule {
    return {
      module: StaffModule,
      controllers: [SessionController, ActsController],
      providers: [
        ActKinds,
        RateLimit,
        MovedClocks,
        AuthenticationGuard,
        { provide: APP_GUARD, useExisting: AuthenticationGuard },
        { provide: StaffDirectory, useFactory: () => new StaffDirectory(staff) },
        {
          provide: StaffSessions,
          useFactory: (directory: StaffDirectory, secret: Uint8Array) =>
            new StaffSessions(directory, derivedKey(secret, 'session')),
          inject: [StaffDirectory, SERVER_SECRET],
        },
        {
          provide: Acts,
          useFactory: (
            pool: Pool,
            crypto: Crypto,
            clock: Clock,
            kinds: ActKinds,
            directory: StaffDirectory,
            secret: Uint8Array,
          ) => new Acts(pool, crypto, clock, kinds, directory, derivedKey(secret, 'act-request')),
          inject: [POOL, CRYPTO, CLOCK, ActKinds, StaffDirectory, SERVER_SECRET],
        },
      ],
      exports: [ActKinds, Acts, RateLimit, StaffDirectory, StaffSessions],
    };
  }

  /** The first events of a log say who may act. */
  async onModuleInit(): Promise<void> {
    this.kinds.register(clockConfirmation(this.clocks));
    if (this.work === 'once') return;
    const at = this.clock.now().toISOString();
    await registerStaff(this.log, this.directory.staff, { commandId: randomUUID(), at });
  }

  /** After every room has registered its kinds. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.work === 'once') return;
    await this.acts.resume((actId, error) => {
      this.#log.error(
        `Act ${actId} cannot be carried out: ${error instanceof Error ? error.message : 'unknown reason'}`,
      );
    });
  }
}
