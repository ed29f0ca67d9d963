/**
 * Makes a bundle of signed, sealed ballots, and takes the time of the bare cost of auditing it. Arguments: ballots, the file to
 * write. Prints one line of JSON. In a process of its own: a story of a million ballots takes eight gigabytes.
 */
import { writeFile } from 'node:fs/promises';
import { isSigned } from '../../projections/ballot.js';
import { bytesOf } from '../../projections/bytes.js';
import { openEvent, type LogEvent } from '../../projections/event.js';
import { leafHash } from '../../projections/hash.js';
import { openBox, type SealedBox } from '../../projections/sealing.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { bundleOf, tell, votes } from '../audit/story.js';
import { ELECTION_ID, electionKey, SEALED_BYTES, voter } from '../elections/small-election.js';

export interface Made {
  events: number;
  bytes: number;
  /** Milliseconds for hashes, key checks, signatures and boxes on one thread. */
  bare: number;
}

const CHOICES = [['bridge'], ['trees'], ['bench', 'trees'], ['bench']];

function bareCost(leaves: readonly Uint8Array[]): number {
  const opener = { electionId: ELECTION_ID, secret: electionKey.secretKey, sealedBytes: SEALED_BYTES };
  const started = performance.now();
  for (const [i, leaf] of leaves.entries()) {
    const { type, data } = opened(leaf, i);
    if (type !== 'BallotCast') continue;
    if (!nodeCrypto.isKey(bytesOf(data.ballot.k)) || !isSigned(nodeCrypto, data.ballot))
      throw new Error('not signed');
    openBox(nodeCrypto, opener, data.ballot as SealedBox);
  }
  return performance.now() - started;
}

function opened(leaf: Uint8Array, i: number): LogEvent {
  const hash = leafHash(nodeCrypto, leaf);
  const { id, stream, type } = JSON.parse(Buffer.from(leaf).toString()) as Record<string, string>;
  const place = { position: BigInt(i), revision: 0n, recordedAt: new Date(0) };
  return openEvent(nodeCrypto, {
    ...{ ...place, id: id ?? '', stream: stream ?? '', type: type ?? '', leaf, hash },
    ...{ commandId: undefined, requestDigest: undefined },
  });
}

const [ballots = '', file = ''] = process.argv.slice(2);
const voters = Array.from({ length: Number(ballots) }, (_, i) => voter(`voter ${i}`));
const casts = voters.map((who, i) => ({ who, vote: votes(CHOICES[i % CHOICES.length] ?? []) }));
const story = tell({ roll: [...voters, voter('gil')].map(({ entry }) => entry), casts });
const bytes = await bundleOf(story);
await writeFile(file, bytes);
const made: Made = { events: story.leaves.length, bytes: bytes.length, bare: bareCost(story.leaves) };
console.log(JSON.stringify(made));
