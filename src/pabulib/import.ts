/**
 * Imports an election from a `.pb` file through the same commands as any other: it is defined, its roll is listed, voting
 * opens, every web ballot is made with a test key, sealed, signed and cast, every paper ballot is marked on the roll and
 * keyed in batches by two officers, and the whole is closed, opened and counted. There is no back door.
 *
 * Every command has an id made of the file and the step, so an import that was interrupted goes on where it stopped.
 */
import type { Pool } from 'pg';
import { bytesOf, toBase64url } from '../../projections/bytes.js';
import type { Crypto } from '../../projections/crypto.js';
import type { ElectionRow } from '../../projections/elections.view.js';
import { batchDigest, sealBatch } from '../../projections/paper.js';
import { CastBallot, MarkPaper } from '../ballots/ballots.commands.js';
import { boxKeyPair } from '../crypto/boxes.js';
import { ballotMaker } from '../crypto/node-crypto.js';
import type { Clock } from '../clock.js';
import { CountElection } from '../elections/count.commands.js';
import { fillBox } from '../elections/counting.js';
import { DefineElection } from '../elections/define.commands.js';
import { CommitRoll, ListRoll, OpenVoting, PublishElectionKey } from '../elections/elections.commands.js';
import { ReconcilePaper } from '../elections/reconcile.commands.js';
import type { RollLines } from '../elections/roll-lines.js';
import { isRejection } from '../event-store/command-log.js';
import type { EventStore } from '../event-store/event-store.js';
import type { CountingOptions } from './counted-file.js';
import { findArea, type AreaServices } from './import-area.js';
import { definitionOf } from './import-definition.js';
import { explainInterruption } from './import-interrupted.js';
import { keepRows } from './import-rows.js';
import { type ImportSource, readSource } from './import-source.js';
import { ImportRefused, ImportSteps, type Progress, type StepServices } from './import-steps.js';
import { areaVote, batchesOf } from './import-votes.js';
import type { Problem } from './pabulib.js';
import { TestBooth } from './test-booth.js';

const LINES_PER_COMMAND = 5_000;
/** Why an import's early close happens. */
const COMPLETE = { code: 'import-complete' };

export interface ImportServices extends StepServices, AreaServices {
  store: EventStore;
  crypto: Crypto;
  pool: Pool;
  clock: Clock;
  rollLines: RollLines;
}

export interface ImportOptions extends CountingOptions {
  progress?: Progress;
}

export interface Imported {
  electionId: string;
  web: number;
  paper: number;
  problems: readonly Problem[];
}

export class PabulibImport {
  constructor(private readonly services: ImportServices) {}

  /**
   * @throws FileNotCounted for a file that cannot be used; ImportRefused when a command is refused; ImportInterrupted when
   * the database goes away
   */
  async run(bytes: Uint8Array, options: ImportOptions = {}): Promise<Imported> {
    const source = readSource(bytes, options);
    const running = new Running(this.services, source, options.progress ?? (() => undefined));
    try {
      await running.all();
    } catch (error) {
      throw explainInterruption(error);
    } finally {
      await running.close();
    }
    const { electionId, web, paper, problems } = source;
    return { electionId, web: web.length, paper: paper.length, problems };
  }
}

/** One import under way. */
class Running {
  readonly #steps: ImportSteps;
  readonly #booth: TestBooth;

  constructor(
    private readonly services: ImportServices,
    private readonly source: ImportSource,
    progress: Progress,
  ) {
    this.#steps = new ImportSteps(services, source, progress);
    this.#booth = new TestBooth(source.hash);
  }

  async all(): Promise<void> {
    const { electionId } = this.source;
    const { officers } = this.services;
    await officers.appoint();
    let election = await this.#define();
    // When the area is settled: a sheet's place in its batch depends on it.
    await keepRows(this.services.pool, this.source, areaOf(election));
    if (election.phase === 'defined') {
      await this.#listRoll(areaOf(election));
      await this.#steps.step('open', new OpenVoting(electionId, this.#steps.by('open')));
      election = await this.#steps.election();
    }
    if (election.phase === 'open') {
      const voted = await this.#voted();
      await this.#cast(election, voted.web);
      await this.#mark(voted.paper);
      await this.#steps.actOfTwo(
        'close-early',
        'VotingClosed',
        { electionId, cause: 'early', reason: COMPLETE },
        (act) => ({
          do: 'close-early',
          reason: COMPLETE,
          ...act,
        }),
      );
      election = await this.#steps.election();
    }
    if (election.phase === 'closed') {
      await this.#keyPaper(election);
      if (this.source.paper.length > 0) {
        await this.#steps.step('reconcile', new ReconcilePaper(electionId, this.#steps.by('reconcile')));
      }
      await this.#steps.step(
        'publish-key',
        new PublishElectionKey(electionId, this.#steps.by('publish-key')),
      );
      election = await this.#steps.election();
    }
    if (election.phase === 'opened') {
      this.#steps.progress('count', 0, 1);
      await this.#steps.step(
        'count',
        new CountElection(electionId, this.#steps.by('count')),
        'count-current',
      );
      this.#steps.progress('count', 1, 1);
    }
    await officers.dismiss();
  }

  close(): Promise<void> {
    return this.#booth.close();
  }

  async #define(): Promise<ElectionRow> {
    const { services, source } = this;
    // The city may have been described since an interrupted import began.
    const { row } = await services.elections.fresh(source.electionId);
    const area = row === undefined ? await findArea(services, source.file) : areaOf(row);
    const definition = definitionOf(source, area, services.clock.now());
    const by = this.#steps.by('define');
    await this.#steps.step('define', new DefineElection(source.electionId, definition, by));
    return this.#steps.election();
  }

  async #listRoll(area: string): Promise<void> {
    const { electionId, election } = this.source;
    const { ballots } = election;
    for (let at = 0; at < ballots.length; at += LINES_PER_COMMAND) {
      const part = ballots.slice(at, at + LINES_PER_COMMAND);
      const keys = await this.#booth.keys(part.filter(({ paper }) => !paper).map(({ voterId }) => voterId));
      let next = 0;
      const lines = part.map(({ voterId, paper }) => ({
        person: voterId,
        areas: [area],
        weight: 1,
        ...(!paper && { k: toBase64url(keys[next++] as Uint8Array) }),
      }));
      await this.#steps.step('roll', new ListRoll(electionId, lines, this.#steps.by(`roll-${at}`)));
      this.#steps.progress('roll', Math.min(at + LINES_PER_COMMAND, ballots.length), ballots.length);
    }
    await this.#steps.step('commit-roll', new CommitRoll(electionId, this.#steps.by('commit-roll')));
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
      this.source.web.map((ballot) => ballot.voterId),
    );
    const left = this.source.web.filter((_, index) => !done.has(pseudonyms[index] ?? ''));
    const voters = left.map((ballot) => ({
      id: ballot.voterId,
      vote: [areaVote(areaOf(election), ballot, definition.ballot.type)],
    }));
    const ballotOf = this.#booth.ballots(target, voters);
    await this.#steps.each('ballots', left, async (ballot, index) => {
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
      this.source.paper.map((ballot) => ballot.voterId),
    );
    await this.#steps.each('marks', this.source.paper, async (ballot, index) => {
      const v = pseudonyms[index] ?? '';
      if (done.has(v)) return;
      const answer = await this.services.commands.execute(
        new MarkPaper(electionId, v, this.#steps.by(`mark-${v}`)),
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
    const batches = batchesOf(areaOf(election), this.source.paper, election.definition.ballot.type);
    for (const [index, { id, sheets }] of batches.entries()) {
      // Salt and ephemeral key are made from the file, so that a repeated step makes the same batch.
      const salt = this.#steps.derived(`salt ${id}`);
      const target = { electionId, e: opening.e, boxKey: bytesOf(opening.boxKey) };
      const ephemeral = boxKeyPair(this.#steps.derived(`ephemeral ${id}`));
      const sealed = sealBatch(ballotMaker, target, { id, salt, sheets }, ephemeral);
      const digest = batchDigest(crypto, salt, sheets);
      const batch = { batch: id, sheets: sheets.length, digest, ...sealed };
      await this.#steps.actOfTwo(
        `batch-${id}`,
        'PaperBatchRecorded',
        { electionId, ...batch },
        (act) => ({ do: 'record-batch', batch: { ...batch, ...act } }),
        'batch-exists',
      );
      this.#steps.progress('paper', index + 1, batches.length);
    }
  }

  /** Who has voted already, by pseudonym: an import that goes on leaves them out. */
  async #voted(): Promise<{ web: ReadonlySet<string>; paper: ReadonlySet<string> }> {
    const { box } = await fillBox(this.services.store, this.services.crypto, this.source.electionId);
    return box.voters();
  }
}

/** The one area of an election of a file. */
function areaOf({ definition }: ElectionRow): string {
  const [area] = definition.areas;
  if (area === undefined) throw new ImportRefused('define', 'an election without areas');
  return area.id;
}
