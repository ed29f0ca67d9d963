/** A tie order as text, as `concejo tally --tie-order` takes it. Pure. */
import type { Project } from '../../projections/tally/ballots.js';
import { isCriterion, type TieCriterion } from '../../projections/tally/ruleset.js';

/** Fields of a ruleset; `ties` is absent where no list decides, and then takes the place of any other list. */
export interface TieOrder {
  tieOrder: readonly TieCriterion[];
  ties?: readonly string[] | undefined;
}

/**
 * `lowest-cost,most-votes`: criteria in order, where `file` stands for the order of the file's rows. Or `7,9,10`: the ids
 * of all projects, the winner of a tie first.
 * @returns the first part that is neither a criterion nor a project, as `unknown`; which ids are missing is not checked
 */
export function tieOrderOf(text: string, projects: readonly Project[]): TieOrder | { unknown: string } {
  const parts = text.split(',').map((part) => part.trim());
  const rows = projects.map(({ id }) => id);
  const criteria = parts.map((part) => (part === 'file' ? 'listed' : part));
  // `listed` is no word of its own here: it would not say which list.
  if (!parts.includes('listed') && criteria.every(isCriterion)) {
    return { tieOrder: criteria, ties: criteria.includes('listed') ? rows : undefined };
  }
  const unknown = parts.find((part) => !rows.includes(part));
  return unknown === undefined ? { tieOrder: ['listed'], ties: parts } : { unknown };
}
