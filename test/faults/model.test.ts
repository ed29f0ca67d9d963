/** The comparison finds what it is there for: logs that are not what clients were told. */
import { describe, expect, it } from '@jest/globals';
import { toBase64url } from '../../projections/bytes.js';
import type { RecordedEvent } from '../../projections/event.js';
import { outcomeOf, structureFaults, Told, type Answer } from './model.js';

function recorded(position: number, commandId: string, type = 'BallotCast'): RecordedEvent {
  const hash = new Uint8Array(32).fill(position + 1);
  return {
    ...{
      position: BigInt(position),
      revision: 0n,
      stream: `s-${position}`,
      id: `id-${position}`,
      type,
      hash,
    },
    ...{ leaf: new Uint8Array(1), recordedAt: new Date(0), commandId, requestDigest: undefined },
  };
}

function acknowledged(...events: readonly RecordedEvent[]): Answer {
  return {
    is: 'acknowledged',
    position: events.at(-1)?.position ?? -1n,
    leafHashes: events.map(({ hash }) => toBase64url(hash)),
  };
}

const refused: Answer = { is: 'refused', code: 'sequence-stale' };
const unknown: Answer = { is: 'unknown', why: 'ECONNRESET' };

/** Clients were told these answers of the write `key`. */
function told(...answers: readonly Answer[]): Told {
  const all = new Told();
  all.begin('ballot', 'key').answers.push(...answers);
  return all;
}

describe('what clients were told, against the log', () => {
  const [one, other] = [recorded(0, 'key'), recorded(1, 'key')];

  it('agrees where it does', () => {
    expect(told(unknown, acknowledged(one), acknowledged(one)).compare([one], -1n)).toEqual([]);
    expect(told(refused).compare([], -1n)).toEqual([]);
    expect(told(unknown).compare([], -1n)).toEqual([]);
    expect(told(unknown, refused).compare([one], -1n)).toEqual([]);
    expect(told({ is: 'refused', code: 'voting-closed' }).compare([one], -1n)).toEqual([]);
  });

  it.each([
    ['lost', told(acknowledged(one)), [], 'acknowledged, and lost'],
    ['doubled', told(acknowledged(one)), [one, other], 'acknowledged, and in the log more than once'],
    ['another one', told(acknowledged(other)), [one], 'acknowledged, and other events in the log'],
    [
      'in two places',
      told(acknowledged(one), acknowledged(other)),
      [one],
      'acknowledged, and other events in the log',
    ],
    ['refused and there', told(refused), [one], 'refused, and in the log'],
    ['twice of an unknown end', told(unknown), [one, one], 'unknown, and in the log twice'],
  ])('finds what is %s', (_what, all, log, fault) => {
    expect(all.compare(log, -1n)).toEqual([`ballot key: ${fault}`]);
  });

  it('finds what was moved', () => {
    const moved = { ...one, position: 7n };
    expect(told(acknowledged(one)).compare([moved], -1n)).toEqual([
      'ballot key: acknowledged at 0, and at 7 in the log',
    ]);
  });

  it('finds half of what was written in one piece', () => {
    const all = new Told();
    const whole = [recorded(0, 'a', 'ElectionDefined'), recorded(1, 'a', 'OptionsListed')];
    all.begin('election', 'a').answers.push(acknowledged(...whole));
    all.begin('election', 'b').answers.push(unknown);
    const half = recorded(2, 'b', 'ElectionDefined');
    expect(all.compare([...whole, half], -1n)).toEqual(['election b: unknown, and half in the log']);
    expect(all.compare([...whole, half, recorded(3, 'b', 'OptionsListed')], -1n)).toEqual([]);
  });

  it('finds what nobody asked for', () => {
    expect(new Told().compare([one], -1n)).toEqual(['BallotCast at 0: nobody asked for it']);
    expect(new Told().compare([one], 0n)).toEqual([]);
  });

  it('takes an end for unknown as long as one try could have been written', () => {
    const of = (...answers: Answer[]) => outcomeOf({ key: 'key', kind: 'ballot', events: 1, answers });
    expect([of(refused, refused), of(unknown, refused), of(), of(unknown, acknowledged(one))]).toEqual([
      'refused',
      'unknown',
      'unknown',
      'acknowledged',
    ]);
  });
});

describe('a log by itself', () => {
  it('leaves no position and no revision out, and has no id twice', () => {
    const [one, two] = [recorded(0, 'a'), recorded(1, 'b')];
    expect(structureFaults([one, two])).toEqual([]);
    expect(structureFaults([two])).toEqual(['position 1 in the place of 0']);
    expect(structureFaults([one, { ...two, revision: 1n }])).toEqual(['revision 1 of s-1 in the place of 0']);
    expect(structureFaults([one, { ...two, id: one.id }])).toEqual(['event id id-0 twice']);
  });
});
