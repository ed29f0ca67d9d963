/**
 * Why a published result came out as it did, area by area. It follows from the same ballots and stands in no event: anybody
 * makes it again from the log. Pure.
 */
import type { Count } from './count.js';
import { explain, type Explanation } from './tally/explanation.js';

export interface CountExplanation {
  v: 1;
  electionId: string;
  /** As in the result. */
  through: number;
  areas: readonly { area: string; explanation: Explanation }[];
}

export function explainCount({
  result,
  ruleset,
  areas,
}: Pick<Count, 'result' | 'ruleset' | 'areas'>): CountExplanation {
  return {
    v: 1,
    electionId: result.electionId,
    through: result.through,
    areas: areas.map(({ area, budget, projects, ballots, outcome }) => {
      const categories = new Map(
        projects.flatMap(({ id, category }) => (category === undefined ? [] : [[id, category] as const])),
      );
      return { area, explanation: explain(ruleset, projects, ballots, budget, outcome, categories) };
    }),
  };
}
