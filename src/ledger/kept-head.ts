/**
 * A host that has no memory of what was signed last takes that head from those who have kept one: from the witnesses, or from whoever
 * gives a file. It is remembered before it is held against the log, so that nothing smaller can be tried instead.
 */
import { equalBytes } from '../../projections/bytes.js';
import type { Crypto } from '../../projections/crypto.js';
import type { Policy } from '../../projections/ledger/policy.js';
import { parseProof } from '../../projections/ledger/proof.js';
import { writeNote } from '../../projections/ledger/note.js';
import { checkCheckpoint, type SignedCheckpoint } from '../../projections/ledger/signed-checkpoint.js';
import { combine, rootPart } from '../../projections/ledger/tree.js';
import type { VerifierKey } from '../../projections/ledger/verifier-key.js';
import type { EventStore } from '../event-store/event-store.js';
import { headMissing, readSignedLast, remember, SigningRefused } from './signer.js';
import type { TileStore } from './tile-store.js';
import type { Witnessing } from './witnessing.js';

/** A head that is none of this log, or that too few have signed; the message says why. */
export class KeptHeadUnusable extends Error {
  readonly code = 'log-head-unusable';
  constructor(name: string, fault: string) {
    super(
      `${name} is no head of this log that can be believed: ${fault}. Give a checkpoint or a receipt as it was kept, signed by a ` +
        'key that this host has and, where there is a policy, cosigned by enough of its witnesses.',
    );
    this.name = 'KeptHeadUnusable';
  }
}

/**
 * @param path of the signer's memory
 * @param keys of the log
 * @throws SigningRefused where too few witnesses say what they have cosigned
 */
export async function takeFromWitnesses(
  path: string,
  witnesses: Witnessing,
  keys: readonly VerifierKey[],
  stop: AbortSignal,
): Promise<void> {
  const last = await witnesses.lastHead(keys, stop);
  if ('unknown' in last) {
    throw headMissing(
      path,
      ` Too few witnesses tell what they cosigned last: ${last.unknown || 'nobody has'}.`,
    );
  }
  await remember(path, last.note);
}

export interface KeptHeadParts {
  readonly crypto: Crypto;
  readonly store: Pick<EventStore, 'head'>;
  readonly tiles: TileStore;
  /** Of the signer's memory. */
  readonly path: string;
  readonly policy: Policy;
}

/** A file that somebody has kept: a checkpoint, or a receipt with one. */
export interface KeptFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * Remembers the largest of these heads, if nothing larger is remembered, and holds it against the log.
 * @returns how many events it covers @throws KeptHeadUnusable; SigningRefused where the log is not the one that was signed
 */
export async function takeKept(parts: KeptHeadParts, files: readonly KeptFile[]): Promise<bigint> {
  const { crypto, path, policy, store, tiles } = parts;
  const heads = files.map((file) => readKept(crypto, policy, file));
  const [last] = heads.sort((a, b) => (a.checkpoint.size < b.checkpoint.size ? 1 : -1));
  if (last === undefined) throw new RangeError('No head was given');
  const { size, root } = last.checkpoint;
  const remembered = await readSignedLast(path);
  if (remembered !== undefined && remembered.size >= size) {
    throw new SigningRefused(
      'log-head-known',
      `A head of ${remembered.size} events is remembered already, and this is one of ${size}: it says nothing new.`,
    );
  }
  await remember(path, writeNote(last.note));
  const events = (await store.head()) + 1n;
  if (events < size) {
    throw new SigningRefused(
      'log-behind-signed',
      `The log has ${events} events, and ${size} were signed: the database is older than what was published. Bring back a newer ` +
        'backup. The head is remembered, and nothing is signed until then.',
    );
  }
  // What is not in the tree yet, concejo serve compares before it signs.
  const inTree = await tiles.size();
  if (inTree < size) return size;
  if (!equalBytes(combine(crypto, await tiles.subtrees(rootPart(size), inTree)), root)) {
    throw new SigningRefused(
      'log-not-as-signed',
      `The first ${size} events do not give the tree that was signed. concejo doctor says whether tiles are damaged or the ` +
        'database is another one. The head is remembered, and nothing is signed until then.',
    );
  }
  return size;
}

/** @throws KeptHeadUnusable */
function readKept(crypto: Crypto, policy: Policy, { name, bytes }: KeptFile): SignedCheckpoint {
  const proof = parseProof(bytes);
  const head = checkCheckpoint(crypto, typeof proof === 'string' ? bytes : proof.checkpoint, policy);
  if (typeof head === 'string') throw new KeptHeadUnusable(name, head);
  return head;
}
