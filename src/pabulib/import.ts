/**
 * Imports an election from a `.pb` file through the same commands as any other: it is defined, its roll is listed, voting
 * opens, every web ballot is made with a test key, sealed, signed and cast, every paper ballot is marked on the roll and
 * keyed in batches by two officers, and the whole is closed, opened and counted. There is no back door.
 *
 * Every command has an id made of the file and the step, so an import that was interrupted goes on where it stopped.
 */
import { createHash } from 'node:crypto';
import type { Command, CommandBus } from '@nestjs/cqrs';
import type { Pool } from 'pg';
import type { AreaVote } from '../../projections/ballot.js';
import type { Approval } from '../../projections/approval.js';
import { bytesOf, toBase64url, utf8 } from '../../projections/bytes.js';
import type { Crypto } from '../../projections/crypto.js';
import type { ElectionRow } from '../../projections/elections.view.js';
import { batchDigest, MAX_SHEETS_BYTES, sealBatch, type Sheet } from '../../projections/paper.js';
import { CastBallot, MarkPaper } from '../ballots/ballots.commands.js';
import { ballotMaker, boxKeyPair } from '../crypto/node-crypto.js';
import type { Clock } from '../clock.js';
import { CountElection } from '../elections/count.commands.js';
import { fillBox } from '../elections/counting.js';
import { DefineElection, type WordedDefinition } from '../elections/define.commands.js';
import {
  ChangeElection,
  CommitRoll,
  ListRoll,
  OpenVoting,
  PublishElectionKey,
  type Answer,
} from '../elections/elections.commands.js';
import { ReconcilePaper } from '../elections/reconcile.commands.js';
import type { ElectionCommand } from '../elections/election.js';
import type { OpenElections } from '../elections/open-elections.js';
import type { RollLines } from '../elections/roll-lines.js';
import { type By, isRejection } from '../event-store/command-log.js';
import { newThingId } from '../event-store/event-ids.js';
import type { EventStore } from '../event-store/event-store.js';
import type { ImportOfficers } from './import-officers.js';
import type { BallotPolicy } from './ballot-rows.js';
import {
  AS_CITIES_COUNT,
  readElection,
  rulesetOf,
  type ElectionFile,
  type FileBallot,
} from './election-file.js';
import {
  metaValue,
  parsePabulib,
  withoutTraits,
  writePabulib,
  type PabulibFile,
  type Problem,
} from './pabulib.js';
import { TestBooth } from './test-booth.js';
import { FileNotCounted, policyOf, readRuleset, ruleName } from './tally-file.js';

/** The one area that a file's projects compete in. */
const AREA = 'all';
const LINES_PER_COMMAND = 5_000;
/** Why an import's early close happens. */
const COMPLETE = { code: 'import-complete' };
/** Commands under way at once: enough for full batches of the store, few enough for flat memory. */
const CONCURRENT = 512;
const SHEETS_PER_BATCH = 500;

export interface ImportServices {
  commands: CommandBus;
  store: EventStore;
  crypto: Crypto;
  pool: Pool;
  clock: Clock;
  rollLines: RollLines;
  elections: OpenElections;
  officers: ImportOfficers;
}

export interface ImportOptions {
  rulesetBytes?: Uint8Array;
  /** Leave bad rows out and list them, instead of refusing the file. */
  lenient?: boolean;
  /** Told after every step: what is done, how much of it, of how much. */
  progress?: (step: ImportStep, done: number, total: number) => void;
}

export type ImportStep = 'roll' | 'ballots' | 'marks' | 'paper' | 'count';

export interface Imported {
  electionId: string;
  web: number;
  paper: number;
  problems: readonly Problem[];
}

export class PabulibImport {
  constructor(private readonly services: ImportServices) {}

  /** @throws FileNotCounted for a file that cannot be used; ImportRefused when a command is refused */
  async run(bytes: Uint8Array, options: ImportOptions = {}): Promise<Imported> {
    const source = readSource(bytes, options);
    const running = new Running(this.services, source, options.progress ?? (() => undefined));
    try {
      await running.all();
    } finally {
      await running.close();
    }
    const { electionId, election, problems } = source;
    const paper = election.ballots.filter((ballot) => ballot.paper).length;
    return { electionId, web: election.ballots.length - paper, paper, problems };
  }
}

/** A command of an import was refused: a bug, or an election that somebody else has touched. */
export class ImportRefused extends Error {
  readonly code = 'import-refused';
  constructor(step: string, rejected: string) {
    super(`The import stopped at ${step}: ${rejected}`);
    this.name = 'ImportRefused';
  }
}

interface Source {
  hash: string;
  electionId: string;
  file: PabulibFile;
  election: ElectionFile;
  ruleset: Record<string, unknown>;
  policy: BallotPolicy;
  problems: readonly Problem[];
}

function readSource(bytes: Uint8Array, { rulesetBytes, lenient = false }: ImportOptions): Source {
  const parsed = parsePabulib(bytes);
  if (parsed.file === undefined)
    throw new FileNotCounted(parsed.problems[0]?.code ?? 'file-malformed', parsed.problems);
  const {
    repeats = AS_CITIES_COUNT.repeats,
    limits = AS_CITIES_COUNT.limits,
    ...override
  } = readRuleset(rulesetBytes);
  const policy = policyOf(repeats, limits);
  const election = readElection(parsed.file, policy);
  const problems = [...parsed.problems, ...election.problems];
  const stopping = problems.find(({ severity }) => severity === 'fatal' || (severity === 'row' && !lenient));
  if (stopping !== undefined) throw new FileNotCounted(stopping.code, problems, stopping.detail);
  const ruleset = rulesetOf(parsed.file, election, override);
  if ('rejected' in ruleset) {
    const { rejected, field } = ruleset;
    const detail = rejected === 'rule-not-supported' ? ruleName(override, parsed.file) : field;
    throw new FileNotCounted(rejected, problems, detail);
  }
  const hash = createHash('sha256')
    .update(bytes)
    .update(JSON.stringify(ruleset))
    .update(String(lenient))
    .digest('base64url');
  const electionId = newThingId('import', hash, 'election');
  return { hash, electionId, file: parsed.file, election, ruleset: { ...ruleset }, policy, problems };
}

/** One import under way. */
class Running {
  readonly #web: readonly FileBallot[];
  readonly #paper: readonly FileBallot[];
  readonly #booth: TestBooth;

  constructor(
    private readonly services: ImportServices,
    private readonly source: Source,
    private readonly progress: (step: ImportStep, done: number, total: number) => void,
  ) {
    this.#web = source.election.ballots.filter((ballot) => !ballot.paper);
    this.#paper = source.election.ballots.filter((ballot) => ballot.paper);
    this.#booth = new TestBooth(source.hash);
  }

  async all(): Promise<void> {
    const { electionId } = this.source;
    const { officers } = this.services;
    await officers.appoint();
    await this.#keepRows();
    await this.#step('define', new DefineElection(electionId, this.#definition(), this.#by('define')));
    let election = await this.#election();
    if (election.phase === 'defined') {
      await this.#listRoll();
      await this.#step('open', new OpenVoting(electionId, this.#by('open')));
      election = await this.#election();
    }
    if (election.phase === 'open') {
      const voted = await this.#voted();
      await this.#cast(election, voted.web);
      await this.#mark(voted.paper);
      await this.#actOfTwo(
        'close-early',
        'VotingClosed',
        { electionId, cause: 'early', reason: COMPLETE },
        (act) => ({
          do: 'close-early',
          reason: COMPLETE,
          ...act,
        }),
      );
      election = await this.#election();
    }
    if (election.phase === 'closed') {
      await this.#keyPaper(election);
      if (this.#paper.length > 0) {
        await this.#step('reconcile', new ReconcilePaper(electionId, this.#by('reconcile')));
      }
      await this.#step('publish-key', new PublishElectionKey(electionId, this.#by('publish-key')));
      election = await this.#election();
    }
    if (election.phase === 'opened') {
      this.progress('count', 0, 1);
      await this.#step('count', new CountElection(electionId, this.#by('count')), 'count-current');
      this.progress('count', 1, 1);
    }
    await officers.dismiss();
  }

  close(): Promise<void> {
    return this.#booth.close();
  }

  #definition(): WordedDefinition {
    const { file, election, ruleset } = this.source;
    const { limits, voteType } = election;
    const now = this.services.clock.now().getTime();
    const instant = (hours: number) => new Date(now + hours * 3_600_000).toISOString();
    const most = election.ballots.reduce((max, ballot) => Math.max(max, ballot.options.length), 1);
    // A ballot of the file may break the file's own limits: the sealed length fits the longest that is there.
    const longest = [...election.projects].sort((a, b) => b.id.length - a.id.length)[0]?.id.length ?? 1;
    const sealedBytes = Math.ceil((260 + Math.max(most, limits.maxLength) * (longest + 26) + 1) / 64) * 64;
    const language = /^[a-z]{2,3}$/.exec(metaValue(file, 'language') ?? '')?.[0] ?? 'und';
    const description = metaValue(file, 'description') ?? metaValue(file, 'unit') ?? 'Pabulib';
    return {
      definition: {
        profile: 'open',
        disclosure: 'at-close',
        currency: election.currency,
        areas: [{ id: AREA, budget: Number(election.budget) }],
        ballot: {
          type: voteType === 'scoring' ? 'cumulative' : voteType,
          min: voteType === 'choose-1' ? Math.min(1, limits.minLength) : limits.minLength,
          max: voteType === 'choose-1' ? 1 : limits.maxLength,
          ...(limits.maxSumCost !== undefined && { maxCost: Number(limits.maxSumCost) }),
          ...(election.ballots.some((ballot) => ballot.points !== undefined) && {
            minSum: limits.minSumPoints ?? 0,
            maxSum: limits.maxSumPoints ?? Number.MAX_SAFE_INTEGER,
          }),
          ...this.source.policy,
          sealedBytes: Math.min(30_000, sealedBytes),
        },
        schedule: { opensAt: instant(-1), closesAt: instant(24), claimsUntil: instant(24) },
        paper: this.#paper.length > 0 ? 'prevails' : 'none',
        origin: 'import',
      },
      title: { [language]: `${description} ${metaValue(file, 'instance') ?? ''}`.trim() },
      ruleset,
      options: election.projects.map((project) => ({
        id: project.id,
        area: AREA,
        cost: Number(project.cost),
        title: { [language]: project.name.slice(0, 300) },
        ...(project.category !== undefined && { category: codeOf(project.category) }),
        ...(project.withdrawn && { withdrawn: true as const }),
        ...(project.place && {
          place: { lat: Math.round(project.place.lat * 1e6), lon: Math.round(project.place.lon * 1e6) },
        }),
      })),
    };
  }

  async #listRoll(): Promise<void> {
    const { electionId, election } = this.source;
    const { ballots } = election;
    for (let at = 0; at < ballots.length; at += LINES_PER_COMMAND) {
      const part = ballots.slice(at, at + LINES_PER_COMMAND);
      const keys = await this.#booth.keys(part.filter(({ paper }) => !paper).map(({ voterId }) => voterId));
      let next = 0;
      const lines = part.map(({ voterId, paper }) => ({
        person: voterId,
        areas: [AREA],
        weight: 1,
        ...(!paper && { k: toBase64url(keys[next++] as Uint8Array) }),
      }));
      await this.#step('roll', new ListRoll(electionId, lines, this.#by(`roll-${at}`)));
      this.progress('roll', Math.min(at + LINES_PER_COMMAND, ballots.length), ballots.length);
    }
    await this.#step('commit-roll', new CommitRoll(electionId, this.#by('commit-roll')));
  }

  async #cast(election: ElectionRow, done: ReadonlySet<string>): Promise<void> {
    const { electionId } = this.source;
    const { definition, opening } = election;
    if (opening === undefined) throw new ImportRefused('ballots', 'voting is not open');
    const target = {
      electionId,
      e: opening.e,
      boxKey: bytesOf(opening.boxKey),
      sealedBytes: definition.ballot.sealedBytes,
      disclosure: definition.disclosure,
    };
    const pseudonyms = await this.services.rollLines.pseudonyms(
      electionId,
      this.#web.map((ballot) => ballot.voterId),
    );
    const left = this.#web.filter((_, index) => !done.has(pseudonyms[index] ?? ''));
    const voters = left.map((ballot) => ({
      id: ballot.voterId,
      vote: [areaVote(ballot, definition.ballot.type)],
    }));
    const ballotOf = this.#booth.ballots(target, voters);
    await this.#each('ballots', left, async (ballot, index) => {
      const answer = await this.services.commands.execute(new CastBallot(electionId, await ballotOf(index)));
      if (isRejection(answer))
        throw new ImportRefused(`the ballot in line ${ballot.row.line}`, answer.rejected);
      if (answer.status !== 'in-time')
        throw new ImportRefused(`the ballot in line ${ballot.row.line}`, answer.status);
    });
  }

  async #mark(done: ReadonlySet<string>): Promise<void> {
    const { electionId } = this.source;
    const pseudonyms = await this.services.rollLines.pseudonyms(
      electionId,
      this.#paper.map((ballot) => ballot.voterId),
    );
    await this.#each('marks', this.#paper, async (ballot, index) => {
      const v = pseudonyms[index] ?? '';
      if (done.has(v)) return;
      const answer = await this.services.commands.execute(
        new MarkPaper(electionId, v, this.#by(`mark-${v}`)),
      );
      if (isRejection(answer))
        throw new ImportRefused(`the mark for line ${ballot.row.line}`, answer.rejected);
    });
  }

  async #keyPaper(election: ElectionRow): Promise<void> {
    const { opening } = election;
    const { electionId } = this.source;
    const { crypto } = this.services;
    if (opening === undefined) return;
    const batches = batchesOf(this.#paper, election.definition.ballot.type);
    for (const [index, { id, sheets }] of batches.entries()) {
      // Salt and ephemeral key are made from the file, so that a repeated step makes the same batch.
      const salt = this.#derived(`salt ${id}`);
      const target = { electionId, e: opening.e, boxKey: bytesOf(opening.boxKey) };
      const ephemeral = boxKeyPair(this.#derived(`ephemeral ${id}`));
      const sealed = sealBatch(ballotMaker, target, { id, salt, sheets }, ephemeral);
      const digest = batchDigest(crypto, salt, sheets);
      const batch = { batch: id, sheets: sheets.length, digest, ...sealed };
      await this.#actOfTwo(
        `batch-${id}`,
        'PaperBatchRecorded',
        { electionId, ...batch },
        (act) => ({ do: 'record-batch', batch: { ...batch, ...act } }),
        'batch-exists',
      );
      this.progress('paper', index + 1, batches.length);
    }
  }

  #derived(purpose: string): Uint8Array {
    return createHash('sha256').update(`concejo import\n${this.source.hash}\n${purpose}`).digest();
  }

  /** Who has voted already, by pseudonym: an import that goes on leaves them out. */
  async #voted(): Promise<{ web: ReadonlySet<string>; paper: ReadonlySet<string> }> {
    const { box } = await fillBox(this.services.store, this.services.crypto, this.source.electionId);
    return box.voters();
  }

  async #each<T>(
    step: ImportStep,
    items: readonly T[],
    work: (item: T, index: number) => Promise<void>,
  ): Promise<void> {
    let next = 0;
    let done = 0;
    const worker = async () => {
      for (let index = next++; index < items.length; index = next++) {
        await work(items[index] as T, index);
        done += 1;
        if (done % 500 === 0 || done === items.length) this.progress(step, done, items.length);
      }
    };
    await Promise.all(Array.from({ length: Math.min(CONCURRENT, items.length) }, worker));
  }

  /** Keeps what the log must not hold: the file's head and whose row was whose. */
  async #keepRows(): Promise<void> {
    const { electionId, election } = this.source;
    const file = withoutTraits(this.source.file);
    const head = writePabulib({ ...file, votes: { ...file.votes, rows: [] } });
    const { pool } = this.services;
    await pool.query('insert into imports (election_id, head) values ($1, $2) on conflict do nothing', [
      electionId,
      Buffer.from(head),
    ]);
    const sheetOf = new Map(
      batchesOf(this.#paper, 'approval').flatMap(({ id, ballots }) =>
        ballots.map((ballot, index) => [ballot.voterId, { batch: id, sheet: index + 1 }] as const),
      ),
    );
    const rows = election.ballots;
    await pool.query(
      `insert into import_rows (election_id, ordinal, voter_id, batch, sheet)
       select $1, ordinal, voter_id, batch, sheet
       from unnest($2::integer[], $3::text[], $4::text[], $5::integer[]) as r(ordinal, voter_id, batch, sheet)
       on conflict do nothing`,
      [
        electionId,
        rows.map((_, index) => index),
        rows.map((ballot) => ballot.voterId),
        rows.map((ballot) => sheetOf.get(ballot.voterId)?.batch ?? null),
        rows.map((ballot) => sheetOf.get(ballot.voterId)?.sheet ?? null),
      ],
    );
  }

  /** Both officers sign the act, as two persons would. */
  async #actOfTwo(
    step: string,
    type: string,
    data: Record<string, unknown>,
    change: (act: { actId: string; approvals: [Approval, Approval] }) => ElectionCommand,
    alreadyDone?: string,
  ): Promise<void> {
    const actId = newThingId('import', `${this.source.hash} ${step}`, 'act');
    const approvals = this.services.officers.approve(type, { ...data, actId });
    await this.#change(step, change({ actId, approvals }), alreadyDone);
  }

  async #change(step: string, change: ElectionCommand, alreadyDone?: string): Promise<void> {
    await this.#step(step, new ChangeElection(this.source.electionId, change, this.#by(step)), alreadyDone);
  }

  async #step(step: string, command: Command<Answer>, alreadyDone?: string): Promise<void> {
    const answer = await this.services.commands.execute(command);
    if (isRejection(answer) && answer.rejected !== alreadyDone)
      throw new ImportRefused(step, answer.rejected);
  }

  async #election(): Promise<ElectionRow> {
    const { row } = await this.services.elections.fresh(this.source.electionId);
    if (row === undefined) throw new ImportRefused('define', 'election-unknown');
    return row;
  }

  #by(step: string): By {
    // The request is the step of this file: times and salts in it may differ between tries, the step does not.
    return {
      commandId: `import-${this.source.hash}-${step}`,
      actor: this.services.officers.actor,
      request: utf8(`${this.source.hash} ${step}`),
    };
  }
}

/** The vote of a file's ballot. */
function areaVote(ballot: FileBallot, type: string): AreaVote {
  switch (type) {
    case 'cumulative':
      return { a: AREA, pts: ballot.options.map((id, index) => [id, ballot.points?.[index] ?? 0]) };
    case 'ordinal':
      return { a: AREA, order: [...ballot.options] };
    default:
      return { a: AREA, ids: [...ballot.options] };
  }
}

/** Paper ballots in batches that fit an event; sheets are numbered from 1. */
function batchesOf(
  paper: readonly FileBallot[],
  type: string,
): { id: string; sheets: Sheet[]; ballots: FileBallot[] }[] {
  const batches: { id: string; sheets: Sheet[]; ballots: FileBallot[] }[] = [];
  let bytes = Infinity;
  for (const ballot of paper) {
    let batch = batches.at(-1);
    // A sheet's length does not depend on the ballot type by more than its points.
    const size = 40 + ballot.options.reduce((sum, id) => sum + id.length + 12, 0);
    if (batch === undefined || bytes + size > MAX_SHEETS_BYTES || batch.sheets.length === SHEETS_PER_BATCH) {
      batch = { id: `batch-${String(batches.length + 1).padStart(4, '0')}`, sheets: [], ballots: [] };
      batches.push(batch);
      bytes = 0;
    }
    batch.sheets.push({ s: batch.sheets.length + 1, vote: [areaVote(ballot, type)] });
    batch.ballots.push(ballot);
    bytes += size;
  }
  return batches;
}

/** A category's name as a code. */
function codeOf(category: string): string {
  const plain = category
    .normalize('NFKD')
    .replace(/[^\x20-\x7e]/g, '')
    .toLowerCase();
  return (
    plain
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 64) || 'other'
  );
}
