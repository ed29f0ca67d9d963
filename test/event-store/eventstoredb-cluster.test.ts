/** What a cluster does to the client: the double with three nodes, with a certificate and passwords, and in another process. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { selfSigned } from './eventstoredb-double/certificate.js';
import {
  connect,
  disconnect,
  event,
  events,
  failure,
  newStream,
  readAll,
  readStream,
  unary,
  type Client,
} from './eventstoredb-double/client.js';
import { EventStoreDbDouble } from './eventstoredb-double/double.js';
import { Heard } from './eventstoredb-double/heard.js';
import { startDouble } from './eventstoredb-double/remote.js';

const soon = { ...unary, deadline: 400 };
const leading = { ...soon, requiresLeader: true };
afterEach(disconnect);

describe('three nodes on one log', () => {
  let double: EventStoreDbDouble;
  let client: Client;
  beforeEach(async () => {
    double = await EventStoreDbDouble.start({ nodes: 3 });
    client = connect(double.url);
  });
  afterEach(() => double.close());

  const nodeOf = async (stream: string) =>
    (await double.calls()).find((call) => call.stream === stream)?.node;
  /** A client that knows only one node. */
  const at = (node: number) => connect(`esdb://127.0.0.1:${double.ports[node]!}?tls=false`);

  it('are found by what any of them says of all, and the leader is taken', async () => {
    for (const leader of [0, 2]) {
      await double.elect(leader);
      const stream = newStream();
      await connect(double.url).appendToStream(stream, event(), unary);
      expect(await nodeOf(stream)).toBe(leader);
    }
    await double.stop(0);
    const stream = newStream();
    await connect(double.url).appendToStream(stream, event(), unary);
    expect(await nodeOf(stream)).toBe(2);
    // The first event of a new leader is in its own stream, and not in all.
    expect((await readStream(client, '$epoch-information')).length).toBe(3);
    expect((await readAll(client)).some(({ streamId }) => streamId === '$epoch-information')).toBe(false);
  });

  it.each([
    ['unary', leading],
    ['batch', { requiresLeader: true }],
  ] as const)('send whoever needs the leader on to it (%s): the next call succeeds', async (_, how) => {
    const follower = at(1);
    const stream = newStream();
    const refused = await failure(follower.appendToStream(stream, event(), how));
    expect(refused).toMatchObject({
      type: 'not-leader',
      code: 5,
      leader: { address: '127.0.0.1', port: double.ports[0] },
    });
    expect(await double.written()).toHaveLength(2);
    await follower.appendToStream(stream, event(), how);
    const calls = (await double.calls()).filter((call) => call.stream === stream);
    expect(calls.map(({ node }) => node)).toEqual([1, 0]);
    expect(calls.every(({ requiresLeader }) => requiresLeader)).toBe(true);
  });

  it('send on reads that need the leader, and subscriptions where they have to catch up', async () => {
    const { position } = await client.appendToStream(newStream(), events(2), unary);
    const refused = { type: 'not-leader' };
    expect(await failure(readAll(at(1), leading))).toMatchObject(refused);
    expect(await failure(readStream(at(1), newStream(), leading))).toMatchObject(refused);
    const subscribe = (node: number, fromPosition: typeof position | 'start') =>
      new Heard().listen(at(node).subscribeToAll({ ...leading, fromPosition: fromPosition! }));
    const behind = await subscribe(1, 'start').until('error');
    expect(behind.all.at(-1)).toMatchObject({ error: refused });
    await subscribe(1, position).until('caughtUp');
    await subscribe(0, 'start').until('caughtUp');
  });

  it('pass on what a follower gets, which shows it only later', async () => {
    await double.lag(1, 500);
    const [follower, stream] = [at(1), newStream()];
    const live = await new Heard().listen(follower.subscribeToAll({ fromPosition: 'end' })).until('caughtUp');
    await follower.appendToStream(stream, event(), soon);
    expect(await readStream(client, stream)).toHaveLength(1);
    expect(await failure(readStream(follower, stream))).toMatchObject({ type: 'stream-not-found' });
    expect(live.count('event')).toBe(0);
    await live.until('event');
    expect(await readStream(follower, stream)).toHaveLength(1);
  });

  it('without most of them take writes, answer none and show none, and have them all when they are back', async () => {
    const stream = newStream();
    const list = events(2);
    await double.loseQuorum();
    const wait = client.appendToStream(stream, list, { ...leading, expectedRevision: 'no_stream' });
    expect(await failure(wait)).toMatchObject({ type: 'deadline-exceeded', code: 4 });
    expect(await failure(readStream(client, stream, leading))).toMatchObject({ type: 'stream-not-found' });
    // Tried again meanwhile, with the same ids at the same revision.
    const again = client.appendToStream(stream, list, { ...unary, expectedRevision: 'no_stream' });
    await sleep(100);
    await double.regainQuorum();
    expect((await again).nextExpectedRevision).toBe(1n);
    expect((await readStream(client, stream)).map(({ id }) => id)).toEqual(list.map(({ id }) => id));
  });

  it('without a leader are not ready, at once', async () => {
    const stream = newStream();
    await client.appendToStream(newStream(), event(), leading);
    await double.elect();
    const refused = await failure(client.appendToStream(stream, event(), leading));
    expect(refused).toMatchObject({ type: 'unavailable', code: 14 });
    expect(refused.message).toContain('Server Is Not Ready');
    // The client now looks for another node, which it finds when there is a leader again.
    expect(await failure(readAll(client, leading))).toBeInstanceOf(Error);
    await double.elect(1);
    while (!(await client.appendToStream(stream, event(), leading).catch(() => undefined))) await sleep(20);
    expect(await nodeOf(stream)).toBeDefined();
    expect(await readStream(client, stream)).toHaveLength(1);
  });

  it('that are all down fail whoever looks for them with a plain error, and a batching client for ever', async () => {
    for (const node of [0, 1, 2]) await double.stop(node);
    const fast = `${double.url}&maxDiscoverAttempts=2&discoveryInterval=10`;
    const [poisoned, healed] = [connect(fast), connect(fast)];
    for (const end of [
      poisoned.appendToStream(newStream(), event()),
      healed.appendToStream(newStream(), event(), unary),
    ]) {
      const failed = await failure(end);
      expect([failed.type, failed.code]).toEqual([undefined, undefined]);
      expect(failed.message).toContain('Failed to discover');
    }
    for (const node of [0, 1, 2]) await double.restart(node);
    const still = await failure(poisoned.appendToStream(newStream(), event()));
    expect(still.message).toContain('Failed to discover');
    while (!(await healed.appendToStream(newStream(), event(), unary).catch(() => undefined)))
      await sleep(20);
  });

  it('leave a client with a leader that froze, until it is replaced', async () => {
    await client.appendToStream(newStream(), event(), leading);
    await double.freeze(0);
    await double.elect(1);
    for (let i = 0; i < 3; i++) {
      const end = client.appendToStream(newStream(), event(), leading);
      expect(await failure(end)).toMatchObject({ type: 'deadline-exceeded' });
    }
    // As it would be after its own look at which nodes answer.
    const other = connect(`esdb://127.0.0.1:${double.ports[1]!},127.0.0.1:${double.ports[2]!}?tls=false`);
    await other.appendToStream(newStream(), event(), leading);
  });
});

describe('a node with a certificate and passwords', () => {
  it('is read and written with the right ones only', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'concejo-double-'));
    const tls = selfSigned();
    const double = await EventStoreDbDouble.start({ tls, users: { admin: 'right', citizen: 'own' } });
    try {
      const authority = join(folder, 'ca.pem');
      await writeFile(authority, tls.certificate);
      const url = (who?: string) => `${double.urlFor(who)}&tlsCAFile=${encodeURIComponent(authority)}`;
      const [admin, wrong, nobody] = [
        connect(url('admin:right')),
        connect(url('admin:wrong')),
        connect(url()),
      ];
      const stream = newStream();
      await admin.appendToStream(stream, event());
      const right = { credentials: { username: 'admin', password: 'right' } };
      await nobody.appendToStream(stream, event(), right);
      expect(await readStream(admin, stream)).toHaveLength(2);
      expect((await double.calls()).at(-1)).toMatchObject({ user: 'admin' });
      const denied = { type: 'access-denied' };
      for (const refused of [
        wrong.appendToStream(stream, event(), { credentials: { username: 'admin', password: 'wrong' } }),
        nobody.appendToStream(stream, event(), { credentials: { username: 'other', password: 'right' } }),
        nobody.appendToStream(stream, event()),
        readStream(wrong, stream),
        readStream(nobody, stream),
        readAll(nobody),
        readAll(connect(url('citizen:own'))),
      ]) {
        expect(await failure(refused)).toMatchObject(denied);
      }
      await connect(url('citizen:own')).appendToStream(stream, event());
      expect(await readStream(admin, stream)).toHaveLength(3);
      // Without the authority nobody trusts it.
      const suspicious = connect(double.urlFor('admin:right'));
      expect(await failure(readAll(suspicious))).toMatchObject({ type: 'unavailable' });
    } finally {
      await double.close();
      await rm(folder, { recursive: true });
    }
  });
});

describe('a double in another process', () => {
  it('does what it is told, over HTTP', async () => {
    const double = await startDouble({ nodes: 2 });
    try {
      const client = connect(double.url);
      const stream = newStream();
      await double.misbehave({ on: ['append'], stream, do: 'lose-answer' });
      expect(await failure(client.appendToStream(stream, event(), soon))).toMatchObject({
        type: 'deadline-exceeded',
      });
      expect((await double.written()).at(-1)).toMatchObject({ stream, revision: '0' });
      expect((await double.calls()).at(-1)).toMatchObject({ stream, misdeed: 'lose-answer', node: 0 });
      await double.elect(1);
      await double.stop(0);
      const next = connect(double.url);
      await next.appendToStream(stream, event(), { ...leading, expectedRevision: 0n });
      await expect(double.stop(7)).rejects.toThrow('no node 7');
    } finally {
      await double.close();
    }
    expect((await double.child.ended).code).toBe(0);
  });
});
