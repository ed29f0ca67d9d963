/** What a report says of itself: which log, how new, on whose word, and in its last line what it is worth. */
import { describe, expect, it } from '@jest/globals';
import { auditBundle } from '../../projections/audit/audit-bundle.js';
import type { Report } from '../../projections/audit/report.js';
import { toBase64url } from '../../projections/bytes.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { reportLines } from '../../src/command-line/audit.js';
import { ORIGIN } from '../ledger/signers.js';
import { bundleOf, CERTIFIED_AT, filesOf, headOf, LOG, POLICY, tell } from './story.js';

const story = tell();

async function audited(policy?: Uint8Array, files = filesOf(story)): Promise<Report> {
  const bytes = await bundleOf(story, files);
  return auditBundle([bytes], { crypto: nodeCrypto, ...(policy && { policy }) });
}

describe('a report', () => {
  it('names the log, its head, the time of its last event and whom the auditor trusted', async () => {
    const report = await audited(POLICY);
    expect([report.passed, report.conclusion]).toEqual([true, 'passed']);
    expect(report.log).toEqual({
      origin: ORIGIN,
      lastAt: CERTIFIED_AT,
      cosigned: [{ witness: 'north', at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) }],
      policy: {
        from: 'reader',
        sha256: toBase64url(nodeCrypto.sha256(POLICY)),
        keys: [LOG.vkey],
        witnesses: ['north'],
        quorum: 'north',
      },
    });
    const text = reportLines(report, 1.25).join('\n');
    for (const said of [ORIGIN, CERTIFIED_AT, `${headOf(story.leaves).size} events`, 'yours', LOG.vkey])
      expect(text).toContain(said);
    expect(reportLines(report, 1).at(-1)).toMatch(/^PASSED: everything that must be checked/);
  });

  it('says last of all that nobody confirmed the keys, where they are the word of the log', async () => {
    const report = await audited();
    expect([report.passed, report.conclusion, report.log.policy?.from]).toEqual([
      true,
      'passed-by-own-policy',
      'log',
    ]);
    expect(reportLines(report, 1).at(-1)).toBe(
      "PASSED by the log's own policy: its keys were not confirmed by anybody else.",
    );
  });

  it('of a log that fails, or that has no policy, says nothing of passing', async () => {
    const without = await audited(
      undefined,
      filesOf(story).filter(({ name }) => name !== 'policy'),
    );
    expect([without.passed, without.conclusion, without.log.policy]).toEqual([
      false,
      'not-checked',
      undefined,
    ]);
    expect(reportLines(without, 1).at(-1)).toMatch(/^NOT PASSED/);
    const failed = await audited(
      undefined,
      filesOf(story).filter(({ name }) => !name.startsWith('contents/')),
    );
    expect(failed.conclusion).toBe('failed');
    expect(reportLines(failed, 1).at(-1)).toBe('FAILED, first of all in check 44.');
  });

  it('takes from the words of a log what makes a terminal do things', async () => {
    const report = await audited(POLICY);
    const log = { ...report.log, origin: 'city\u001b[2J\u202e\u009b' };
    expect(reportLines({ ...report, log }, 1).join('\n')).not.toMatch(/[^\n\P{C}]/u);
  });

  it('says of what is no bundle at all that it is none', async () => {
    const report = await auditBundle([Buffer.from('# A page')], { crypto: nodeCrypto });
    const text = reportLines(report, 1).join('\n');
    expect(text).toContain('checks had nothing to look at.\nThis file is no bundle of a log');
    expect(reportLines(await audited(POLICY), 1).join('\n')).not.toContain('This file is no bundle');
  });
});
