/**
 * The count of an election: from the ballot box to a result that anybody recomputes to the same bytes. Pure. Web and paper
 * are counted together, which is the outcome, and each apart, which is shown beside it.
 */
import type { BallotBox, CountedBallot, SpoiledBallot } from './ballot-box.js';
import { toBase64url } from './bytes.js';
import { canonicalBytes } from './canonical.js';
import { areaBallots, byId, inputDigest, readSheets, type AreaProject } from './counted-ballots.js';
import type { Crypto } from './crypto.js';
import { taggedHash } from './hash.js';
import { groupBallots, type BallotGroup, type Project } from './tally/ballots.js';
import { outcomeJson, type Outcome, type OutcomeJson, type TieUndecided } from './tally/outcome.js';
import { validateRuleset, type Ruleset } from './tally/rules.js';
import { tally } from './tally/tally.js';

/** One way of voting, counted alone. */
export interface Stratum {
  ballots: string;
  votes: readonly { id: string; votes: string; score: string }[];
  /** What this stratum alone would have funded; absent where its own tie is undecided. */
  funded?: readonly string[];
}

export interface AreaResult {
  area: string;
  together: OutcomeJson;
  web: Stratum;
  paper: Stratum;
}

/** The published result: canonical JSON, sums as decimal strings. Its digest is what `TallyPublished` states. */
export interface CountResult {
  v: 1;
  electionId: string;
  /** Ballots and annulments before this log position are in it. */
  through: number;
  ruleset: string;
  /** Every ballot that was cast, by what became of it: the sum is `cast`. */
  ballots: Readonly<
    Record<
      'cast' | 'counted' | 'spoiled' | 'superseded' | 'late' | 'suspended' | 'annulled' | 'paper',
      number
    >
  >;
  paper: { batches: number; sheets: number; counted: number; marks: number; surplus: number };
  /** Ballots and sheets (`batch/number`) that could not be counted, each with its reason. */
  spoiled: readonly SpoiledBallot[];
  /** Ballots and sheets outside the limits that were counted, as the election declares. */
  breaches: readonly { id: string; code: string; area: string }[];
  areas: readonly AreaResult[];
}

export interface Count {
  result: CountResult;
  /** Over every counted ballot and sheet, base64url. */
  inputDigest: string;
  /** `HT("tally-output", JCS(result))`, base64url. */
  outputDigest: string;
  /** What it was made of, area by area: for whoever explains it. */
  ruleset: Ruleset;
  areas: readonly CountedArea[];
}

export interface CountedArea {
  area: string;
  /** Minor units. */
  budget: bigint;
  projects: readonly AreaProject[];
  /** Web and paper together. */
  ballots: readonly BallotGroup[];
  outcome: Outcome;
}

/**
 * Counts what was opened. `through` is the log position up to which (exclusive) the box was filled.
 * @returns which tie is undecided, in which area, when the declared order does not decide it
 */
export function countElection(
  crypto: Crypto,
  box: BallotBox,
  opened: { counted: readonly CountedBallot[]; spoiled: readonly SpoiledBallot[] },
  through: number,
): Count | (TieUndecided & { area: string }) {
  const { election } = box;
  const ruleset = rulesetOf(box);
  const sheets = readSheets(crypto, box);
  const areas: AreaResult[] = [];
  const made: CountedArea[] = [];
  for (const { area, budget, projects, web, paper } of areaBallots(box, opened.counted, sheets.counted)) {
    const ballots = groupBallots([...web, ...paper]);
    const outcome = tally(ruleset, projects, ballots, budget);
    if ('undecided' in outcome) return { ...outcome, area };
    areas.push({
      area,
      together: outcomeJson(outcome),
      web: stratum(ruleset, projects, web, budget),
      paper: stratum(ruleset, projects, paper, budget),
    });
    made.push({ area, budget, projects, ballots, outcome });
  }
  const result: CountResult = {
    v: 1,
    electionId: box.electionId,
    through,
    ruleset: election.definition.ruleset,
    ballots: ballotSums(box, opened),
    paper: {
      batches: box.batches.length,
      sheets: box.batches.reduce((sum, batch) => sum + batch.sheets, 0),
      counted: sheets.counted.length,
      marks: box.marks,
      surplus: election.paper.reconciled?.surplus ?? 0,
    },
    spoiled: [...opened.spoiled, ...sheets.spoiled].sort(byId),
    breaches: [
      ...opened.counted.flatMap(({ id, breaches }) => breaches.map((breach) => ({ id, ...breach }))),
      ...sheets.breaches,
    ].sort(byId),
    areas,
  };
  return {
    result,
    inputDigest: inputDigest(crypto, opened.counted, sheets.counted),
    outputDigest: outputDigest(crypto, result),
    ruleset,
    areas: made,
  };
}

/** `HT("tally-output", JCS(result))`, base64url. */
export function outputDigest(crypto: Pick<Crypto, 'sha256'>, result: CountResult): string {
  return toBase64url(taggedHash(crypto, 'tally-output', canonicalBytes(result, Number.MAX_SAFE_INTEGER)));
}

function rulesetOf(box: BallotBox): Ruleset {
  const ruleset = validateRuleset(
    box.election.ruleset,
    box.options.map((option) => option.id),
  );
  if ('rejected' in ruleset) throw new Error(`The election's ruleset is not valid: ${ruleset.rejected}`);
  return ruleset;
}

function stratum(
  ruleset: Ruleset,
  projects: readonly Project[],
  ballots: readonly BallotGroup[],
  budget: bigint,
): Stratum {
  // Without its tie order a stratum alone can be undecided, which is no fault of the outcome: then it funds nothing here.
  const outcome = tally(ruleset, projects, ballots, budget);
  if ('undecided' in outcome)
    return { ballots: String(ballots.reduce((sum, b) => sum + b.weight, 0)), votes: [] };
  return { ballots: String(outcome.ballots), votes: votesOf(outcome), funded: [...outcome.funded] };
}

function votesOf(outcome: Outcome): Stratum['votes'] {
  return outcome.projects
    .map(({ id, votes, score }) => ({ id, votes: String(votes), score: String(score) }))
    .sort(byId);
}

function ballotSums(box: BallotBox, opened: { spoiled: readonly SpoiledBallot[] }): CountResult['ballots'] {
  const { counted, ...others } = box.statuses();
  return { ...others, counted: counted - opened.spoiled.length, spoiled: opened.spoiled.length };
}
