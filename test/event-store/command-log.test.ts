import { describe, expect, it } from '@jest/globals';
import { toBase64url } from '../../projections/bytes.js';
import { leafBytes, openEvent, type NewEvent, type RecordedEvent } from '../../projections/event.js';
import { leafHash } from '../../projections/hash.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import {
  CommandLog,
  isRejection,
  type Known,
  type LoggedCommand,
  type Receipt,
} from '../../src/event-store/command-log.js';
import { eventId, newThingId } from '../../src/event-store/event-ids.js';
import { Overloaded, type Append } from '../../src/event-store/event-store.js';
import { MemoryEventStore } from '../../src/event-store/memory.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const granted = (actorId: string): NewEvent<'RoleGranted'> => ({
  type: 'RoleGranted',
  data: { actorId, roles: ['clerk'], key: toBase64url(new Uint8Array(32)) },
});

/** A rule: nobody gets a role twice, and there are three at most. */
function grant(
  actor: string,
  commandId: string,
  { request = actor, at = 0, stream = 'staff' } = {},
): LoggedCommand<string[]> {
  return {
    stream,
    meta: { commandId, actor: 'boss', at: new Date(at).toISOString(), request: bytes(request) },
    initial: [],
    evolve: (state, event) => (event.type === 'RoleGranted' ? [...state, event.data.actorId] : state),
    decide: (state) =>
      state.includes(actor)
        ? { rejected: 'role-granted' }
        : state.length === 3
          ? { rejected: 'too-many' }
          : [granted(actor)],
  };
}

function setUp() {
  const store = new MemoryEventStore();
  return { store, log: new CommandLog(store, nodeCrypto, bytes('a key for digests')) };
}

async function events(store: MemoryEventStore, stream: string): Promise<RecordedEvent[]> {
  const all: RecordedEvent[] = [];
  for await (const event of store.readStream(stream)) all.push(event);
  return all;
}

function receipt(answer: object): Receipt {
  if (isRejection(answer)) throw new Error(`rejected: ${answer.rejected}`);
  return answer as Receipt;
}

describe('CommandLog.find', () => {
  const by = (commandId: string, request = 'ana', actor = 'boss') => ({
    commandId,
    actor: { id: actor, roles: [] },
    request: bytes(request),
  });

  it('gives the first receipt of a command that is in the stream, and writes nothing', async () => {
    const { store, log } = setUp();
    const first = receipt(await log.run(grant('ana', 'c1')));
    await log.run(grant('bea', 'c2'));
    expect(await log.find('staff', by('c1'))).toEqual({ ...first, repeated: true });
    expect(await log.find('staff', by('c1', 'another request'))).toEqual({ rejected: 'command-id-reused' });
    expect(await log.find('staff', by('c3'))).toBeUndefined();
    expect(await log.find('staff', by('c1', 'ana', 'somebody else'))).toBeUndefined();
    expect(await log.find('nowhere', by('c1'))).toBeUndefined();
    expect(await events(store, 'staff')).toHaveLength(2);
  });
});

describe.each(['nothing', 'that it is new', 'what stands in it'] as const)(
  'A command that knows of its stream %s',
  (what) => {
    /** Runs it as a caller would who knows so much; the last looks at the stream just before. */
    async function run(store: MemoryEventStore, log: CommandLog, command: LoggedCommand<string[]>) {
      if (what === 'nothing') return log.run(command);
      let known: Known<string[]> = { state: [] };
      if (what === 'what stands in it') {
        for (const recorded of await events(store, command.stream)) {
          const state = command.evolve(known.state, openEvent(nodeCrypto, recorded));
          known = { state, place: { revision: recorded.revision, position: recorded.position } };
        }
      }
      return log.run({ ...command, known });
    }

    it('appends what was decided and answers where', async () => {
      const { store, log } = setUp();
      await run(store, log, grant('ana', 'c1'));
      const second = receipt(await run(store, log, grant('bea', 'c2')));
      expect(second).toMatchObject({ stream: 'staff', revision: 1n, position: 1n, repeated: false });
      const page = await events(store, 'staff');
      expect(page.map(({ id }) => id)).toEqual([eventId('boss', 'c1', 0), eventId('boss', 'c2', 0)]);
      expect(second.events).toEqual([
        {
          id: eventId('boss', 'c2', 0),
          type: 'RoleGranted',
          leafHash: toBase64url(page[1]?.hash ?? new Uint8Array()),
        },
      ]);
    });

    it('answers a repeated command with the first receipt, at another instant and after the state moved on', async () => {
      const { store, log } = setUp();
      const first = receipt(await run(store, log, grant('ana', 'c1')));
      await log.run(grant('bea', 'c2'));
      await log.run(grant('carla', 'c3'));
      const again = await run(store, log, grant('ana', 'c1', { at: 60_000 }));
      expect(again).toEqual({ ...first, repeated: true });
      expect(await store.head()).toBe(2n);
    });

    it('refuses a command id that comes with another request, also in another stream', async () => {
      const { store, log } = setUp();
      await run(store, log, grant('ana', 'c1'));
      expect(await run(store, log, grant('bea', 'c1'))).toEqual({ rejected: 'command-id-reused' });
      expect(await run(store, log, grant('ana', 'c1', { request: 'else' }))).toEqual({
        rejected: 'command-id-reused',
      });
      expect(await run(store, log, grant('ana', 'c1', { stream: 'staff-of-another-place' }))).toEqual({
        rejected: 'command-id-reused',
      });
      expect(await store.head()).toBe(0n);
    });

    it('answers two same commands at once with one append', async () => {
      const { store, log } = setUp();
      const answers = await Promise.all([1, 2, 3].map((at) => run(store, log, grant('ana', 'c1', { at }))));
      const receipts = answers.map(receipt);
      expect(receipts.filter(({ repeated }) => !repeated)).toHaveLength(1);
      expect(new Set(receipts.map(({ events }) => events[0]?.leafHash)).size).toBe(1);
      expect(await store.head()).toBe(0n);
    });

    it('keeps the rule when many decide at once', async () => {
      const { store, log } = setUp();
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, i) => run(store, log, grant(`p${i}`, `c${i}`))),
      );
      expect(answers.filter((answer) => !isRejection(answer))).toHaveLength(3);
      expect(answers.filter((answer) => isRejection(answer) && answer.rejected === 'too-many')).toHaveLength(
        5,
      );
      expect(await store.head()).toBe(2n);
    });

    it('writes nothing for a rejection or for nothing to do', async () => {
      const { store, log } = setUp();
      const idle = { ...grant('ana', 'c0'), decide: () => [] };
      expect(await run(store, log, idle)).toEqual({
        stream: 'staff',
        events: [],
        revision: -1n,
        position: -1n,
        repeated: false,
      });
      await log.run(grant('ana', 'c1'));
      expect(await run(store, log, grant('ana', 'c2'))).toEqual({ rejected: 'role-granted' });
      expect(await run(store, log, idle)).toMatchObject({ events: [], revision: 0n, position: 0n });
      expect(await store.head()).toBe(0n);
    });

    it('throws for an event outside its schema, and writes none of the decision', async () => {
      const { store, log } = setUp();
      const odd = { ...granted('bea'), data: { ...granted('bea').data, name: 'Bea' } } as NewEvent;
      const command = { ...grant('ana', 'c1'), decide: () => [granted('ana'), odd] };
      await expect(run(store, log, command)).rejects.toThrow(/RoleGranted does not fit its schema/);
      expect(await store.head()).toBe(-1n);
    });
  },
);

describe('CommandLog', () => {
  it('gives up on a stream that others write to without end', async () => {
    let tries = 0;
    class Busy extends MemoryEventStore {
      override async append(append: Append) {
        // Somebody is faster every time.
        tries++;
        const id = eventId('somebody', String(tries), 0);
        const leaf = leafBytes(granted('bea'), {
          id,
          stream: 'staff',
          at: new Date(0).toISOString(),
          actor: 'somebody',
        });
        const event = { id, type: 'RoleGranted', leaf, hash: leafHash(nodeCrypto, leaf) };
        await super.append({ stream: 'staff', expected: append.expected, events: [event] });
        return super.append(append);
      }
    }
    const log = new CommandLog(new Busy(), nodeCrypto, bytes('k'));
    await expect(log.run({ ...grant('ana', 'c1'), decide: () => [granted('ana')] })).rejects.toThrow(
      Overloaded,
    );
    expect(tries).toBe(11);
  });

  it('keeps request digests apart by key', async () => {
    const digests = await Promise.all(
      ['one', 'two'].map(async (key) => {
        const store = new MemoryEventStore();
        await new CommandLog(store, nodeCrypto, bytes(key)).run(grant('ana', 'c1'));
        const [recorded] = await events(store, 'staff');
        return toBase64url(recorded?.requestDigest ?? new Uint8Array());
      }),
    );
    expect(digests[0]).toHaveLength(43);
    expect(digests[0]).not.toBe(digests[1]);
  });
});

describe('ids', () => {
  it('are version-5 UUIDs that differ by actor, command, index and kind', () => {
    const ids = [
      eventId('a', 'c', 0),
      eventId('a', 'c', 1),
      eventId('b', 'c', 0),
      eventId('a', 'd', 0),
      newThingId('a', 'c', 'election'),
      newThingId('a', 'c', 'content'),
    ];
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('stay what they are, since they stand in logs', () => {
    expect(eventId('a', 'c', 0)).toBe('950db888-7718-5831-ade1-df9ef609e7e7');
  });
});
