import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { columnIndex, parsePabulib } from '../../src/pabulib/pabulib.js';
import { tallyFile } from '../../src/pabulib/tally-file.js';

const ELECTIONS = new URL('../../../shared/elections/', import.meta.url);
const RULESETS = new URL('../elections/', import.meta.url);
const GREEDY = ['greedy', 'greedy-no-skip', 'greedy-threshold', 'greedy-exclusive'];

function ruleOf(name: string): string {
  return /^rule;(.*?)\r?$/m.exec(readFileSync(new URL(name, ELECTIONS), 'utf8'))?.[1] ?? '';
}

const names = existsSync(ELECTIONS)
  ? readdirSync(ELECTIONS).filter((name) => name.endsWith('.pb') && GREEDY.includes(ruleOf(name)))
  : [];

/** `selected` 2 and 3 are decisions outside the count: money from elsewhere. */
const OUTSIDE_THE_COUNT: Record<string, string[]> = {
  'Poland_Gdynia_2020_Babie_Doly__small.pb': ['5'],
  'Poland_Katowice_2024_Murcki.pb': ['L18/16/XI'],
};

const describeReal = names.length > 0 ? describe : describe.skip;
describeReal(
  `official winners${names.length > 0 ? '' : ' (SKIPPED: ../shared/elections is not there)'}`,
  () => {
    it('are known for nine elections of the greedy family', () => {
      expect(names).toHaveLength(9);
    });

    it.each(names)('%s', (name) => {
      const bytes = readFileSync(new URL(name, ELECTIONS));
      const rulesetFile = new URL(name.replace(/\.pb$/, '.ruleset.json'), RULESETS);
      const rulesetBytes = existsSync(rulesetFile) ? readFileSync(rulesetFile) : undefined;
      const { outcome } = tallyFile(bytes, rulesetBytes === undefined ? {} : { rulesetBytes });
      const { file } = parsePabulib(bytes);
      const selected = columnIndex(file!.projects, 'selected');
      const withFlag = (test: (flag: string) => boolean) =>
        file!.projects.rows.filter((row) => test(row.cells[selected]!.trim())).map((row) => row.cells[0]!);
      expect([...outcome.funded].sort()).toEqual(withFlag((flag) => flag === '1').sort());
      expect(withFlag((flag) => flag !== '0' && flag !== '1')).toEqual(OUTSIDE_THE_COUNT[name] ?? []);
      expect(outcome.cost).toBe(
        outcome.projects.filter((p) => p.funded).reduce((sum, p) => sum + p.cost, 0n),
      );
      expect(outcome.cost <= outcome.budget).toBe(true);
    });
  },
);
