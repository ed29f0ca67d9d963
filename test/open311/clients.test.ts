import { describe, expect, it } from '@jest/globals';
import { MOST_READS, MOST_WRITES, MOST_WRONG_KEYS, Open311Clients } from '../../src/open311/clients.js';
import { hashKey } from '../../src/staff/keys.js';
import type { Problem } from '../../src/rest/problem.js';

const works = { name: 'works', keyHash: hashKey('right'), moves: true };
const HOME = '192.0.2.7';

function opened() {
  const time = { ms: 0 };
  return { time, clients: new Open311Clients([works], () => time.ms) };
}

/** The code of the problem that is thrown; `undefined` for none. */
function refusal(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return (error as Problem).code;
  }
}

describe('clients of Open311', () => {
  it('are known by their keys', () => {
    const { clients } = opened();
    expect(clients.client('right', HOME)).toBe(works);
    expect(refusal(() => clients.client(undefined, HOME))).toBe('open311-key-missing');
    expect(refusal(() => clients.client('wrong', HOME))).toBe('open311-key-unknown');
  });

  it('wait after many wrong keys, by their address, and no longer than a quarter of an hour', () => {
    const { clients, time } = opened();
    for (let tries = 0; tries < MOST_WRONG_KEYS; tries++) refusal(() => clients.client('wrong', HOME));
    expect(refusal(() => clients.client('right', HOME))).toBe('open311-too-much');
    expect(refusal(() => clients.client('right', '198.51.100.1'))).toBeUndefined();
    time.ms += 15 * 60_000;
    expect(refusal(() => clients.client('right', HOME))).toBeUndefined();
  });

  it('write and read so much in a minute', () => {
    const { clients, time } = opened();
    for (let writes = 0; writes < MOST_WRITES; writes++) clients.countWrite(works);
    for (let reads = 0; reads < MOST_READS; reads++) clients.countRead(HOME);
    expect(refusal(() => clients.countWrite(works))).toBe('open311-too-much');
    expect(refusal(() => clients.countRead(HOME))).toBe('open311-too-much');
    time.ms += 60_000;
    expect(refusal(() => clients.countWrite(works))).toBeUndefined();
    expect(refusal(() => clients.countRead(HOME))).toBeUndefined();
  });
});
