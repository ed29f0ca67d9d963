/**
 * Whether the server that a connection string names can be used, and if not, why. It is asked before an engine is opened, and
 * before anything is remembered of it, since the engine itself only waits for a server that is away.
 */
import { ErrorType } from '@eventstore/db-client';
import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { StoreClient, typeOf } from './eventstoredb-client.js';

export type Refusal =
  | 'eventstore-url-invalid'
  | 'eventstore-unreachable'
  | 'eventstore-certificate'
  | 'eventstore-credentials'
  | 'eventstore-access';

const WHAT_TO_DO: Readonly<Record<Refusal, string>> = {
  'eventstore-url-invalid':
    'Write esdb://user:password@host:2113?tlsCAFile=FILE; in a password : @ / ? are written %3A %40 %2F %3F.',
  'eventstore-unreachable':
    'Check that it runs, its address and port, and tls=false, which is for a server without TLS only.',
  'eventstore-certificate':
    "Name the file of its authority's certificate with tlsCAFile=FILE, and the server by a name that is in its certificate.",
  'eventstore-credentials':
    'Check both in the connection string; in a password : @ / ? are written %3A %40 %2F %3F.',
  'eventstore-access':
    'Make it a member of $admins, or name it for $r in the default access list of $settings.',
};

/** EventStoreDB cannot be used; the message says why, and what to do. It holds no password. */
export class EventStoreDbRefused extends Error {
  constructor(
    readonly code: Refusal,
    why: string,
    options?: ErrorOptions,
  ) {
    super(`${why} ${WHAT_TO_DO[code]}`, options);
    this.name = 'EventStoreDbRefused';
  }
}

/** While a server starts, or a cluster has no leader yet; milliseconds. */
const PATIENCE_MS = 10_000;
const PAUSE_MS = 250;

/** @throws EventStoreDbRefused: at once where waiting would change nothing */
export async function assertAnswers(url: string, patienceMs = PATIENCE_MS): Promise<void> {
  assertUnderstood(url);
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    const error = await failureAt(url);
    if (error === undefined) return;
    const refused = refusalOf(error) ?? (await refusalOfOne(url));
    if (refused !== undefined) throw refused;
    if (performance.now() > giveUpAt) {
      const why = `EventStoreDB cannot be reached: ${reasonOf(error)}.`;
      throw new EventStoreDbRefused('eventstore-unreachable', why, { cause: error });
    }
    await pause(PAUSE_MS);
  }
}

async function failureAt(url: string): Promise<Error | undefined> {
  const client = new StoreClient(url);
  try {
    await client.end();
    return undefined;
  } catch (error) {
    return error as Error;
  } finally {
    await client.close();
  }
}

/** The client keeps to itself what it heard while it looked for the leader: each node is asked by itself. */
async function refusalOfOne(url: string): Promise<EventStoreDbRefused | undefined> {
  const { before, hosts, after } = partsOf(url);
  if (hosts.length === 1 && !isDiscovered(url)) return undefined;
  const failures = await Promise.all(hosts.map((host) => failureAt(`${before}${host}${after}`)));
  return failures.map((error) => error && refusalOf(error)).find((refused) => refused !== undefined);
}

/** gRPC's status codes. */
const UNAUTHENTICATED = 16;

function refusalOf(error: Error): EventStoreDbRefused | undefined {
  const options = { cause: error };
  if (typeOf(error) === ErrorType.ACCESS_DENIED) {
    return (error as { code?: unknown }).code === UNAUTHENTICATED
      ? new EventStoreDbRefused('eventstore-credentials', 'EventStoreDB refuses user or password.', options)
      : new EventStoreDbRefused(
          'eventstore-access',
          'EventStoreDB does not let this user read $all.',
          options,
        );
  }
  const reason = reasonOf(error);
  if (!/certificate/i.test(reason)) return undefined;
  const why = `The certificate of EventStoreDB is not accepted: ${reason}.`;
  return new EventStoreDbRefused('eventstore-certificate', why, options);
}

/** The last of what the client packs into one sentence, on one line. */
function reasonOf(error: Error): string {
  const [, last] =
    /Last error: (?:Error(?: \[\w+\])?: )?(.*?)\.? *(?:Resolution note:|$)/s.exec(error.message) ?? [];
  return (last ?? error.message).replace(/\s+/g, ' ').replace(/[ .]+$/, '');
}

/** Without regard to case, `_` and `-`, as the client reads them. Of others it only warns, and prints the password with it. */
const OPTIONS = new Set([
  ...['tls', 'tlscafile', 'usercertfile', 'userkeyfile', 'nodepreference', 'connectionname'],
  ...['maxdiscoverattempts', 'discoveryinterval', 'gossiptimeout', 'keepaliveinterval', 'keepalivetimeout'],
  ...['defaultdeadline', 'throwonappendfailure'],
]);
const FILES = /^(tlsca|usercert|userkey)file$/;

/** @throws EventStoreDbRefused */
function assertUnderstood(url: string): void {
  const wrong = (what: string) =>
    new EventStoreDbRefused('eventstore-url-invalid', `The connection string of EventStoreDB ${what}.`);
  const { hosts, after } = partsOf(url);
  for (const [key, value] of new URLSearchParams(after)) {
    const option = key.trim().toLowerCase().replace(/[_-]/g, '');
    if (!OPTIONS.has(option)) throw wrong(`has an option that there is not here, ${key}`);
    if (FILES.test(option) && !existsSync(value.trim()))
      throw wrong(`names a file that is not there, ${value}`);
  }
  try {
    // It connects when it is first asked.
    if (hosts.some((host) => host.includes('@'))) throw wrong('has an @ among its hosts');
    void new StoreClient(url).close();
  } catch (error) {
    // What the client says of it may quote the password.
    throw error instanceof EventStoreDbRefused ? error : wrong('is not understood');
  }
}

const isDiscovered = (url: string) => url.trim().startsWith('esdb+discover:');

/** A string that is none has no hosts. */
function partsOf(url: string): { before: string; hosts: string[]; after: string } {
  const [, before = '', hosts = '', after = ''] =
    /^esdb(?:\+discover)?:\/\/((?:[^:@/?]+:[^@/?]*@)?)([^?]*)(\?.*)?$/.exec(url.trim()) ?? [];
  return { before: `esdb://${before}`, hosts: hosts.replace(/\/+$/, '').split(','), after };
}
