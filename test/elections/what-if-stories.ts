/** Elections that were counted, as what counts them again under another ruleset is told of them. */
import { BallotBox, openAll } from '../../projections/ballot-box.js';
import { countElection, type CountResult } from '../../projections/count.js';
import type { RecordedEvent } from '../../projections/event.js';
import { validateRuleset } from '../../projections/tally/rules.js';
import { filledIn } from '../../projections/what-if.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import type { Told } from '../../src/elections/what-if-counter.js';
import { CASTS, everybody, held, votes } from './held-election.js';
import { contentRef, ELECTION_ID, parts, voter } from './small-election.js';

export interface Story {
  electionId: string;
  recorded: readonly RecordedEvent[];
  inputDigest: string;
  result: CountResult;
  questions: readonly Told[];
}

/** The small election of the counts, and under which rulesets it is counted again. */
export function story(): Story {
  return storyOf(held(CASTS, everybody), [
    { rule: 'greedy' },
    { rule: 'greedy-per-cost' },
    { rule: 'equal-shares', utility: 'cost', completion: 'add1', increment: 1 },
    { rule: 'welfare-optimum', utility: 'cost' },
  ]);
}

/** All costs are even and the budget is odd: the welfare optimum searches until it gives up. */
export function hardElection(): Story {
  const options = Array.from({ length: 60 }, (_, place) => ({
    id: `p${place}`,
    area: 'city',
    cost: 2_000 + 2 * place * place,
    title: contentRef(`p${place}`),
  }));
  const voters = Array.from({ length: 30 }, (_, place) => voter(`hard ${place}`, { areas: ['city'] }));
  const casts = voters.map((who, place) => ({
    who,
    vote: votes([`p${2 * place}`, `p${2 * place + 1}`].sort()),
  }));
  const definition = parts({ areas: [{ id: 'city', budget: 59_999 }] }, options);
  // Somebody takes paper in every election that is held.
  return storyOf(held(casts, [...voters, voter('gil', { areas: ['city'] })], definition), [
    { rule: 'welfare-optimum', utility: 'cost' },
  ]);
}

function storyOf({ box, log }: ReturnType<typeof held>, rulesets: readonly Record<string, unknown>[]): Story {
  const { result, inputDigest } = officialCount(box);
  const official = new Map(result.areas.map(({ area, together }) => [area, together]));
  const ids = box.options.map(({ id }) => id);
  const questions = rulesets.map((given): Told => {
    const ruleset = validateRuleset(filledIn(given, box.election.ruleset ?? {}), ids);
    if ('rejected' in ruleset) throw new Error(`${ruleset.rejected}: ${ruleset.field}`);
    return { do: 'count', ruleset, official };
  });
  return { electionId: ELECTION_ID, recorded: log.recorded, inputDigest, result, questions };
}

function officialCount(box: BallotBox) {
  const standing = box.standingBallots();
  const opened = box.read(standing, openAll(nodeCrypto, box, standing));
  const count = countElection(nodeCrypto, box, opened, 1_000);
  if ('undecided' in count) throw new Error(count.undecided);
  return count;
}
