/** Made-up voters and their ballots, signed beforehand: the work of a booth is none of the server's. */
import { createHash } from 'node:crypto';
import { makeBallot, type Ballot, type BallotTarget } from '../../projections/ballot.js';
import { canonicalBytes } from '../../projections/canonical.js';
import { boxKeyPair } from '../../src/crypto/boxes.js';
import { ballotMaker, signingKeyPair } from '../../src/crypto/node-crypto.js';
import { BALLOT_TYPE } from '../../src/rest/media-types.js';
import { postRequest } from './raw-http.js';

export const OPTIONS = 100;
const CHOSEN = 5;

/** The key of a voter, by her number: the same every time. */
export function voterKey(voter: number) {
  return signingKeyPair(seed(`key ${voter}`));
}

/** What an election says of itself, and where its ballots go. */
export interface Booth {
  readonly target: BallotTarget;
  readonly path: string;
}

/** The requests of voters `from` to `to` (exclusive), a first ballot each. */
export function requests({ target, path }: Booth, from: number, to: number): Buffer[] {
  return Array.from({ length: to - from }, (_, index) =>
    postRequest(path, BALLOT_TYPE, canonicalBytes(ballotOf(target, from + index, 1))),
  );
}

/** @param n the how many-th of this voter @param again another ephemeral key: the same vote in another ballot */
export function ballotOf(target: BallotTarget, voter: number, n: number, again = 0): Ballot {
  const secretKey = seed(`ephemeral ${target.e} ${voter} ${n} ${again}`);
  const ids = Array.from({ length: CHOSEN }, (_, choice) => `p${(voter + n + choice * 7) % OPTIONS}`);
  const content = { n, vote: [{ a: 'city', ids }], word: '' };
  const keys = { ...voterKey(voter), cl: 'all' };
  return makeBallot(ballotMaker, target, keys, content, boxKeyPair(secretKey));
}

function seed(name: string): Uint8Array {
  return createHash('sha256').update(`concejo bench ${name}`).digest();
}
