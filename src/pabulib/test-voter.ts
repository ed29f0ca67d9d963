/**
 * The voters of an import. A file has votes and no keys, so each voter gets a test key that anybody can make from the file:
 * the ballots go the way of all ballots and prove nothing about who cast them, which is why the definition says `import`.
 */
import { createHash } from 'node:crypto';
import { makeBallot, type AreaVote, type BallotTarget } from '../../projections/ballot.js';
import { canonicalBytes } from '../../projections/canonical.js';
import { boxKeyPair } from '../crypto/boxes.js';
import { ballotMaker, signingKeyPair } from '../crypto/node-crypto.js';

/** The test key of a voter. `source` is the hash of the file. */
export function testKey(source: string, voterId: string): { publicKey: Uint8Array; secretKey: Uint8Array } {
  return signingKeyPair(
    createHash('sha256').update(`concejo import test key\n${source}\n${voterId}`).digest(),
  );
}

/** The bytes of a voter's one ballot: the same whenever it is made, so that a repeated step repeats and nothing more. */
export function testBallot(
  source: string,
  target: BallotTarget,
  voterId: string,
  vote: readonly AreaVote[],
): Uint8Array {
  const key = testKey(source, voterId);
  const secretKey = createHash('sha256')
    .update('concejo import ephemeral key')
    .update(key.secretKey)
    .digest();
  return canonicalBytes(
    makeBallot(ballotMaker, target, { ...key, cl: 'all' }, { n: 1, vote, word: '' }, boxKeyPair(secretKey)),
  );
}
