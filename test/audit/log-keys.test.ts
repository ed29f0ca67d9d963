/** Which keys may have signed the head that is audited, by what the log itself says of its keys. */
import { describe, expect, it } from '@jest/globals';
import { utf8 } from '../../projections/bytes.js';
import type { NewEvent } from '../../projections/event.js';
import { checkpointBy, logSigner, type Signer } from '../ledger/signers.js';
import { audited, headOf, LOG, ofType, sized, tell, WITNESS, type Entry, type Twist } from './story.js';

const next = logSigner('the next key');
const third = logSigner('a third key');
const AT = '2026-09-01T00:00:00.000Z';

function announced(key: Signer, old: Signer = LOG): NewEvent {
  return { type: 'LogKeyAnnounced', data: { old: old.vkey, new: key.vkey } };
}
function retired(key: Signer): NewEvent {
  return { type: 'LogKeyRetired', data: { vkey: key.vkey } };
}

/** What stands after the definition, and who signed the head; the auditor's policy names all three. */
function with_(events: readonly NewEvent[], signers: readonly Signer[], change: Partial<Entry> = {}): Twist {
  return {
    edit: ofType('ElectionDefined', (entry) => [
      entry,
      ...events.map((event): Entry => ({ stream: 'log-keys', event, at: AT, actor: 'system', ...change })),
    ]),
    heads: (heads, leaves) => ({
      ...heads,
      policy: {
        bytes: utf8(
          [LOG, next, third].map(({ vkey }) => `log ${vkey}\n`).join('') +
            `witness north ${WITNESS.vkey}\nquorum north\n`,
        ),
        own: true,
      },
      checkpoint: checkpointBy([...signers, WITNESS], sized(headOf(leaves))),
    }),
  };
}

async function check(twist: Twist, number = 4) {
  const report = await audited(tell(twist));
  const found = report.checks.find((one) => one.number === number);
  const failed = report.checks.filter(({ verdict }) => verdict === 'FAIL').map((one) => one.number);
  return { verdict: found?.verdict, codes: found?.findings.map(({ code }) => code), failed };
}

describe('an audit of a log whose key was replaced', () => {
  it.each<[string, readonly NewEvent[], readonly Signer[]]>([
    ['the first key alone, where nothing was announced', [], [LOG]],
    ['both while both sign', [announced(next)], [LOG, next]],
    ['either of them', [announced(next)], [next]],
    ['the new one after the old one was retired', [announced(next), retired(LOG)], [next]],
    ['the next but one', [announced(next), retired(LOG), announced(third, next)], [next, third]],
  ])('passes a head by %s', async (_, events, signers) => {
    expect(await check(with_(events, signers))).toEqual({ verdict: 'PASS', codes: [], failed: [] });
  });

  it.each<[string, string, readonly NewEvent[], readonly Signer[]]>([
    ['of a key that was retired', 'log-key-retired', [announced(next), retired(LOG)], [LOG, next]],
    ['of a key that was retired, alone', 'log-key-retired', [announced(next), retired(LOG)], [LOG]],
    ['of a key that was never announced', 'log-key-not-announced', [announced(next)], [LOG, third]],
    ['of two keys, where nothing was announced', 'log-key-not-announced', [], [LOG, next]],
    ['of a log that announces a key twice', 'log-key-repeated', [announced(next), announced(next)], [LOG]],
    [
      'that announces beside a stranger',
      'log-key-not-in-use',
      [announced(next), announced(third, third)],
      [LOG],
    ],
    ['that retires a stranger', 'log-key-not-in-use', [announced(next), retired(third)], [LOG]],
    ['that retires its last key', 'log-key-the-last', [announced(next), retired(LOG), retired(next)], []],
    [
      'that announces what is no key',
      'log-key-malformed',
      [{ type: 'LogKeyAnnounced', data: { old: LOG.vkey, new: LOG.vkey.replace(/.{4}$/, 'AAAA') } }],
      [LOG],
    ],
    [
      'that announces the key of another log',
      'log-key-of-another-log',
      [announced(logSigner('x', 'other.example/log'))],
      [LOG],
    ],
  ])('fails the head %s', async (_, code, events, signers) => {
    const found = await check(with_(events, signers));
    expect(found.verdict).toBe('FAIL');
    expect(found.codes).toContain(code);
    expect(found.failed).toEqual([4]);
  });

  it('wants the events from nobody, in their stream', async () => {
    expect(await check(with_([announced(next)], [LOG], { actor: 'officer-a' }), 7)).toMatchObject({
      verdict: 'FAIL',
      codes: ['role-missing'],
    });
    expect(await check(with_([announced(next)], [LOG], { stream: 'staff' }), 2)).toMatchObject({
      verdict: 'FAIL',
      codes: ['stream-wrong'],
    });
  });
});
