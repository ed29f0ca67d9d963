/** Starts and stops the application: with HTTP for serving, without for the command line. */
import 'reflect-metadata';
import cookie from '@fastify/cookie';
import type { INestApplicationContext, ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { AppModule } from './app.module.js';
import { systemClock, type Clock } from './clock.js';
import type { EventStore } from './event-store/event-store.js';
import { assertWhole } from './event-store/incoming.js';
import { EVENT_STORE, METRICS, type Platform, type Work } from './platform.module.js';
import { openDatabase, type Database } from './postgres/database.js';
import { AllowedMethods } from './rest/allowed-methods.js';
import { DRAIN_MS, Draining } from './rest/draining.js';
import { readForms } from './rest/forms.js';
import { limitLoad, LOAD_LIMITS, type LoadLimits } from './rest/load.js';
import { makeLog, nestLog } from './rest/logger.js';
import { takeLargerBodies } from './rest/larger-bodies.js';
import { MAX_BODY_BYTES, readBallots, readJson } from './rest/media-types.js';
import { answerBadAddress } from './rest/bad-address.js';
import { serveApiDescription } from './rest/openapi.js';
import { nameRequests, requestIdOf } from './rest/request-id.js';
import { watchRequests } from './rest/request-log.js';
import { addSecurityHeaders } from './rest/security-headers.js';
import { serverSecret } from './secret-file.js';
import type { Settings } from './settings.js';
import { ActKinds } from './staff/act-kinds.js';
import { describeActs } from './staff/acts.openapi.js';
import { AuthenticationGuard } from './staff/authentication.guard.js';
import { loadStaff, type NewKey, type Staff } from './staff/staff-file.js';

/** How long a caller may take to send her head, and her whole request; milliseconds. */
const HEADERS_MS = 20_000;
const REQUEST_MS = 120_000;

export interface StartOptions {
  /** The system's by default. */
  readonly clock?: Clock;
  readonly log?: Logger;
  readonly load?: LoadLimits;
  /** Modules beside the rooms, such as a demo's. */
  readonly modules?: NonNullable<ModuleMetadata['imports']>;
  /**
   * For work that begins anew where it is interrupted: a database of its own need not have written to the disk what it says it has, and
   * appends are gathered before anybody follows them.
   */
  readonly hurry?: boolean;
}

/** A started application. */
export interface Running<App extends INestApplicationContext> {
  readonly app: App;
  /** Of staff that this start made: print them once, they are kept nowhere. */
  readonly newKeys: readonly NewKey[];
  /**
   * Stops: says that it is not ready and serves on as long as the settings say, takes no more requests (503), ends those under way
   * (at most ten seconds), then the projections, the store and the database. May be called twice.
   */
  close(): Promise<void>;
}

/**
 * The application with HTTP, ready to listen: `await app.listen(settings.port, settings.host)`.
 * @throws SettingInvalid, PostgresError, ElectionKeysUnusable: each says what to do
 */
export async function createHttpApp(
  settings: Settings,
  options: StartOptions = {},
): Promise<Running<NestFastifyApplication>> {
  const log = options.log ?? makeLog(settings.logLevel);
  const staff = await loadStaff(settings);
  return start(settings, { ...options, log, staff, work: 'serve' }, async (module) => {
    const adapter = new FastifyAdapter({
      // Counted from here: what stands before is the client's own word, and whoever could choose her address would escape every limit.
      // A function, because Fastify takes a bare number for none.
      ...(settings.trustedProxies > 0 && {
        trustProxy: (_: string, hop: number) => hop < settings.trustedProxies,
      }),
      bodyLimit: MAX_BODY_BYTES,
      // Idle keep-alive connections must not hold up the end.
      forceCloseConnections: 'idle',
      routerOptions: { maxParamLength: 200 },
      frameworkErrors: answerBadAddress,
      genReqId: requestIdOf(settings.trustedProxies > 0),
      requestTimeout: REQUEST_MS,
      http: { headersTimeout: HEADERS_MS },
    });
    const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
      logger: nestLog(log),
      abortOnError: false,
      return503OnClosing: true,
    });
    try {
      app.get(AllowedMethods, { strict: false }).watch(adapter.getInstance());
      takeLargerBodies(adapter.getInstance(), (request) =>
        app.get(AuthenticationGuard, { strict: false }).assertSomeone(request),
      );
      await app.register(cookie);
      const tiles = settings.mapTiles && new URL(settings.mapTiles.address).origin;
      await addSecurityHeaders(app, settings.publicUrl?.startsWith('https:') ?? false, tiles);
      nameRequests(app);
      app.get(Draining, { strict: false }).watch(app);
      limitLoad(app, options.load ?? LOAD_LIMITS);
      watchRequests(app, log, app.get(METRICS));
      readJson(app);
      readBallots(app);
      readForms(app);
      serveApiDescription(app, (document) => describeActs(document, app.get(ActKinds, { strict: false })));
      await app.init();
      await adapter.getInstance().ready();
      return app;
    } catch (error) {
      await stopApp(app);
      throw error;
    }
  });
}

/**
 * The application without HTTP, for one command, also beside a site that has the folder: its projections run, and nothing
 * else happens by itself. It knows no staff and makes none, since nobody can sign in. @throws as `createHttpApp`
 */
export async function createContext(
  settings: Settings,
  options: StartOptions = {},
): Promise<Running<INestApplicationContext>> {
  const log = options.log ?? makeLog(settings.logLevel, 'stderr');
  const nobody: Staff = { staff: [], newKeys: [] };
  return start(settings, { ...options, log, staff: nobody, work: 'once' }, (module) =>
    NestFactory.createApplicationContext(module, { logger: nestLog(log), abortOnError: false }),
  );
}

async function start<App extends INestApplicationContext>(
  settings: Settings,
  {
    clock = systemClock,
    log,
    modules = [],
    hurry = false,
    staff: { staff, newKeys },
    work,
  }: StartOptions & { log: Logger; staff: Staff; work: Work },
  create: (module: ReturnType<typeof AppModule.register>) => Promise<App>,
): Promise<Running<App>> {
  const secret = await serverSecret(settings);
  const { databaseUrl, ownerUrl, data: folder } = settings;
  const beside = work === 'once';
  const database = await openDatabase({ databaseUrl, ownerUrl, folder, beside, hurry }, log);
  try {
    await assertWhole(database.pool);
    const platform: Platform = { settings, clock, pool: database.pool, serverSecret: secret, work, hurry };
    const app = await create(AppModule.register({ platform, staff, more: modules }));
    let closing: Promise<void> | undefined;
    return { app, newKeys, close: () => (closing ??= stop(app, database, settings.leaveMs)) };
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function stop(app: INestApplicationContext, database: Database, leaveMs: number): Promise<void> {
  try {
    // Rooms still do their work: what was taken is done, and answered.
    const isDone = isListening(app) ? await app.get(Draining, { strict: false }).drain(leaveMs) : true;
    await stopApp(app, isDone ? DRAIN_MS : 0);
  } finally {
    await database.close();
  }
}

/** @param cutMs after which connections are cut that are still open: whoever reads slowly, or not at all, must not hold up the end */
async function stopApp(app: INestApplicationContext, cutMs = DRAIN_MS): Promise<void> {
  const store = app.get<EventStore>(EVENT_STORE, { strict: false });
  const cut = setTimeout(() => {
    if ('getHttpServer' in app) (app as NestFastifyApplication).getHttpServer().closeAllConnections();
  }, cutMs);
  try {
    await app.close();
  } finally {
    clearTimeout(cut);
    await store.close();
  }
}

function isListening(app: INestApplicationContext): boolean {
  return 'getHttpServer' in app && (app as NestFastifyApplication).getHttpServer().listening;
}
