/** An audit passes what is right, and names for every check what is wrong. */
import { describe, expect, it } from '@jest/globals';
import { CHECKS, MANDATORY } from '../../projections/audit/checks.js';
import type { Report } from '../../projections/audit/report.js';
import { MUTANTS } from './mutants.js';
import { audited, tell } from './story.js';

/** Mandatory checks whose mutants are bundles: `bundle.test.ts`. */
const OF_BUNDLES: readonly number[] = [1];

function failuresOf(report: Report) {
  return report.checks.filter(({ verdict }) => verdict === 'FAIL');
}

describe('an audit', () => {
  it('passes every check that it makes on an honest log, whatever the pages', async () => {
    const story = tell();
    const report = await audited(story);
    const made = report.checks.filter(({ mandatory, number }) => mandatory && !OF_BUNDLES.includes(number));
    expect(made.map(({ number, verdict }) => [number, verdict])).toEqual(
      made.map(({ number }) => [number, 'PASS']),
    );
    expect(await audited(story, {}, 1)).toEqual(report);
    expect(await audited(story, {}, 1_000)).toEqual(report);
  });

  it('has a mutant for every mandatory check of a log', () => {
    const covered = MUTANTS.map(({ check }) => check);
    expect([...covered, ...OF_BUNDLES].sort((a, b) => a - b)).toEqual([...MANDATORY].sort((a, b) => a - b));
    expect(CHECKS.map(({ number }) => number).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 49 }, (_, i) => i + 1),
    );
  });

  it.each(MUTANTS)('names $check first for $what', async (mutant) => {
    const report = await audited(tell(mutant), mutant.crypto && { crypto: mutant.crypto });
    const found = report.checks.find(({ number }) => number === mutant.check);
    expect([found?.verdict, found?.findings.map(({ code }) => code)]).toEqual([
      mutant.isWarning ? 'WARN' : 'FAIL',
      expect.arrayContaining([mutant.code]),
    ]);
    if (mutant.isWarning) return;
    expect([report.passed, report.cause]).toEqual([false, mutant.check]);
    const others = failuresOf(report).filter(({ number }) => number !== mutant.check);
    expect(others.filter(({ consequentOf }) => consequentOf === undefined)).toEqual([]);
  });
});
