import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Reason } from '../../projections/tally/outcome.js';
import { columnIndex, parsePabulib } from '../../src/pabulib/pabulib.js';
import { tallyFile } from '../../src/pabulib/tally-file.js';

const ELECTIONS = new URL('../../../shared/elections/', import.meta.url);
const RULESETS = new URL('../elections/', import.meta.url);
const names = existsSync(ELECTIONS) ? readdirSync(ELECTIONS).filter((name) => name.endsWith('.pb')) : [];

/** `selected` other than 0 and 1 that no rule of the file explains: decisions outside the count, with money from elsewhere. */
const OUTSIDE_THE_COUNT: Record<string, string[]> = {
  'Poland_Gdynia_2020_Babie_Doly__small.pb': ['5'],
  'Poland_Katowice_2024_Murcki.pb': ['L18/16/XI'],
};

const describeReal = names.length > 0 ? describe : describe.skip;
describeReal(
  `official winners${names.length > 0 ? '' : ' (SKIPPED: ../shared/elections is not there)'}`,
  () => {
    it('are known for twelve elections', () => {
      expect(names).toHaveLength(12);
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
      const paidAs = (code: Reason['code']) =>
        outcome.projects.filter(({ reason }) => reason.code === code).map(({ id }) => id);
      const within = [...paidAs('funded'), ...paidAs('bought')];
      expect(within.sort()).toEqual(withFlag((flag) => flag === '1').sort());
      // Poznań: 2 is the first that did not fit, 3 what additional reserve money pays.
      const byReserve = [paidAs('funded-with-reserve'), paidAs('funded-from-reserve')];
      const outside = OUTSIDE_THE_COUNT[name] ?? [];
      const counted = (flag: string) => withFlag((one) => one === flag).filter((id) => !outside.includes(id));
      expect(byReserve).toEqual([counted('2'), counted('3')]);
      expect(withFlag((flag) => !['0', '1', '2', '3'].includes(flag))).toEqual([]);
      expect(outside.every((id) => withFlag((flag) => flag === '2').includes(id))).toBe(true);
      expect([...outcome.funded].sort()).toEqual([...within, ...byReserve.flat()].sort());

      const funded = outcome.projects.filter((project) => project.funded);
      const costs = funded.reduce((sum, { cost }) => sum + cost, 0n);
      expect(outcome.cost + (outcome.reserve ?? 0n)).toBe(costs);
      expect(outcome.cost <= outcome.budget).toBe(true);
    });

    it('count Poznań with what the reserve pays apart from what is spent of the budget', () => {
      const name = names.find((one) => one.startsWith('Poland_Poznan'))!;
      const bytes = readFileSync(new URL(name, ELECTIONS));
      const rulesetBytes = readFileSync(new URL(name.replace(/\.pb$/, '.ruleset.json'), RULESETS));
      const { outcome } = tallyFile(bytes, { rulesetBytes });
      expect(outcome).toMatchObject({
        funded: ['V.6', 'V.5', 'V.3'],
        budget: 1_050_000_00n,
        cost: 1_050_000_00n,
        // 15,000 that V.5 lacked, and V.3 whole.
        reserve: 815_000_00n,
      });
      expect(outcome.projects.map(({ reason }) => reason).slice(0, 4)).toEqual([
        { code: 'funded', remaining: 1_050_000_00n },
        { code: 'funded-with-reserve', remaining: 300_000_00n, missing: 15_000_00n },
        { code: 'funded-from-reserve', remaining: 0n, missing: 800_000_00n },
        { code: 'does-not-fit', remaining: 0n, missing: 782_000_00n },
      ]);
      expect(() => tallyFile(bytes)).toThrow(/greedy-custom.*only in words.*--ruleset/s);
    });
  },
);
