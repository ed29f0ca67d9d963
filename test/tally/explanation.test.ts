import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Ballot, Project } from '../../projections/tally/ballots.js';
import type { EqualSharesRuleset } from '../../projections/tally/equal-shares-ruleset.js';
import { explain } from '../../projections/tally/explanation.js';
import { tally } from '../../projections/tally/tally.js';
import { readElection } from '../../src/pabulib/election-file.js';
import { parsePabulib } from '../../src/pabulib/pabulib.js';
import { checked, election, explained, IDS } from './shares-elections.js';

const ELECTIONS = new URL('../../../shared/elections/', import.meta.url);

describe('an explanation of other rules', () => {
  // The neighbours of docs/counting/supporters-pay.md.
  const projects: Project[] = [
    { id: 'trees', cost: 420n },
    { id: 'playground', cost: 480n },
    { id: 'bridge', cost: 320n },
    { id: 'benches', cost: 80n },
  ];
  const ballots: Ballot[] = [
    { options: ['trees', 'playground'], weight: 60 },
    { options: ['bridge', 'benches'], weight: 40 },
  ];
  const ids = projects.map(({ id }) => id);
  const explainedUnder = (fields: object, budget = 1000n) => {
    const rules = checked({ v: 1, score: { by: 'votes' }, tieOrder: ['listed'], ties: ids, ...fields }, ids);
    const outcome = tally(rules, projects, ballots, budget);
    if ('undecided' in outcome) throw new Error('undecided');
    return explain(rules, projects, ballots, budget, outcome);
  };

  it('says under Phragmén when each project was paid for, what came next, and where it stopped', () => {
    expect(explainedUnder({ rule: 'phragmen' })).toMatchObject({
      purchases: [
        { project: 'benches', earned: '2', runnerUp: { project: 'trees', earned: '7' } },
        // Without the trees, the sixty would hold the playground's 480 a little later.
        { project: 'trees', earned: '7', runnerUp: { project: 'playground', earned: '8' } },
        { project: 'bridge', earned: '10', runnerUp: { project: 'playground', earned: '15' } },
      ],
      stop: { projects: ['playground'], earned: '15' },
      losers: [{ project: 'playground', left: '480', missing: '0' }],
    });
    const all = explainedUnder({ rule: 'phragmen' }, 2000n);
    expect([all.purchases?.length, all.stop, all.losers]).toEqual([4, undefined, []]);
  });

  it('says under exact equal shares who paid, what came next, and where the money of losers went', () => {
    expect(explainedUnder({ rule: 'exact-equal-shares', utility: 'cost' })).toMatchObject({
      outcome: { endowment: '10' },
      utility: 'cost',
      rounds: [
        {
          project: 'trees',
          price: '7',
          inFull: '60',
          allTheyHad: '0',
          offers: [
            { project: 'trees', effective: '60', price: '7' },
            { project: 'playground', effective: '60', price: '8' },
          ],
          behind: '0',
        },
        {
          project: 'bridge',
          price: '8',
          offers: [{ project: 'bridge' }, { project: 'benches' }],
          behind: '0',
        },
        { project: 'benches', price: '2', inFull: '40', offers: [{ project: 'benches' }] },
      ],
      losers: [
        {
          project: 'playground',
          held: '600',
          left: '180',
          missing: '300',
          paid: [{ project: 'trees', amount: '420' }],
        },
      ],
    });
  });

  it('keeps the sums of exact equal shares', () => {
    fc.assert(
      fc.property(election, fc.boolean(), ({ projects: listed, ballots: voted, budget }, opt) => {
        const rules = checked(
          {
            v: 1,
            rule: 'exact-equal-shares',
            utility: opt ? 'cost' : 'cardinality',
            completion: opt ? 'add-opt' : 'none',
            score: { by: 'votes' },
            tieOrder: ['listed'],
            ties: IDS,
          },
          IDS,
        );
        const outcome = tally(rules, listed, voted, budget);
        if ('undecided' in outcome) throw new Error('undecided');
        const { rounds = [], losers } = explain(rules, listed, voted, budget, outcome);
        expect(rounds.map(({ project }) => project)).toEqual(outcome.funded);
        for (const { project, price, inFull, offers } of rounds) {
          const { cost } = listed.find(({ id }) => id === project) as Project;
          // Equal parts, rounded up.
          expect(BigInt(price) * BigInt(inFull) >= cost).toBe(true);
          expect(cost === 0n || (BigInt(price) - 1n) * BigInt(inFull) < cost).toBe(true);
          const best = Number(offers[1]?.effective ?? 0);
          expect(!opt || cost === 0n || best <= Number(inFull)).toBe(true);
        }
        for (const { held, left, paid } of losers) {
          if (paid === undefined) continue;
          const sum = paid.reduce((all, { amount }) => all + BigInt(amount), BigInt(left ?? 0));
          const off = sum - BigInt(held ?? 0);
          // Each is rounded to the nearest, and what comes to nothing is left out.
          expect(off <= BigInt(rounds.length) && off >= -BigInt(rounds.length + 1)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('tells of losers whichever was nearer, what supporters pay or what is spent by score', () => {
    const losersUnder = (completion: string) =>
      explainedUnder({ rule: 'equal-shares', utility: 'cost', completion }, 900n).losers;
    // Everybody holds 9: the sixty pay the trees and have 120 left, the forty pay the bridge and have 40.
    const alone = losersUnder('none').find(({ project }) => project === 'playground');
    expect(alone).toMatchObject({ left: '120', cost: '120' });
    // Bridge and trees leave 160; the benches come after the playground.
    const left = losersUnder('utilitarian').find(({ project }) => project === 'playground');
    expect(left).toMatchObject({ left: '120', missing: '360', cost: '160' });
  });

  it('says nothing that is not known of a rule', () => {
    const { losers, ...rest } = explainedUnder({ rule: 'welfare-optimum', utility: 'cost' });
    expect(Object.keys(rest).sort()).toEqual(['fairness', 'outcome', 'runnersUp', 'v']);
    expect(losers.map((loser) => Object.keys(loser))).toEqual(losers.map(() => ['project']));
  });
});

const files = existsSync(ELECTIONS) ? readdirSync(ELECTIONS).filter((name) => name.endsWith('.pb')) : [];
const describeReal = files.length === 0 ? describe.skip : describe;
describeReal(
  `explanations of real elections${files.length === 0 ? ' (SKIPPED: ../shared/elections is not there)' : ''}`,
  () => {
    it.each(files)('%s: what was paid and what is left add up, in the order of the outcome', (name) => {
      const { file } = parsePabulib(readFileSync(new URL(name, ELECTIONS)));
      if (file === undefined) throw new Error(name);
      const { projects, ballots, budget } = readElection(file);
      const ids = projects.map(({ id }) => id);
      const rules = checked(
        {
          v: 1,
          rule: 'equal-shares',
          utility: 'cost',
          completion: 'add1u',
          increment: 100,
          score: { by: 'votes' },
          tieOrder: ['listed'],
          ties: ids,
        },
        ids,
      ) as EqualSharesRuleset;
      const { outcome, explanation } = explained({
        rules,
        projects: [...projects],
        ballots: [...ballots],
        budget,
      });
      const reasons = new Map(outcome.projects.map(({ id, reason }) => [id, reason]));
      expect(explanation.rounds?.map(({ project }) => project)).toEqual(
        outcome.funded.filter((id) => reasons.get(id)?.code === 'bought'),
      );
      for (const { project, price, inFull, offers } of explanation.rounds ?? []) {
        expect(reasons.get(project)).toMatchObject({ paid: BigInt(price) });
        expect([project, BigInt(inFull) > 0n, offers[0]?.project]).toEqual([project, true, project]);
      }
      for (const { project, held, left, missing, paid = [], cost } of explanation.losers) {
        const reason = reasons.get(project);
        if (reason?.code !== 'supporters-short') continue;
        expect([left, missing]).toEqual([String(reason.money), String(reason.missing)]);
        const sum = paid.reduce((all, { amount }) => all + BigInt(amount), BigInt(left ?? 0));
        const off = sum - BigInt(held ?? 0);
        // Each amount is rounded to the nearest, and what is left is rounded down.
        const most = BigInt(explanation.rounds?.length ?? 0);
        expect([project, off <= most && off >= -most - 1n]).toEqual([project, true]);
        expect(BigInt(cost ?? 0) >= reason.money).toBe(true);
      }
    });
  },
);
