import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Ballot } from '../../projections/tally/ballots.js';
import { decide } from '../../projections/tally/decisions/decide.js';
import type { DecisionReason } from '../../projections/tally/decisions/outcome.js';
import { rationalText } from '../../projections/tally/rational.js';
import { validateDecision } from '../../projections/tally/decisions/ruleset.js';
import { ABSTAIN, NO, YES } from '../../projections/tally/decisions/yes-no.js';

const PAGE = readFileSync(new URL('../../docs/counting/decisions.md', import.meta.url), 'utf8');
const ANSWERS: Readonly<Record<string, number>> = { yes: YES, no: NO, abstain: ABSTAIN };

function section(title: string): string {
  const text = PAGE.split('\n## ').find((one) => one.startsWith(`${title}\n`));
  if (text === undefined) throw new Error(`decisions.md has no section "${title}"`);
  return text;
}

/** The rows of the section's table that begins with this column, without its head. */
function table(title: string, column: string): string[][] | undefined {
  const tables = section(title)
    .split(/\n(?!\|)/)
    .filter((block) => block.includes('\n|'))
    .map((block) =>
      (block.match(/^\|.*\|$/gm) ?? []).map((row) =>
        row
          .slice(1, -1)
          .split('|')
          .map((cell) => cell.trim()),
      ),
    );
  return tables.find(([head]) => head?.[0] === column)?.slice(2);
}

function ballotsOf(rows: string[][]): Ballot[] {
  return rows.map(([weight, content = '']) => {
    const entries = content === '' ? [] : content.split(', ').map((entry) => entry.split(' '));
    return {
      weight: Number(weight),
      options: entries.map(([id = '']) => id),
      points: entries.map(([, given = '0']) => ANSWERS[given] ?? Number(given)),
    };
  });
}

describe('docs/counting/decisions.md', () => {
  it.each([
    'yes-no',
    'plurality',
    'approval',
    'points',
    'borda',
    'copeland',
    'majority-judgment',
    'instant-runoff',
    'stv',
  ])('%s decides as told', (rule) => {
    const ballots = ballotsOf(table(rule, 'ballots') ?? table('The example', 'ballots') ?? []);
    const options = [...new Set(ballots.flatMap((ballot) => ballot.options))];
    const json: unknown = JSON.parse(/```json\n(.*?)```/s.exec(section(rule))?.[1] ?? '');
    const ruleset = validateDecision(json, options);
    if ('rejected' in ruleset) throw new Error(ruleset.rejected);
    expect(ruleset.rule).toBe(rule);
    const decision = decide(ruleset, options, ballots, { entitled: 400n });
    if ('undecided' in decision) throw new Error('undecided');
    expect(table(rule, 'place')).toEqual(
      decision.options.map(({ id, place, score, reason }) => [
        String(place ?? ''),
        id,
        rationalText(score),
        `\`${reason.code}\``,
      ]),
    );
  });

  it('explains every reason', () => {
    const codes: Record<DecisionReason['code'], true> = {
      adopted: true,
      elected: true,
      'quorum-not-reached': true,
      'majority-not-reached': true,
      'no-support': true,
      outvoted: true,
    };
    const rows =
      table('The decision as data', 'reason')
        ?.map(([code]) => code)
        .join() ?? '';
    for (const code of Object.keys(codes)) expect(rows).toContain(`\`${code}\``);
  });
});
