/** For every check one log, re-sealed up to its layer, in which that check is the first to fail. */
import nacl from 'tweetnacl';
import { ballotId, ballotMessage, type Ballot, type SealedBallot } from '../../projections/ballot.js';
import { bytesOf, fromBase64url, toBase64url, utf8 } from '../../projections/bytes.js';
import { canonicalBytes } from '../../projections/canonical.js';
import type { Crypto } from '../../projections/crypto.js';
import type { CountResult } from '../../projections/count.js';
import { parseNote, writeNote } from '../../projections/ledger/note.js';
import { ballotNonce, pad } from '../../projections/sealing.js';
import { nodeCrypto, sign } from '../../src/crypto/node-crypto.js';
import {
  ELECTION_ID,
  electionKey,
  SEALED_BYTES,
  seed,
  voter,
  type Voter,
} from '../elections/small-election.js';
import { checkpointBy } from '../ledger/signers.js';
import {
  bea,
  CASTS,
  dora,
  everybody,
  headOf,
  LOG,
  ofType,
  rawLeaf,
  sized,
  votes,
  withData,
  WITNESS,
  type Cast,
  type Entry,
  type Twist,
} from './story.js';

export interface Mutant extends Twist {
  check: number;
  what: string;
  code: string;
  /** The check never fails, and warns. */
  isWarning?: true;
}

const OTHER = toBase64url(seed('something else'));
const stranger = voter('stranger');
const otherBox = nacl.box.keyPair.fromSecretKey(seed('another election'));
const AT_CLOSE = '2026-10-08T18:00:00.000Z';

/** Signed again after a change. */
function resigned(who: Voter, change: (ballot: SealedBallot) => SealedBallot): (ballot: Ballot) => Ballot {
  return (ballot) => {
    const changed = change(ballot as SealedBallot);
    return { ...changed, g: toBase64url(sign(ballotMessage(changed), who.keys.secretKey)) };
  };
}

/** The ids of ballots follow what was changed in them. */
const renamed = ofType('BallotCast', (entry) =>
  withData(entry, { id: ballotId(nodeCrypto, entry.event.data.ballot) }),
);

const isOf = ({ event }: Entry, who: Voter) => 'v' in event.data && event.data.v === who.v;

function flipped(text: string): string {
  const bytes = (fromBase64url(text) as Uint8Array).slice();
  bytes[3] = (bytes[3] as number) ^ 1;
  return toBase64url(bytes);
}

function plus(...casts: readonly Cast[]): readonly Cast[] {
  return [...CASTS, ...casts];
}

/** As published by somebody who would rather not list what could not be counted. */
function unlisted(result: CountResult): CountResult {
  return { ...result, spoiled: [] };
}

/** The box, well sealed, holds what belongs to a ballot of another definition. */
function misfilled(ballot: SealedBallot): SealedBallot {
  const { k, n } = ballot;
  const ephemeral = nacl.box.keyPair.fromSecretKey(seed('ephemeral of a box with something else'));
  const nonce = ballotNonce(nodeCrypto, ELECTION_ID, { k: bytesOf(k), n, x: ephemeral.publicKey });
  const plaintext = canonicalBytes({ v: 1, e: OTHER, k, n, vote: votes(['bench']), vn: '' });
  const b = nacl.box(pad(plaintext, SEALED_BYTES), nonce, electionKey.publicKey, ephemeral.secretKey);
  return { ...ballot, x: toBase64url(ephemeral.publicKey), b: toBase64url(b) };
}

/** SHA-256 that takes every leaf for the first one of its length. */
function forgetful(): Crypto {
  const ofLength = new Map<number, Uint8Array>();
  const sha256 = (bytes: Uint8Array) => {
    if (bytes[0] !== 0 || bytes[1] !== '{'.charCodeAt(0)) return nodeCrypto.sha256(bytes);
    const known = ofLength.get(bytes.length) ?? nodeCrypto.sha256(bytes);
    ofLength.set(bytes.length, known);
    return known;
  };
  return { ...nodeCrypto, sha256 };
}

/** The honest note, with the log's line replaced by one that somebody else made under its name and key id. */
function impostor(leaves: readonly Uint8Array[]): Uint8Array {
  const note = parseNote(checkpointBy([LOG, WITNESS], sized(headOf(leaves))));
  if (typeof note === 'string') throw new Error(note);
  const signatures = note.signatures.map((line) =>
    line.name === LOG.key.name ? { ...line, signature: sign(utf8(note.text), dora.keys.secretKey) } : line,
  );
  return utf8(writeNote({ ...note, signatures }));
}

export const MUTANTS: readonly Mutant[] = [
  {
    check: 47,
    what: 'an auditor that takes every signature',
    code: 'signature-of-another-message',
    crypto: { ...nodeCrypto, verify: () => true },
  },
  {
    check: 3,
    what: 'an event that was changed when the checkpoint was signed',
    code: 'root-wrong',
    later: (leaves) => {
      const last = leaves.length - 1;
      const leaf = JSON.parse(new TextDecoder().decode(leaves[last])) as Record<string, unknown>;
      return leaves.with(last, rawLeaf({ ...leaf, at: '2026-10-17T09:00:00.000Z' }));
    },
  },
  {
    check: 4,
    what: 'a checkpoint that another log signed',
    code: 'log-signature-wrong',
    heads: (heads, leaves) => ({ ...heads, checkpoint: impostor(leaves) }),
  },
  {
    check: 5,
    what: 'a checkpoint that no witness cosigned',
    code: 'quorum-missing',
    heads: (heads, leaves) => ({ ...heads, checkpoint: checkpointBy([LOG], sized(headOf(leaves))) }),
  },
  {
    check: 6,
    what: 'a log of which another past was signed',
    code: 'other-root-at-size',
    heads: (heads, leaves) => {
      const other = [...leaves.slice(0, 19), leaves[0]!];
      return { ...heads, older: [checkpointBy([LOG, WITNESS], sized(headOf(other)))] };
    },
  },
  {
    check: 2,
    what: 'a leaf with a space at its end',
    code: 'leaf-not-canonical',
    leaves: (leaves) => {
      const last = leaves.at(-1) as Uint8Array;
      return [...leaves.slice(0, -1), new Uint8Array([...last, 0x20])];
    },
  },
  {
    check: 45,
    what: 'an event that names somebody',
    code: 'event-schema-broken',
    leaves: (leaves) => {
      const place = { id: '00000000-0000-5000-8000-000000000001', stream: 'staff', actor: 'system' };
      const data = { actorId: 'officer-b', name: 'Ana Perez' };
      return [...leaves, rawLeaf({ ...place, at: AT_CLOSE, type: 'RoleRevoked', schema: 1, data })];
    },
  },
  {
    check: 7,
    what: 'a roll that somebody without a role listed',
    code: 'role-missing',
    edit: ofType('RollListed', (entry) => ({ ...entry, actor: 'passer-by' })),
  },
  {
    check: 8,
    what: 'a result that was certified within the claims period',
    code: 'certified-within-claims-period',
    edit: ofType('ResultCertified', (entry) => ({ ...entry, at: AT_CLOSE })),
  },
  {
    check: 9,
    what: 'an opening that states another definition',
    code: 'definition-hash-wrong',
    edit: ofType('VotingOpened', (entry) => withData(entry, { e: OTHER })),
  },
  {
    check: 13,
    what: 'a roll of which a line less was committed to',
    code: 'count-wrong',
    edit: ofType('RollCommitted', (entry) => withData(entry, { count: entry.event.data.count - 1 })),
  },
  {
    check: 16,
    what: 'a key on two lines',
    code: 'key-repeated',
    roll: [...everybody, { ...stranger.entry, k: dora.entry.k }],
  },
  {
    check: 15,
    what: 'a key of low order',
    code: 'key-unsound',
    roll: [...everybody, { ...stranger.entry, k: toBase64url(new Uint8Array(32).fill(0).with(0, 1)) }],
  },
  {
    check: 20,
    what: 'a ballot that was taken after the end of voting',
    code: 'after-end-of-voting',
    edit: ofType('BallotCast', (entry) =>
      isOf(entry, bea) ? { ...entry, at: '2026-10-08T19:00:00.000Z' } : entry,
    ),
  },
  {
    check: 21,
    what: 'a ballot of a key that is on no line',
    code: 'key-of-another-line',
    casts: plus({ who: { ...stranger, v: dora.v }, vote: votes(['bench']) }),
  },
  {
    check: 22,
    what: 'a ballot with a changed signature',
    code: 'signature-wrong',
    casts: plus({
      who: dora,
      vote: votes(['bench']),
      change: (ballot) => ({ ...ballot, g: flipped(ballot.g) }),
    }),
  },
  {
    check: 23,
    what: 'a ballot under an id that is not its own',
    code: 'ballot-id-wrong',
    edit: ofType('BallotCast', (entry) => (isOf(entry, bea) ? withData(entry, { id: OTHER }) : entry)),
  },
  {
    check: 24,
    what: 'a ballot with an ephemeral key of low order',
    code: 'ephemeral-key-low-order',
    casts: plus({
      who: dora,
      vote: votes(['bench']),
      change: resigned(dora, (ballot) => ({ ...ballot, x: toBase64url(new Uint8Array(32)) })),
    }),
    edit: renamed,
  },
  {
    check: 25,
    what: 'a ballot that does not name the one before it',
    code: 'ballot-before-not-named',
    isWarning: true,
    casts: plus({
      who: dora,
      vote: votes(['bench']),
      change: resigned(dora, (ballot) => ({ ...ballot, p: OTHER })),
    }),
    edit: renamed,
  },
  {
    check: 33,
    what: 'a secret of another key',
    code: 'secret-of-another-key',
    edit: ofType('ElectionKeyPublished', (entry) =>
      withData(entry, { secret: toBase64url(otherBox.secretKey) }),
    ),
  },
  {
    check: 34,
    what: 'a ballot that does not open and is not listed',
    code: 'not-listed',
    casts: plus({ who: dora, vote: votes(['bench']), boxKey: otherBox.publicKey }),
    result: unlisted,
  },
  {
    check: 35,
    what: 'a ballot that holds what belongs to another, and is not listed',
    code: 'not-listed',
    casts: plus({ who: dora, vote: votes(['bench']), change: resigned(dora, misfilled) }),
    edit: renamed,
    result: unlisted,
  },
  {
    check: 36,
    what: 'a vote beyond the limits that is not listed',
    code: 'not-listed',
    casts: plus({ who: dora, vote: votes(['bench', 'bridge', 'trees']) }),
    result: unlisted,
  },
  {
    check: 42,
    what: 'a mark more than there is on the roll',
    code: 'marks-wrong',
    edit: ofType('PaperReconciled', (entry) => withData(entry, { marks: 2 })),
  },
  {
    check: 43,
    what: 'a ballot more than was cast',
    code: 'cast-wrong',
    edit: ofType('TallyPublished', (entry) => withData(entry, { cast: entry.event.data.cast + 1 })),
  },
  {
    check: 38,
    what: 'a digest over other ballots',
    code: 'input-digest-wrong',
    edit: ofType('TallyPublished', (entry) => withData(entry, { inputDigest: OTHER })),
  },
  {
    check: 40,
    what: 'a tie that the declared order leaves open',
    code: 'tie-undecided',
    definition: { origin: 'import' },
    ruleset: { v: 1, rule: 'greedy', score: { by: 'votes' }, tieOrder: ['most-votes'] },
    casts: [{ who: bea, vote: votes(['trees']) }],
  },
  {
    check: 39,
    what: 'a result with a vote more',
    code: 'output-digest-wrong',
    result: (result) => ({
      ...result,
      areas: result.areas.map((area) => ({ ...area, together: { ...area.together, ballots: '7' } })),
    }),
  },
  {
    check: 44,
    what: 'a title that is not the one committed to',
    code: 'commitment-wrong',
    contents: ([first, ...others]) => [{ ...first!, bytes: new Uint8Array([1]) }, ...others],
  },
  {
    check: 49,
    what: 'a view that does not follow from the log',
    code: 'view-digest-wrong',
    edit: ofType('ViewPublished', (entry) =>
      entry.event.data.view.startsWith('turnout') ? withData(entry, { digest: OTHER }) : entry,
    ),
  },
  {
    check: 48,
    what: 'an auditor whose hash does not see every byte',
    code: 'changed-byte-not-found',
    crypto: forgetful(),
  },
];
