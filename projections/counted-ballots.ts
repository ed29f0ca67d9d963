/** The ballots that a count is made of: those that were opened and the sheets, area by area, equal ones together. Pure. */
import type { AreaVote } from './ballot.js';
import { openerOf, type BallotBox, type CountedBallot } from './ballot-box.js';
import { bytesOf, compareBytes, startOf, toBase64url, utf8 } from './bytes.js';
import { canonicalBytes } from './canonical.js';
import type { Crypto } from './crypto.js';
import { GrowingRoot, taggedHash } from './hash.js';
import { openBatch } from './paper.js';
import type { OpeningFailure } from './sealing.js';
import { groupBallots, type Ballot, type BallotGroup, type Project } from './tally/ballots.js';
import { checkVote, type BallotRules, type VoteError } from './vote.js';

export interface CountedSheet {
  id: string;
  vote: readonly AreaVote[];
}

/** An option as a project, with what it is shown under. */
export interface AreaProject extends Project {
  readonly category?: string;
}

/** What is counted in one area. */
export interface AreaBallots {
  area: string;
  /** Minor units. */
  budget: bigint;
  projects: readonly AreaProject[];
  web: readonly BallotGroup[];
  paper: readonly BallotGroup[];
}

/** The areas of the election in its order, each made when it is asked for. */
export function* areaBallots(
  box: BallotBox,
  ballots: readonly CountedBallot[],
  sheets: readonly CountedSheet[],
): Generator<AreaBallots> {
  const { areas, ballot: rules } = box.election.definition;
  const onPaper = sheets.map(({ vote }) => ({ vote, weight: 1 }));
  for (const { id, budget } of areas) {
    yield {
      area: id,
      budget: BigInt(budget),
      projects: projectsOf(box, id),
      web: groupBallots(partsOf(ballots, id, rules)),
      paper: groupBallots(partsOf(onPaper, id, rules)),
    };
  }
}

/**
 * Merkle root over `HT("counted-ballot", id, weight, JCS(vote))` in byte order of the ids, then over
 * `HT("counted-sheet", batch/number, JCS(vote))` likewise, base64url.
 */
export function inputDigest(
  crypto: Pick<Crypto, 'sha256'>,
  ballots: readonly CountedBallot[],
  sheets: readonly CountedSheet[],
): string {
  const root = new GrowingRoot(crypto);
  for (const place of byIdBytes(ballots)) {
    const { id, weight, vote } = ballots[place] as CountedBallot;
    root.add(taggedHash(crypto, 'counted-ballot', bytesOf(id), utf8(String(weight)), canonicalBytes(vote)));
  }
  for (const { id, vote } of sheets)
    root.add(taggedHash(crypto, 'counted-sheet', utf8(id), canonicalBytes(vote)));
  return toBase64url(root.root());
}

/** Places of ballots in byte order of their ids. */
function byIdBytes(ballots: readonly { id: string }[]): Uint32Array {
  // Hashes: their first bytes decide nearly always, and numbers are compared faster than bytes.
  const starts = Float64Array.from(ballots, ({ id }) => startOf(bytesOf(id)));
  const idOf = (place: number) => bytesOf((ballots[place] as { id: string }).id);
  return Uint32Array.from(ballots, (_, place) => place).sort(
    (a, b) => (starts[a] as number) - (starts[b] as number) || compareBytes(idOf(a), idOf(b)),
  );
}

function projectsOf(box: BallotBox, area: string): AreaProject[] {
  return box.options
    .filter((option) => option.area === area)
    .map(({ id, cost, category, withdrawn }) => ({
      id,
      cost: BigInt(cost),
      ...(category !== undefined && { category }),
      ...(withdrawn && { withdrawn }),
    }));
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

/** Opens the paper batches and checks every sheet as a ballot of a voter of every area. */
export function readSheets(crypto: Crypto, box: BallotBox) {
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

export function byId(a: { id: string }, b: { id: string }): number {
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}
