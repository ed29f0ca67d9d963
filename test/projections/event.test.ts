import { describe, expect, it } from '@jest/globals';
import { toBase64url, utf8 } from '../../projections/bytes.js';
import { canonicalBytes } from '../../projections/canonical.js';
import {
  DamagedEvent,
  leafBytes,
  openEvent,
  UnknownEvent,
  type NewEvent,
  type RecordedEvent,
} from '../../projections/event.js';
import { leafHash } from '../../projections/hash.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';

const place = {
  id: '00000000-0000-5000-8000-000000000001',
  stream: 'staff',
  at: '2026-10-01T08:00:00.000Z',
  actor: 'boss',
};
const granted: NewEvent<'RoleGranted'> = {
  type: 'RoleGranted',
  data: { actorId: 'ana', roles: ['clerk'], key: toBase64url(new Uint8Array(32)) },
};

function recorded(leaf: Uint8Array, changed: Partial<RecordedEvent> = {}): RecordedEvent {
  return {
    ...{ position: 7n, revision: 3n, stream: place.stream, id: place.id, type: 'RoleGranted' },
    ...{
      leaf,
      hash: leafHash(nodeCrypto, leaf),
      recordedAt: new Date(0),
      commandId: 'c',
      requestDigest: undefined,
    },
    ...changed,
  };
}

/** A leaf of today with something of it replaced, well hashed. */
function leafWith(changed: Record<string, unknown>): Uint8Array {
  return canonicalBytes({ v: 1, ...place, type: granted.type, schema: 1, data: granted.data, ...changed });
}

describe('events', () => {
  it('have a leaf of eight members in canonical order', () => {
    expect(Buffer.from(leafBytes(granted, place)).toString()).toBe(
      '{"actor":"boss","at":"2026-10-01T08:00:00.000Z","data":{"actorId":"ana","key":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",' +
        '"roles":["clerk"]},"id":"00000000-0000-5000-8000-000000000001","schema":1,"stream":"staff","type":"RoleGranted","v":1}',
    );
  });

  it('open to what was recorded, with their place', () => {
    expect(openEvent(nodeCrypto, recorded(leafBytes(granted, place)))).toEqual({
      ...granted,
      ...place,
      position: 7n,
      revision: 3n,
    });
  });

  it('do not open when a single bit of leaf or hash has changed', () => {
    const leaf = leafBytes(granted, place);
    for (const name of ['leaf', 'hash'] as const) {
      const whole = recorded(leaf);
      for (let bit = 0; bit < whole[name].length * 8; bit += 37) {
        const damaged = new Uint8Array(whole[name]);
        damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(() => openEvent(nodeCrypto, { ...whole, [name]: damaged })).toThrow(DamagedEvent);
      }
    }
  });

  it.each([{ stream: 'other' }, { id: '00000000-0000-5000-8000-000000000002' }, { type: 'RoleRevoked' }])(
    'do not open when a column says something else: %j',
    (changed) => {
      expect(() => openEvent(nodeCrypto, recorded(leafBytes(granted, place), changed))).toThrow(
        /position 7.*columns/,
      );
    },
  );

  it('do not open when their bytes are not JSON, though well hashed', () => {
    expect(() => openEvent(nodeCrypto, recorded(utf8('{"v":1')))).toThrow(DamagedEvent);
  });

  it.each([
    ['a type of the future', { type: 'MeteorSighted' }],
    ['a type that every object has', { type: 'constructor' }],
    ['a schema of the future', { schema: 2 }],
    ['a schema of another kind', { schema: '1' }],
    ['a leaf format of the future', { v: 2 }],
  ])('stop the reader at %s', (_, changed) => {
    const type = 'type' in changed ? changed.type : 'RoleGranted';
    expect(() => openEvent(nodeCrypto, recorded(leafWith(changed), { type }))).toThrow(UnknownEvent);
  });
});
