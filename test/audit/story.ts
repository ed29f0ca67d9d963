/**
 * A whole small election as a log that an audit passes, and hooks to tell it otherwise: what is changed is sealed again, so
 * that everything after it is as consistent as a forger could make it.
 */
import type { AreaVote, Ballot } from '../../projections/ballot.js';
import { Audit, type AuditOptions } from '../../projections/audit/audit.js';
import { writeBundle, type BundleFile } from '../../projections/audit/bundle.js';
import type { GivenContent } from '../../projections/audit/content-checks.js';
import { FINDING_CODES, type Meaning } from '../../projections/audit/finding-codes.js';
import type { Findings, Report } from '../../projections/audit/report.js';
import type { SignedHeads } from '../../projections/audit/head-checks.js';
import type { TreeHead } from '../../projections/audit/tree-checks.js';
import { BallotBox, openAll } from '../../projections/ballot-box.js';
import { concat, toBase64url, utf8 } from '../../projections/bytes.js';
import { canonicalBytes } from '../../projections/canonical.js';
import type { Crypto } from '../../projections/crypto.js';
import { countElection, outputDigest, type CountResult } from '../../projections/count.js';
import { rollRoot, type RollEntry } from '../../projections/definition.js';
import type { ElectionRow } from '../../projections/elections.view.js';
import { type LogEvent, type NewEvent } from '../../projections/event.js';
import { leafHash, merkleRoot, taggedHash } from '../../projections/hash.js';
import { readCheckpoint } from '../../projections/ledger/signed-checkpoint.js';
import { bundlesOf, tilePath } from '../../projections/ledger/tile-path.js';
import { GrowingTiles, writeEntryBundle } from '../../projections/ledger/tiles.js';
import { byKeyBytes, foldInto, viewDigest, type Projection } from '../../projections/projection.js';
import { allViews } from '../../projections/views.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { decide, evolve, NO_ELECTION, type ElectionCommand } from '../../src/elections/election.js';
import { chunksOf } from '../../src/elections/roll.js';
import { eventId } from '../../src/event-store/event-ids.js';
import { checkpointBy, logSigner, ORIGIN, witnessSigner } from '../ledger/signers.js';
import {
  ACT_ID,
  approve,
  ballotOf,
  batchOf,
  ELECTION_ID,
  electionKey,
  OFFICERS,
  officerKeys,
  OPTIONS,
  parts,
  SCHEDULE,
  seed,
  SmallLog,
  voter,
  type Voter,
} from '../elections/small-election.js';

const electionId = ELECTION_ID;
const ELECTION = `election-${electionId}`;
const ROLL = `roll-${electionId}`;
export const DURING = '2026-10-02T10:00:00.000Z';
export const CERTIFIED_AT = '2026-10-16T09:00:00.000Z';
const SYSTEM = { id: 'system', roles: [] };
const OFFICER = { id: OFFICERS[0], roles: ['returning-officer', 'paper-officer'] };

/** An event before it is in the log. */
export interface Entry {
  stream: string;
  event: NewEvent;
  at: string;
  actor: string;
}

export interface Cast {
  who: Voter;
  vote: readonly AreaVote[];
  n?: number;
  /** After the ballot was made and signed. */
  change?: (ballot: Ballot) => Ballot;
  /** Sealed to this key instead of the election's. */
  boxKey?: Uint8Array;
}

/** What can be told otherwise. */
export interface Twist {
  definition?: Parameters<typeof parts>[0];
  ruleset?: Record<string, unknown>;
  roll?: readonly RollEntry[];
  casts?: Iterable<Cast>;
  /** What stands in the log in place of an event; none to leave it out. */
  edit?: (entry: Entry) => readonly Entry[];
  /** The result that is published in place of the counted one; its digest is stated. */
  result?: (result: CountResult) => CountResult;
  /** The leaves, when the checkpoint is made. */
  leaves?: (leaves: Uint8Array[]) => Uint8Array[];
  /** The leaves that are audited, when the checkpoint stands. */
  later?: (leaves: Uint8Array[]) => Uint8Array[];
  contents?: (contents: GivenContent[]) => GivenContent[];
  /** Of log and auditor. */
  crypto?: Crypto;
  /** What the auditor holds in place of the honest policy, checkpoint, older ones and receipts. */
  heads?: (heads: SignedHeads, leaves: readonly Uint8Array[]) => SignedHeads;
}

export interface Story {
  leaves: readonly Uint8Array[];
  heads: SignedHeads;
  contents: readonly GivenContent[];
  results: readonly { outputDigest: string; bytes: Uint8Array }[];
}

export function votes(city: readonly string[], north?: readonly string[]): AreaVote[] {
  return [{ a: 'city', ids: [...city] }, ...(north === undefined ? [] : [{ a: 'north', ids: [...north] }])];
}

export const ana = voter('ana');
export const bea = voter('bea');
export const cai = voter('cai');
export const dora = voter('dora');
export const gil = voter('gil');
export const everybody = [ana, bea, cai, dora, gil].map(({ entry }) => entry);
export const CASTS: readonly Cast[] = [
  { who: ana, vote: votes(['bridge']) },
  { who: bea, vote: votes(['trees']) },
  { who: ana, vote: votes(['bench', 'trees'], ['swing']), n: 2 },
  { who: cai, vote: votes(['bridge'], ['mural']) },
  { who: gil, vote: votes(['bridge']) },
];
const SHEETS = [
  { s: 1, vote: votes(['bench']) },
  { s: 2, vote: votes(['bridge'], ['swing']) },
];

function contentOf(name: string): GivenContent {
  return { id: eventId('content', name, 0), salt: seed(`salt of ${name}`), bytes: utf8(`{"en":"${name}"}`) };
}

function refOf({ id, salt, bytes }: GivenContent): { id: string; commitment: string } {
  return { id, commitment: toBase64url(taggedHash(nodeCrypto, 'content', utf8(id), salt, bytes)) };
}

/** Where a story is told. */
export interface StoryLog {
  add(...entry: Parameters<SmallLog['add']>): LogEvent;
  /** What the server would publish of a count of all events until now. */
  count(twist: Twist['result']): ReturnType<typeof count>;
  /** The digests of all views. */
  publications(): NewEvent[];
  leaves(): Uint8Array[];
}

class KeptLog extends SmallLog implements StoryLog {
  count(twist: Twist['result']) {
    const box = new BallotBox(electionId);
    for (const event of this.events) box.apply(event);
    return count(box, this.events.length, twist);
  }

  publications(): NewEvent[] {
    return allViews.map((view) => {
      const rows = [...foldInto(view, new Map(), this.events)].sort(byKeyBytes);
      return publication(view, this.events.length - 1, toBase64url(viewDigest(nodeCrypto, view, rows)));
    });
  }

  leaves(): Uint8Array[] {
    return this.recorded.map(({ leaf }) => leaf);
  }
}

/** Tells the story. */
export function tell(twist: Twist = {}, log: StoryLog = new KeptLog()): Story {
  let state = NO_ELECTION;
  const put = (entry: Entry) => {
    for (const { stream, event, at, actor } of twist.edit?.(entry) ?? [entry]) {
      const added = log.add(stream, event, at, actor);
      if (stream === ELECTION) state = evolve(state, added);
    }
  };
  const add = (stream: string, event: NewEvent, at: string, actor: string) =>
    put({ stream, event, at, actor });
  const does = (command: ElectionCommand, at: string, actor: typeof SYSTEM | typeof OFFICER = SYSTEM) => {
    const decided = decide(state, command, { electionId, now: at, actor: { ...actor }, crypto: nodeCrypto });
    if ('rejected' in decided) throw new Error(`${command.do} was refused: ${decided.rejected}`);
    for (const event of decided) add(ELECTION, event, at, actor.id);
  };
  const contents = [contentOf('title'), ...OPTIONS.map(({ id }) => contentOf(id))];

  const start = '2026-09-01T00:00:00.000Z';
  for (const actorId of OFFICERS) {
    const key = toBase64url(officerKeys(actorId).publicKey);
    add('staff', { type: 'RoleGranted', data: { actorId, roles: OFFICER.roles, key } }, start, 'system');
  }
  const options = OPTIONS.map((option) => ({ ...option, title: refOf(contentOf(option.id)) }));
  const definition = parts({ title: refOf(contentOf('title')), ...twist.definition }, options);
  does({ do: 'define', ...definition, ...(twist.ruleset && { ruleset: twist.ruleset }) }, start, OFFICER);
  for (const content of contents) {
    const { id: contentId, commitment } = refOf(content);
    add(
      `content-${contentId}`,
      { type: 'ContentReleased', data: { contentId, commitment } },
      start,
      'system',
    );
  }
  const entries = [...(twist.roll ?? everybody)];
  for (const [chunk, part] of chunksOf(entries).entries())
    add(ROLL, { type: 'RollListed', data: { electionId, chunk, entries: part } }, start, OFFICER.id);
  const committed = { count: entries.length, root: rollRoot(nodeCrypto, entries) };
  const perArea = ['city', 'north'].map((area) => ({ area, count: entries.length }));
  add(ROLL, { type: 'RollCommitted', data: { electionId, perArea, ...committed } }, start, OFFICER.id);
  const boxKey = toBase64url(electionKey.publicKey);
  does({ do: 'open', boxKey, roll: { ...committed, areas: ['city', 'north'] } }, SCHEDULE.opensAt);

  const e = (state.row as ElectionRow).opening?.e ?? '';
  const before = new Map<string, string>();
  for (const { who, vote, n = 1, change, boxKey: to } of twist.casts ?? CASTS) {
    const previous = before.get(who.v);
    const made = ballotOf(who, e, vote, { n, ...(previous && { previous }), ...(to && { boxKey: to }) });
    const data = { electionId, v: who.v, id: made.id, ballot: change?.(made.ballot) ?? made.ballot };
    before.set(who.v, made.id);
    add(`ballots-${electionId}.${who.v}`, { type: 'BallotCast', data }, DURING, who.v);
  }
  const marked = { electionId, v: gil.v };
  add(`ballots-${electionId}.${gil.v}`, { type: 'RollMarkedPaper', data: marked }, DURING, OFFICER.id);
  does({ do: 'close' }, SCHEDULE.closesAt);
  const { electionId: _id, approvals: _later, ...sheets } = batchOf('box-1', e, SHEETS);
  const sealed = { type: 'PaperBatchRecorded', data: { electionId, ...sheets } };
  const batch = { ...sheets, approvals: approve(sealed, SCHEDULE.closesAt) };
  does({ do: 'record-batch', batch }, SCHEDULE.closesAt, OFFICER);
  does({ do: 'reconcile', marks: 1 }, SCHEDULE.closesAt, OFFICER);
  const secret = toBase64url(electionKey.secretKey);
  does({ do: 'publish-key', secret, publicKey: boxKey }, SCHEDULE.closesAt);

  const { tally, bytes } = log.count(twist.result);
  add(
    ELECTION,
    { type: 'TallyPublished', data: { electionId, number: 1, ...tally } },
    SCHEDULE.closesAt,
    'system',
  );
  for (const event of log.publications()) add('views', event, SCHEDULE.closesAt, 'system');
  const certificate = { electionId, actId: ACT_ID, tally: 1, outputDigest: tally.outputDigest };
  const approvals = approve({ type: 'ResultCertified', data: certificate });
  const certified: NewEvent = { type: 'ResultCertified', data: { ...certificate, approvals } };
  add(ELECTION, certified, CERTIFIED_AT, OFFICER.id);
  for (const event of log.publications()) add('views', event, CERTIFIED_AT, 'system');

  const leaves = twist.leaves?.(log.leaves()) ?? log.leaves();
  const heads = headsOf(leaves, twist.crypto);
  return {
    leaves: twist.later?.([...leaves]) ?? leaves,
    heads: twist.heads?.(heads, leaves) ?? heads,
    contents: twist.contents?.(contents) ?? contents,
    results: bytes === undefined ? [] : [{ outputDigest: tally.outputDigest, bytes }],
  };
}

export const LOG = logSigner();
export const WITNESS = witnessSigner('north');

/** A policy that trusts the log and asks for one witness. */
export const POLICY = utf8(`log ${LOG.vkey}\nwitness north ${WITNESS.vkey}\nquorum north\n`);

/** What an auditor holds of an honest log: its policy, the checkpoint, and one from halfway. */
function headsOf(leaves: readonly Uint8Array[], crypto?: Crypto): SignedHeads {
  const signed = (some: readonly Uint8Array[]) => checkpointBy([LOG, WITNESS], sized(headOf(some, crypto)));
  return {
    policy: { bytes: POLICY, own: true },
    checkpoint: signed(leaves),
    older: [signed(leaves.slice(0, Math.floor(leaves.length / 2)))],
  };
}

export function sized({ size, root }: TreeHead): { size: bigint; root: Uint8Array } {
  return { size: BigInt(size), root };
}

/** The head of a log of these leaves. */
export function headOf(leaves: readonly Uint8Array[], crypto: Crypto = nodeCrypto): TreeHead {
  const hashes = leaves.map((leaf) => leafHash(crypto, leaf));
  return { size: leaves.length, root: merkleRoot(crypto, hashes) };
}

/** What the server would publish of a count of what is in a box. */
export function count(box: BallotBox, through: number, twist: Twist['result']) {
  const standing = box.standingBallots();
  const { ruleset } = box.election.definition;
  const made = countElection(
    nodeCrypto,
    box,
    box.read(standing, openAll(nodeCrypto, box, standing)),
    through,
  );
  if ('undecided' in made) {
    const digest = toBase64url(seed('a result that nobody can have'));
    const numbers = { cast: box.cast, counted: standing.length };
    return {
      tally: { through, ruleset, inputDigest: digest, outputDigest: digest, ...numbers },
      bytes: undefined,
    };
  }
  const result = twist?.(made.result) ?? made.result;
  const { cast, counted } = result.ballots;
  const digests = { inputDigest: made.inputDigest, outputDigest: outputDigest(nodeCrypto, result) };
  return {
    tally: { through, ruleset, ...digests, cast, counted },
    bytes: canonicalBytes(result, Number.MAX_SAFE_INTEGER),
  };
}

export function publication(
  view: Pick<Projection, 'name' | 'version'>,
  index: number,
  digest: string,
): NewEvent {
  return { type: 'ViewPublished', data: { view: `${view.name}@${view.version}`, index, digest } };
}

/** The files of a story's bundle. @param crypto of the log */
export function filesOf(
  { leaves, heads, contents, results }: Story,
  crypto: Crypto = nodeCrypto,
): BundleFile[] {
  const file = (name: string, bytes: Uint8Array, salt?: Uint8Array): BundleFile => ({
    name,
    read: () => bytes,
    ...(salt && { salt }),
  });
  const { policy, checkpoint } = heads;
  const files = contents.map(({ id, bytes, salt }) => file(`contents/${id}`, bytes, salt));
  files.push(...results.map(({ outputDigest: digest, bytes }) => file(`results/${digest}.json`, bytes)));
  if (policy !== undefined) files.push(file('policy', policy.bytes));
  if (checkpoint !== undefined) files.push(file('checkpoint', checkpoint));
  for (const bytes of heads.older ?? []) files.push(file(`checkpoints/${sizeOf(bytes)}`, bytes));
  const size = BigInt(leaves.length);
  for (const tile of bundlesOf(size)) {
    const first = Number(tile.index) * 256;
    files.push(file(tilePath(tile), writeEntryBundle(leaves.slice(first, first + tile.width))));
  }
  const tree = new GrowingTiles(crypto, ({ level, index, bytes }) =>
    files.push(file(tilePath({ level, index, width: 256 }), bytes)),
  );
  for (const leaf of leaves) tree.add(leafHash(crypto, leaf));
  for (const [level, bytes] of tree.partials().entries()) {
    const index = size >> BigInt(8 * (level + 1));
    if (bytes.length > 0) files.push(file(tilePath({ level, index, width: bytes.length / 32 }), bytes));
  }
  return files;
}

function sizeOf(checkpoint: Uint8Array): bigint {
  const read = readCheckpoint(checkpoint);
  if (typeof read === 'string') throw new Error(read);
  return read.size;
}

/** A story as one file. */
export async function bundleOf(
  story: Story,
  files = filesOf(story),
  crypto: Crypto = nodeCrypto,
): Promise<Uint8Array> {
  const { size, root } = headOf(story.leaves, crypto);
  const pieces: Uint8Array[] = [];
  const facts = { origin: ORIGIN, size, root: toBase64url(root) };
  for await (const piece of writeBundle(crypto, facts, files)) pieces.push(piece);
  return concat(...pieces);
}

/** Audits a story as it was told. */
export async function audited(story: Story, options: Partial<AuditOptions> = {}, page = 7): Promise<Report> {
  const { crypto = nodeCrypto } = options;
  const audit = new Audit({ contents: 'all', ...options, crypto });
  const strange = notInTable(audit.findings);
  audit.giveHeads(story.heads);
  for (const content of story.contents) audit.giveContent(content);
  for (const { outputDigest: digest, bytes } of story.results) audit.giveResult(digest, bytes);
  for (let at = 0; at < story.leaves.length; at += page) await audit.add(story.leaves.slice(at, at + page));
  const report = await audit.end();
  if (strange.length > 0) throw new Error(`Not in the table of findings: ${strange.join(', ')}`);
  return report;
}

/** Fills with what is found from now on, and of which the table does not say that this check finds it, or so. */
function notInTable(findings: Findings): string[] {
  const strange: string[] = [];
  const verbs = [
    ['fail', 'FAIL'],
    ['warn', 'WARN'],
    ['skip', 'NOT-CHECKED'],
  ] as const;
  for (const [verb, verdict] of verbs) {
    const add = findings[verb].bind(findings);
    findings[verb] = (number, finding) => {
      const meaning: Meaning = FINDING_CODES[finding.code];
      if (meaning[verdict]?.includes(number) !== true) strange.push(`${number} ${verdict} ${finding.code}`);
      add(number, finding);
    };
  }
  return strange;
}

/** An edit of the events of one type alone. */
export function ofType<T extends NewEvent['type']>(
  type: T,
  change: (entry: Entry & { event: NewEvent<T> }) => Entry | readonly Entry[],
): (entry: Entry) => readonly Entry[] {
  return (entry) => {
    if (entry.event.type !== type) return [entry];
    const changed = change(entry as Entry & { event: NewEvent<T> });
    return Array.isArray(changed) ? (changed as readonly Entry[]) : [changed as Entry];
  };
}

/** The same event with some of its data replaced. */
export function withData<E extends Entry>(entry: E, data: Partial<E['event']['data']>): E {
  return { ...entry, event: { ...entry.event, data: { ...entry.event.data, ...data } } };
}

/** A leaf that no program of ours would write. */
export function rawLeaf(members: Record<string, unknown>): Uint8Array {
  return canonicalBytes({ v: 1, ...members });
}
