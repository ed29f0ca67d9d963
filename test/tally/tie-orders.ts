import type { BallotGroup, Project } from '../../projections/tally/ballots.js';
import type { Outcome } from '../../projections/tally/outcome.js';
import { validateRuleset } from '../../projections/tally/rules.js';
import { tally } from '../../projections/tally/tally.js';

/**
 * Every set of projects that some list of all projects funds as the tie order, as sorted ids joined by commas: found by going
 * at each tie that was met every way there is. `fields` are those of a ruleset without its tie order.
 */
export function everyOutcome(
  fields: Record<string, unknown>,
  projects: readonly Project[],
  ballots: readonly BallotGroup[],
  budget: bigint,
): ReadonlySet<string> {
  const ids = projects.map(({ id }) => id);
  const found = new Set<string>();
  const seen = new Set<string>();
  const waiting: (readonly string[])[] = [[]];
  for (let first = waiting.pop(); first !== undefined; first = waiting.pop()) {
    const ties = [...first, ...ids.filter((id) => !first.includes(id))];
    const { funded, ties: met } = count({ ...fields, tieOrder: ['listed'], ties }, projects, ballots, budget);
    found.add([...funded].sort().join());
    for (const { projects: tied } of met) {
      for (const [round, taken] of funded.entries()) {
        if (!tied.includes(taken)) continue;
        for (const id of tied) {
          const other = [...funded.slice(0, round).filter((before) => before !== id), id];
          if (seen.has(other.join())) continue;
          seen.add(other.join());
          waiting.push(other);
        }
      }
    }
  }
  return found;
}

/** @throws Error for a ruleset that is none, and where a tie is undecided */
export function count(
  fields: Record<string, unknown>,
  projects: readonly Project[],
  ballots: readonly BallotGroup[],
  budget: bigint,
): Outcome {
  const ruleset = validateRuleset(
    { v: 1, score: { by: 'votes' }, ...fields },
    projects.map(({ id }) => id),
  );
  if ('rejected' in ruleset) throw new Error(`${ruleset.rejected} ${ruleset.field}`);
  const outcome = tally(ruleset, projects, ballots, budget);
  if ('undecided' in outcome) throw new Error(`tie undecided between ${outcome.projects.join()}`);
  return outcome;
}
