/** Writes a counted election as a `.pb` file: an imported one as it came, any other from its definition. No trait of voters. */
import type { Pool } from 'pg';
import type { AreaVote } from '../../projections/ballot.js';
import { openerOf, type BallotBox } from '../../projections/ballot-box.js';
import type { Crypto } from '../../projections/crypto.js';
import { openBatch } from '../../projections/paper.js';
import type { PublicContents } from '../contents/public-contents.js';
import { textIn } from '../contents/text.js';
import { fillBox } from '../elections/counting.js';
import { Opening } from '../elections/opening.js';
import type { RollLines } from '../elections/roll-lines.js';
import type { EventStore } from '../event-store/event-store.js';
import { amountText } from './numbers.js';
import { columnIndex, parsePabulib, writePabulib, type PabulibFile, type Row } from './pabulib.js';

export interface ExportServices {
  store: EventStore;
  crypto: Crypto;
  pool: Pool;
  rollLines: RollLines;
  contents: PublicContents;
}

export class ExportRefused extends Error {
  constructor(readonly code: 'election-unknown' | 'key-not-published' | 'several-areas') {
    super(code);
    this.name = 'ExportRefused';
  }
}

interface Voted {
  vote: AreaVote | undefined;
  paper: boolean;
}

/**
 * The bytes of the file. A `.pb` file holds one budget, so of an election with several areas one is named.
 * @throws ExportRefused
 */
export async function exportPabulib(
  services: ExportServices,
  electionId: string,
  area?: string,
): Promise<Uint8Array> {
  const { box } = await fillBox(services.store, services.crypto, electionId);
  if (!box.isDefined) throw new ExportRefused('election-unknown');
  if (box.election.key === undefined) throw new ExportRefused('key-not-published');
  const areas = box.election.definition.areas.map(({ id }) => id);
  const wanted = area ?? (areas.length === 1 ? areas[0] : undefined);
  if (wanted === undefined || !areas.includes(wanted)) throw new ExportRefused('several-areas');
  const { rows } = await services.pool.query<{ head: Buffer }>(
    'select head from imports where election_id = $1',
    [electionId],
  );
  const head = rows[0]?.head;
  const web = await openedVotes(services, box, wanted);
  const paper = paperVotes(services.crypto, box, wanted);
  if (head !== undefined)
    return writePabulib(
      await asItCame(services, electionId, head, web, paper, box.election.definition.ballot.max),
    );
  return writePabulib(await fromDefinition(services, box, wanted, [...web.values(), ...paper.values()]));
}

async function openedVotes(
  { crypto }: ExportServices,
  box: BallotBox,
  area: string,
): Promise<Map<string, Voted>> {
  const opening = new Opening();
  try {
    const { counted } = await opening.read(crypto, box, box.standingBallots());
    return new Map(
      counted.map(({ v, vote }) => [v, { vote: vote.find(({ a }) => a === area), paper: false }]),
    );
  } finally {
    await opening.end();
  }
}

function paperVotes(crypto: Crypto, box: BallotBox, area: string): Map<string, Voted> {
  const votes = new Map<string, Voted>();
  const opener = { secret: openerOf(box.election).secret, e: box.election.opening?.e ?? '' };
  for (const batch of box.batches) {
    const sheets = openBatch(crypto, opener, batch);
    if (typeof sheets === 'string') continue;
    for (const { s, vote } of sheets)
      votes.set(`${batch.batch}/${s}`, { vote: vote.find(({ a }) => a === area), paper: true });
  }
  return votes;
}

/** META and PROJECTS as the import kept them, and every row of VOTES under the voter's id of the file. */
async function asItCame(
  { pool, rollLines }: ExportServices,
  electionId: string,
  head: Buffer,
  web: ReadonlyMap<string, Voted>,
  paper: ReadonlyMap<string, Voted>,
  most: number,
): Promise<PabulibFile> {
  const { file } = parsePabulib(head);
  if (file === undefined) throw new Error('The head of an import cannot be read');
  const people = await rollLines.people(electionId);
  const pseudonymOf = new Map([...people].map(([v, person]) => [person, v]));
  const { rows } = await pool.query<{ voter_id: string; batch: string | null; sheet: number | null }>(
    'select voter_id, batch, sheet from import_rows where election_id = $1 order by ordinal',
    [electionId],
  );
  const votes = rows.flatMap(({ voter_id: voterId, batch, sheet }): Row[] => {
    const voted =
      batch === null ? web.get(pseudonymOf.get(voterId) ?? '') : paper.get(`${batch}/${sheet ?? 0}`);
    return voted === undefined ? [] : [voteRow(file, voterId, voted, most)];
  });
  return { ...file, votes: { ...file.votes, rows: votes } };
}

function voteRow(file: PabulibFile, voterId: string, { vote, paper }: Voted, most: number): Row {
  const cells: string[] = file.votes.header.cells.map(() => '');
  const set = (name: string, value: string) => {
    const index = columnIndex(file.votes, name);
    if (index >= 0) cells[index] = value;
  };
  set('voter_id', voterId);
  set('vote', optionsOf(vote).join(','));
  // Points of a ranking are what the count makes of ranks: the first place has as many as a ballot may have places.
  const points =
    vote?.pts?.map(([, given]) => given) ?? vote?.order?.map((_, index) => Math.max(0, most - index));
  if (points !== undefined) set('points', points.join(','));
  set('voting_method', paper ? 'paper' : 'internet');
  return { cells, line: 0 };
}

function optionsOf(vote: AreaVote | undefined): readonly string[] {
  if (vote?.pts !== undefined) return vote.pts.map(([id]) => id);
  if (vote?.choice !== undefined)
    return vote.choice.filter(([, choice]) => choice === 'yes').map(([id]) => id);
  return vote?.ids ?? vote?.order ?? [];
}

const VOTE_TYPES: Readonly<Record<string, string>> = { knapsack: 'approval', 'yes-no': 'approval' };

/** A file of an election of this program's own: voters are numbered in the order of their ballots' pseudonyms. */
async function fromDefinition(
  { contents }: ExportServices,
  box: BallotBox,
  area: string,
  voted: readonly Voted[],
): Promise<PabulibFile> {
  const { definition, ruleset, schedule } = box.election;
  const options = box.options.filter((option) => option.area === area);
  const titles = await contents.many([definition.title, ...options.map((option) => option.title)]);
  const words = (id: string) => textIn(titles.get(id) ?? {}, ['es', 'en']);
  const counted = voted.filter(({ vote }) => vote !== undefined);
  const votes = new Map<string, number>();
  for (const { vote } of counted) for (const id of optionsOf(vote)) votes.set(id, (votes.get(id) ?? 0) + 1);
  const { ballot } = definition;
  const budget = definition.areas.find(({ id }) => id === area)?.budget ?? 0;
  const day = (instant: string) => `${instant.slice(8, 10)}.${instant.slice(5, 7)}.${instant.slice(0, 4)}`;
  const threshold = (ruleset?.threshold as { score?: number } | undefined)?.score;
  const meta: [string, string][] = [
    ['description', words(definition.title.id)],
    ['country', 'unknown'],
    ['unit', area],
    ['instance', schedule.opensAt.slice(0, 4)],
    ['num_projects', String(options.length)],
    ['num_votes', String(counted.length)],
    ['budget', amountText(BigInt(budget))],
    ['vote_type', VOTE_TYPES[ballot.type] ?? ballot.type],
    ['rule', typeof ruleset?.rule === 'string' ? ruleset.rule : 'unknown'],
    ['date_begin', day(schedule.opensAt)],
    ['date_end', day(schedule.closesAt)],
    ['min_length', String(ballot.min)],
    ['max_length', String(ballot.max)],
    ...(threshold === undefined
      ? []
      : [['min_project_score_threshold', String(threshold)] as [string, string]]),
    ['currency', definition.currency],
  ];
  const row = (...cells: string[]): Row => ({ cells, line: 0 });
  const points = ballot.type === 'cumulative' || ballot.type === 'ordinal';
  const header = row('voter_id', 'vote', ...(points ? ['points'] : []), 'voting_method');
  const file: PabulibFile = {
    byteOrderMark: false,
    lineEnd: '\n',
    meta: {
      title: row('META'),
      header: row('key', 'value'),
      rows: meta.map(([key, value]) => row(key, value)),
    },
    projects: {
      title: row('PROJECTS'),
      header: row('project_id', 'cost', 'votes', 'name', 'category'),
      rows: options.map(({ id, cost, title, category }) =>
        row(id, amountText(BigInt(cost)), String(votes.get(id) ?? 0), words(title.id), category ?? ''),
      ),
    },
    votes: { title: row('VOTES'), header, rows: [] },
  };
  return {
    ...file,
    votes: {
      ...file.votes,
      rows: counted.map((one, index) => voteRow(file, String(index + 1), one, ballot.max)),
    },
  };
}
