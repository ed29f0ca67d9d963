/**
 * The table of findings: the page that shows it is current (`npm run findings` writes it), every code is one that an audit
 * can find and that some test has found, or there is a reason why not.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { CHECKS } from '../../projections/audit/checks.js';
import { CODES_OF_BALLOTS } from '../../projections/audit/codes-of-ballots.js';
import { CODES_OF_BYTES } from '../../projections/audit/codes-of-bytes.js';
import { CODES_OF_EVENTS } from '../../projections/audit/codes-of-events.js';
import { FINDING_CODES, type FindingCode, type Meaning } from '../../projections/audit/finding-codes.js';

const ROOT = new URL('../../', import.meta.url);
const PAGE = new URL('docs/audit-findings.md', ROOT);
const VERDICTS = ['FAIL', 'NOT-CHECKED', 'WARN'] as const;
const codes = Object.entries<Meaning>(FINDING_CODES) as [FindingCode, Meaning][];

/** Found by no test, for these reasons. */
const NOT_FOUND: Partial<Record<FindingCode, string>> = {
  'canonical-form': 'The parser is no part that can be exchanged, and is right.',
  'greedy-count': 'The counting rules are no part that can be exchanged, and are right.',
  'sum-wrong': 'Of the own count of the auditor, whose sums no log can make wrong.',
};

/** Codes that are put together from a phase, or from what was counted of paper. */
const MADE = [/^not-when-/, /^(batches|sheets|marks|surplus)-wrong$/];

function* sourcesIn(folder: string): Generator<[path: string, text: string]> {
  for (const entry of readdirSync(new URL(folder, ROOT), { withFileTypes: true })) {
    const path = `${folder}${entry.name}`;
    if (entry.isDirectory()) yield* sourcesIn(`${path}/`);
    else if (/\.tsx?$/.test(path)) yield [path, readFileSync(new URL(path, ROOT), 'utf8')];
  }
}

/** One table for each check, in the order of layers. */
function page(): string {
  const parts = CHECKS.flatMap(({ number, title }) => {
    const rows = codes.flatMap(([code, meaning]) =>
      VERDICTS.filter((verdict) => meaning[verdict]?.includes(number)).map((verdict) => ({
        code,
        verdict,
        says: meaning.says,
      })),
    );
    if (rows.length === 0) return [];
    const lines = rows.map(({ code, verdict, says }) => `| \`${code}\` | \`${verdict}\` | ${says} |`);
    return [
      `## ${number}. ${title}`,
      '',
      '| code | verdict | what it says |',
      '| --- | --- | --- |',
      ...lines,
      '',
    ];
  });
  return [
    '# Findings of an audit',
    '',
    'Every code that a finding can have, by its check, with the verdict that it makes. [Auditing](auditing.md) says what the checks',
    'and the verdicts mean. This page comes from the code (`projections/audit/finding-codes.ts`): `npm run findings` writes it.',
    '',
    'A check without any finding has a code of its own: `passed`; `nothing-to-check` where the log holds nothing for it;',
    '`not-implemented` where this program does not make a check that it must; `other-profile` where it belongs to another one.',
    '',
    ...parts,
  ].join('\n');
}

if (process.env.WRITE_FINDINGS === '1') writeFileSync(PAGE, page());

describe('the table of findings', () => {
  it('is what docs/audit-findings.md shows', () => {
    if (readFileSync(PAGE, 'utf8') !== page())
      throw new Error('docs/audit-findings.md is not current: run npm run findings');
  });

  it('has every code once, and for each a check that there is and a sentence', () => {
    const parts = [CODES_OF_BYTES, CODES_OF_EVENTS, CODES_OF_BALLOTS];
    expect(parts.flatMap((part) => Object.keys(part))).toHaveLength(codes.length);
    const known = CHECKS.filter(({ forOpen }) => forOpen !== 'not-applicable').map(({ number }) => number);
    for (const [code, meaning] of codes) {
      const numbers = VERDICTS.flatMap((verdict) => meaning[verdict] ?? []);
      expect([code, numbers.length > 0, known]).toEqual([code, true, expect.arrayContaining(numbers)]);
      expect(meaning.says).toMatch(/^[A-Z0-9][^|]{10,90}\.$/);
    }
  });

  it('has no code that nothing finds any more', () => {
    const sources = [...sourcesIn('projections/'), ...sourcesIn('src/')]
      .filter(([path]) => !path.includes('/codes-of-'))
      .map(([, text]) => text)
      .join('\n');
    const isUsed = (code: string) => sources.includes(`'${code}'`) || sources.includes(`  ${code}: (crypto)`);
    const dead = codes
      .map(([code]) => code)
      .filter((code) => !isUsed(code) && !MADE.some((made) => made.test(code)));
    expect(dead).toEqual([]);
  });

  it('has no code that no test of the audit finds, but with a reason', () => {
    const tests = [...sourcesIn('test/audit/')]
      .filter(([path]) => !path.endsWith('finding-codes.test.ts'))
      .map(([, text]) => text)
      .join('\n');
    const unseen = codes.map(([code]) => code).filter((code) => !tests.includes(`'${code}'`));
    expect(unseen).toEqual(Object.keys(NOT_FOUND));
  });
});
