/** Checks 34 to 43: a count from nothing against what was published of it. */
import type { BallotBox, CountedBallot, SpoiledBallot, StandingVote } from '../ballot-box.js';
import { canonicalBytes, parseCanonical } from '../canonical.js';
import { equalBytes } from '../bytes.js';
import { countElection, outputDigest, type CountResult } from '../count.js';
import type { Crypto } from '../crypto.js';
import type { LogEvent } from '../event.js';
import { sealedIn } from '../held-ballots.js';
import { openerOf } from '../ballot-box.js';
import type { OpeningFailure } from '../sealing.js';
import { PER_BATCH, type Bulk } from './bulk.js';
import type { GivenResult } from './given-results.js';
import type { FindingCode } from './finding-codes.js';
import type { Findings } from './report.js';

/** Which check a reason for not counting a ballot belongs to; every other reason is one of the vote, check 36. */
const CHECK_OF_REASON: ReadonlyMap<string, number> = new Map([
  ['box-length-wrong', 34],
  ['box-does-not-open', 34],
  ['plaintext-malformed', 35],
  ['plaintext-of-another-ballot', 35],
]);
/** Of a batch that could not be read. */
const CODE_OF_BATCH: ReadonlyMap<string, FindingCode> = new Map([
  ['box-does-not-open', 'batch-box-does-not-open'],
  ['plaintext-malformed', 'batch-plaintext-malformed'],
  ['plaintext-of-another-ballot', 'batch-plaintext-of-another-ballot'],
]);
const ROOM_BYTES = 1_000_000;
const OF_BALLOTS = [34, 35, 36];
const OF_COUNTS = [...OF_BALLOTS, 38, 39, 40, 42, 43];
/** An election is counted again when ballots were annulled or a result was revoked: in ballots, what that may cost in all. */
const MOST_WORK = 100_000;
const COUNTS_PER_BALLOT = 64;
/** What a count costs beside its ballots. */
const WORK_OF_COUNT = 200;
/** What a batch of paper costs, in ballots. */
const WORK_OF_BATCH = 50;
/** Batches that are opened and not read: two for each of a few workers. What waits longer lives longer. */
const MOST_OPENED = 6;

/** One for each ballot of a batch; nothing for a disclosed one. */
type Opened = (Uint8Array | OpeningFailure | undefined)[];

/** What a result lists as not counted, whoever wrote it. */
interface Listed {
  spoiled: readonly { id: string; reason: string }[];
}

export class CountChecks {
  #work = 0;

  constructor(
    private readonly crypto: Crypto,
    private readonly bulk: Bulk,
    private readonly findings: Findings,
    /** The published result with a digest, where it was given. */
    private readonly resultOf: (digest: string) => GivenResult | undefined,
  ) {}

  /** `cast`: ballots in the log before the count; `box` holds everything before it. Never throws for what the log says. */
  async see(box: BallotBox, event: LogEvent<'TallyPublished'>, cast: number): Promise<void> {
    for (const check of OF_COUNTS) this.findings.examine(check);
    const work = cast + WORK_OF_BATCH * box.batches.length;
    this.#work += work + WORK_OF_COUNT;
    if (this.#work > MOST_WORK + COUNTS_PER_BALLOT * work) {
      for (const check of OF_COUNTS)
        this.findings.skip(check, { code: 'counts-too-many', ...placeOf(event) });
      return;
    }
    try {
      await this.#recount(box, event, cast);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      // A ruleset that is none, an election without a key: what made it so was found before.
      this.findings.fail(39, { code: 'recount-impossible', ...placeOf(event) });
    }
  }

  async #recount(box: BallotBox, event: LogEvent<'TallyPublished'>, cast: number): Promise<void> {
    const { data } = event;
    const place = placeOf(event);
    const count = countElection(this.crypto, box, await this.#read(box), data.through);
    if ('undecided' in count) {
      this.findings.fail(40, { code: count.undecided, ...place, found: count.projects.join(',') });
      this.findings.fail(39, { code: 'recount-undecided', ...place });
      return;
    }
    const { result } = count;
    for (const { together } of result.areas)
      if (together.ties.some(({ matters, decidedBy }) => matters && decidedBy.length === 0))
        this.findings.fail(40, { code: 'tie-undecided', ...place });
    if (count.inputDigest !== data.inputDigest) {
      const digests = { expected: data.inputDigest, found: count.inputDigest };
      this.findings.fail(38, { code: 'input-digest-wrong', ...place, ...digests });
    }
    this.#checkSums(result, event, cast);
    this.#checkPaper(box, result, event);
    this.#compare(result, count.outputDigest, event);
  }

  /** Opens and reads the ballots that stand, some batches at a time: all at once would be far larger than what is kept of them. */
  async #read(box: BallotBox): Promise<{ counted: CountedBallot[]; spoiled: SpoiledBallot[] }> {
    const all: { counted: CountedBallot[]; spoiled: SpoiledBallot[] } = { counted: [], spoiled: [] };
    const running: { batch: readonly StandingVote[]; opened: Promise<Opened> }[] = [];
    const readNext = async () => {
      const next = running.shift();
      if (next === undefined) return;
      const { counted, spoiled } = box.read(next.batch, await next.opened);
      // Whose they are is of no matter any more.
      for (const { id, weight, vote, breaches } of counted) all.counted.push({ id, weight, vote, breaches });
      for (const ballot of spoiled) all.spoiled.push(ballot);
    };
    for (const batch of inBatches(box.eachStanding(), PER_BATCH)) {
      const opened = this.#open(box, batch);
      // It is thrown where it is waited for.
      opened.catch(() => undefined);
      running.push({ batch, opened });
      if (running.length > MOST_OPENED) await readNext();
    }
    while (running.length > 0) await readNext();
    return all;
  }

  #open(box: BallotBox, batch: readonly StandingVote[]): Promise<Opened> {
    const boxes = batch.flatMap(({ ballot }) => sealedIn(ballot) ?? []);
    if (boxes.length === 0) return Promise.resolve(batch.map(() => undefined));
    return Promise.resolve(this.bulk.open(openerOf(box.election), boxes)).then((opened) => {
      let next = 0;
      return batch.map(({ ballot }) => ('t' in ballot ? undefined : opened[next++]));
    });
  }

  #checkSums({ ballots }: CountResult, event: LogEvent<'TallyPublished'>, cast: number): void {
    const { data } = event;
    const fail = (code: FindingCode, expected: number, found: number) =>
      this.findings.fail(43, { code, ...placeOf(event), expected: String(expected), found: String(found) });
    const { cast: all, ...parts } = ballots;
    const sum = Object.values(parts).reduce((total, part) => total + part, 0);
    if (sum !== all) fail('sum-wrong', all, sum);
    if (all !== cast) fail('cast-not-taken', cast, all);
    if (data.cast !== all) fail('cast-wrong', data.cast, all);
    if (data.counted !== ballots.counted) fail('counted-wrong', data.counted, ballots.counted);
  }

  #checkPaper(box: BallotBox, result: CountResult, event: LogEvent<'TallyPublished'>): void {
    const batches = new Set(box.batches.map(({ batch }) => batch));
    for (const { id, reason } of result.spoiled) {
      const code = CODE_OF_BATCH.get(reason);
      if (code !== undefined && batches.has(id)) this.findings.fail(42, { code, ...placeOf(event), id });
    }
  }

  #compare(recount: CountResult, digest: string, event: LogEvent<'TallyPublished'>): void {
    const { outputDigest: stated } = event.data;
    const place = placeOf(event);
    const isSame = digest === stated;
    const given = this.resultOf(stated);
    const own = canonicalBytes(recount, Number.MAX_SAFE_INTEGER);
    const isOwn = given !== undefined && equalBytes(given.sha256, this.crypto.sha256(own));
    const read = given === undefined || isOwn ? undefined : this.#readResult(given, stated, own.length);
    if (typeof read === 'string') this.findings.fail(39, { code: read, ...place, id: stated });
    else if (read !== undefined) this.#compareBallots(recount, read, place);
    else if (isOwn && !isSame) this.findings.fail(39, { code: 'result-not-of-digest', ...place, id: stated });
    if (!isSame && (given === undefined || read === 'result-too-large'))
      for (const check of OF_BALLOTS) this.findings.skip(check, { code: 'result-not-given', ...place });
    for (const { id, reason } of recount.spoiled) {
      // The server opens a ballot before it takes it: one that cannot be counted came another way.
      this.findings.warn(CHECK_OF_REASON.get(reason) ?? 36, { code: reason, ...place, id });
    }
    if (!isSame)
      this.findings.fail(39, { code: 'output-digest-wrong', ...place, expected: stated, found: digest });
  }

  /** A result that is not the recount, if its bytes have the digest that the log states; else what is wrong with it. */
  #readResult(
    { bytes }: GivenResult,
    stated: string,
    ownBytes: number,
  ): Listed | 'result-not-of-digest' | 'result-too-large' {
    // No list of a result is much longer in another one of the same count; what a parser makes takes fifty times its size.
    if (bytes === undefined || bytes.length > 2 * ownBytes + ROOM_BYTES) return 'result-too-large';
    try {
      const result = parseCanonical(bytes, Number.MAX_SAFE_INTEGER) as unknown as CountResult;
      const isResult = Array.isArray(result.spoiled) && result.spoiled.every(isListed);
      return isResult && outputDigest(this.crypto, result) === stated ? result : 'result-not-of-digest';
    } catch {
      return 'result-not-of-digest';
    }
  }

  /** Every ballot that could not be counted is listed with its reason, and no other. */
  #compareBallots(recount: CountResult, given: Listed, place: { index: number }): void {
    const stated = new Map(given.spoiled.map(({ id, reason }) => [id, reason]));
    for (const { id, reason } of recount.spoiled) {
      const listed = stated.get(id);
      stated.delete(id);
      if (listed === reason) continue;
      const code = listed === undefined ? 'not-listed' : 'listed-with-another-reason';
      this.findings.fail(CHECK_OF_REASON.get(reason) ?? 36, { code, ...place, id, expected: reason });
    }
    for (const [id, reason] of stated)
      this.findings.fail(CHECK_OF_REASON.get(reason) ?? 36, {
        code: 'listed-and-sound',
        ...place,
        id,
        found: reason,
      });
  }
}

function isListed(item: unknown): boolean {
  const { id, reason } = (typeof item === 'object' ? item : {}) as Record<string, unknown>;
  return typeof id === 'string' && typeof reason === 'string';
}

function placeOf(event: LogEvent): { index: number } {
  return { index: Number(event.position) };
}

function* inBatches<T>(things: Iterable<T>, perBatch: number): Generator<T[]> {
  let batch: T[] = [];
  for (const thing of things) {
    if (batch.push(thing) < perBatch) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
