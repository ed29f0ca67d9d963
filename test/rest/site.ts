/** The whole program over real HTTP, on a database of its own, with staff members whose keys the test knows. */
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHttpApp, type Running, type StartOptions } from '../../src/app.js';
import { DigestPublisher } from '../../src/digests/publisher.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { EVENT_STORE } from '../../src/platform.module.js';
import { readSettings, type Settings } from '../../src/settings.js';
import { newStaffMember } from '../../src/staff/staff-file.js';
import { createTestDatabase, type TestDatabase } from '../database.js';

/** Deterministic, so that a failure can be run again. */
export const people = {
  ana: newStaffMember('ana', ['administrator', 'returning-officer'], new Uint8Array(32).fill(1)),
  bea: newStaffMember('bea', ['administrator', 'returning-officer'], new Uint8Array(32).fill(2)),
  cova: newStaffMember('cova', ['administrator', 'returning-officer'], new Uint8Array(32).fill(3)),
  pia: newStaffMember('pia', ['paper-officer'], new Uint8Array(32).fill(5)),
  quim: newStaffMember('quim', ['paper-officer'], new Uint8Array(32).fill(6)),
  lin: newStaffMember('lin', ['listener'], new Uint8Array(32).fill(4)),
};

/** Whoever asks a program over HTTP. */
export class Client {
  constructor(readonly origin: string) {}

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(this.origin + path, { redirect: 'manual', ...init });
  }

  /** A request by somebody's key; a write carries an idempotency key. */
  as(
    who: keyof typeof people,
    method: string,
    path: string,
    { body, id }: { body?: unknown; id?: string } = {},
  ): Promise<Response> {
    const headers: Record<string, string> = { authorization: `Bearer ${people[who].key}` };
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (id !== undefined) headers['idempotency-key'] = id;
    return this.fetch(path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
}

export class Site extends Client {
  private constructor(
    readonly running: Running<NestFastifyApplication>,
    readonly settings: Settings,
    origin: string,
    private readonly database: TestDatabase,
    private readonly folder: string,
  ) {
    super(origin);
  }

  static async start(options: StartOptions = {}, variables: Record<string, string> = {}): Promise<Site> {
    const database = await createTestDatabase();
    const folder = await mkdtemp(join(tmpdir(), 'concejo-site-'));
    const settings = readSettings({
      CONCEJO_DATA: folder,
      DATABASE_URL: database.url,
      DATABASE_OWNER_URL: database.ownerUrl,
      CONCEJO_STAFF: JSON.stringify(Object.values(people).map(({ member }) => member)),
      LOG_LEVEL: 'silent',
      ...variables,
    });
    const running = await createHttpApp(settings, options);
    await running.app.listen(0, '127.0.0.1');
    await firstDigests(running.app);
    const { port } = running.app.getHttpServer().address() as AddressInfo;
    return new Site(running, settings, `http://127.0.0.1:${port}`, database, folder);
  }

  async stop(): Promise<void> {
    await this.running.close();
    await this.database.drop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The first digests come right after the start. They are waited for, so that no test finds them among what it did. */
async function firstDigests(app: NestFastifyApplication): Promise<void> {
  const store = app.get<EventStore>(EVENT_STORE, { strict: false });
  const end = performance.now() + 20_000;
  while (performance.now() < end) {
    for await (const event of store.readStream('views')) if (event.type === 'ViewPublished') return;
    await app.get(DigestPublisher, { strict: false }).look();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('The first digests were not published');
}

/** Status, code and the rest of a problem. */
export async function problem(response: Response): Promise<Record<string, unknown>> {
  if (response.headers.get('content-type') !== 'application/problem+json') {
    throw new Error(`Not a problem: ${response.status} ${await response.text()}`);
  }
  const body = (await response.json()) as Record<string, unknown>;
  if (body.status !== response.status) throw new Error('Status in body and in head differ');
  return body;
}
