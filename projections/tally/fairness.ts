/** All measures of fairness of one outcome, whatever rule made it: `docs/counting/fairness.md`. Exact. */
import { effectiveSupport, representation, sharesBy, type Funding } from './measures.js';
import type { LabelShare, Representation } from './measures.js';
import { ejrPlusUpToOne, type Witness } from './proportionality.js';
import type { Rational } from './rational.js';

export interface Fairness {
  voters: Representation;
  /** By label. */
  categories: readonly LabelShare[];
  /** Of each funded project, the part of all voters that it stands for; by id. */
  effectiveSupport: readonly { project: string; part: Rational }[];
  /** Projects that witness that a group large enough got too little, by cost; none when EJR+ up to one project holds. */
  ejrPlusUpToOne: readonly Witness[];
}

/**
 * @param budget minor units
 * @param categories by project id; projects without one are together under the empty label
 * @throws RangeError for a funded id that is not a project
 */
export function fairnessOf(
  funding: Funding,
  budget: bigint,
  categories: ReadonlyMap<string, string>,
): Fairness {
  return {
    voters: representation(funding),
    categories: sharesBy(funding, categories),
    effectiveSupport: [...effectiveSupport(funding)].map(([project, part]) => ({ project, part })),
    ejrPlusUpToOne: ejrPlusUpToOne(funding, budget, 'cost'),
  };
}
