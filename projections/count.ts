/**
 * The count of an election: from the ballot box to a result that anybody recomputes to the same bytes. Pure. Web and paper
 * are counted together, which is the outcome, and each apart, which is shown beside it.
 */
import type { AreaVote } from './ballot.js';
import { openerOf, type BallotBox, type OpenedBallot, type SpoiledBallot } from './ballot-box.js';
import { bytesOf, compareBytes, toBase64url, utf8 } from './bytes.js';
import type { OpeningFailure } from './sealing.js';
import { canonicalBytes } from './canonical.js';
import type { Crypto } from './crypto.js';
import { merkleRoot, taggedHash } from './hash.js';
import { openBatch } from './paper.js';
import { groupBallots, type Ballot, type BallotGroup, type Project } from './tally/ballots.js';
import { outcomeJson, type Outcome, type OutcomeJson, type TieUndecided } from './tally/outcome.js';
import { validateRuleset, type Ruleset } from './tally/rules.js';
import { tally } from './tally/tally.js';
import { checkVote, type BallotRules, type VoteError } from './vote.js';

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
  spoiled: readonly { id: string; reason: string }[];
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
}

interface CountedSheet {
  id: string;
  vote: readonly AreaVote[];
}

/**
 * Counts what was opened. `through` is the log position up to which (exclusive) the box was filled.
 * @returns which tie is undecided, in which area, when the declared order does not decide it
 */
export function countElection(
  crypto: Crypto,
  box: BallotBox,
  opened: { counted: readonly OpenedBallot[]; spoiled: readonly SpoiledBallot[] },
  through: number,
): Count | (TieUndecided & { area: string }) {
  const { election } = box;
  const ruleset = rulesetOf(box);
  const sheets = readSheets(crypto, box);
  const areas: AreaResult[] = [];
  for (const { id, budget } of election.definition.areas) {
    const projects = projectsOf(box, id);
    const rules = election.definition.ballot;
    const web = groupBallots(partsOf(opened.counted, id, rules));
    const paper = groupBallots(
      partsOf(
        sheets.counted.map(({ vote }) => ({ vote, weight: 1 })),
        id,
        rules,
      ),
    );
    const together = tally(ruleset, projects, groupBallots([...web, ...paper]), BigInt(budget));
    if ('undecided' in together) return { ...together, area: id };
    areas.push({
      area: id,
      together: outcomeJson(together),
      web: stratum(ruleset, projects, web, BigInt(budget)),
      paper: stratum(ruleset, projects, paper, BigInt(budget)),
    });
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
  };
}

/** `HT("tally-output", JCS(result))`, base64url. */
export function outputDigest(crypto: Pick<Crypto, 'sha256'>, result: CountResult): string {
  return toBase64url(taggedHash(crypto, 'tally-output', canonicalBytes(result, Number.MAX_SAFE_INTEGER)));
}

/**
 * Merkle root over `HT("counted-ballot", id, weight, JCS(vote))` in byte order of the ids, then over
 * `HT("counted-sheet", batch/number, JCS(vote))` likewise, base64url.
 */
function inputDigest(
  crypto: Pick<Crypto, 'sha256'>,
  ballots: readonly OpenedBallot[],
  sheets: readonly CountedSheet[],
): string {
  const web = ballots
    .map(({ id, weight, vote }) => ({ id: bytesOf(id), weight, vote }))
    .sort((a, b) => compareBytes(a.id, b.id))
    .map(({ id, weight, vote }) =>
      taggedHash(crypto, 'counted-ballot', id, utf8(String(weight)), canonicalBytes(vote)),
    );
  const paper = sheets.map(({ id, vote }) =>
    taggedHash(crypto, 'counted-sheet', utf8(id), canonicalBytes(vote)),
  );
  return toBase64url(merkleRoot(crypto, [...web, ...paper]));
}

function rulesetOf(box: BallotBox): Ruleset {
  const ruleset = validateRuleset(
    box.election.ruleset,
    box.options.map((option) => option.id),
  );
  if ('rejected' in ruleset) throw new Error(`The election's ruleset is not valid: ${ruleset.rejected}`);
  return ruleset;
}

function projectsOf(box: BallotBox, area: string): Project[] {
  return box.options
    .filter((option) => option.area === area)
    .map(({ id, cost, withdrawn }) => ({ id, cost: BigInt(cost), ...(withdrawn && { withdrawn }) }));
}

/** The parts of votes that concern an area, as the counting rules take them. */
function* partsOf(
  votes: Iterable<{ vote: readonly AreaVote[]; weight: number }>,
  area: string,
  rules: BallotRules,
): Generator<Ballot> {
  for (const { vote, weight } of votes) {
    const part = vote.find((candidate) => candidate.a === area);
    if (part === undefined) continue;
    if (part.pts !== undefined) {
      yield { options: part.pts.map(([id]) => id), points: part.pts.map(([, points]) => points), weight };
    } else if (part.choice !== undefined) {
      yield { options: part.choice.filter(([, choice]) => choice === 'yes').map(([id]) => id), weight };
    } else {
      yield { options: (rules.type === 'ordinal' ? part.order : part.ids) ?? [], weight };
    }
  }
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

/** Opens the paper batches and checks every sheet as a ballot of a voter of every area. */
function readSheets(crypto: Crypto, box: BallotBox) {
  const { definition, opening } = box.election;
  const counted: CountedSheet[] = [];
  const spoiled: { id: string; reason: OpeningFailure | VoteError }[] = [];
  const breaches: { id: string; code: string; area: string }[] = [];
  if (box.batches.length === 0) return { counted, spoiled, breaches };
  const opener = { secret: openerOf(box.election).secret, e: opening?.e ?? '' };
  const facts = {
    rules: definition.ballot,
    budgets: new Map(definition.areas.map((area) => [area.id, area.budget])),
    options: new Map(box.options.map((option) => [option.id, option])),
  };
  for (const batch of [...box.batches].sort((a, b) => (a.batch < b.batch ? -1 : 1))) {
    const sheets = openBatch(crypto, opener, batch);
    if (typeof sheets === 'string') {
      spoiled.push({ id: batch.batch, reason: sheets });
      continue;
    }
    for (const sheet of sheets) {
      const id = `${batch.batch}/${sheet.s}`;
      const check = checkVote(sheet.vote, facts);
      if ('error' in check) spoiled.push({ id, reason: check.error });
      else {
        counted.push({ id, vote: sheet.vote });
        breaches.push(...check.breaches.map((breach) => ({ id, ...breach })));
      }
    }
  }
  return { counted, spoiled, breaches };
}

function byId(a: { id: string }, b: { id: string }): number {
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}
