/** Made-up voters and their ballots, signed beforehand: the work of a booth is none of the server's. */
import { createHash } from 'node:crypto';
import { makeBallot, type BallotTarget } from '../../projections/ballot.js';
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
  return Array.from({ length: to - from }, (_, index) => {
    const voter = from + index;
    const secretKey = seed(`ephemeral ${target.e} ${voter}`);
    const ids = Array.from({ length: CHOSEN }, (_, choice) => `p${(voter + choice * 7) % OPTIONS}`);
    const content = { n: 1, vote: [{ a: 'city', ids }], word: '' };
    const ballot = makeBallot(
      ballotMaker,
      target,
      { ...voterKey(voter), cl: 'all' },
      content,
      boxKeyPair(secretKey),
    );
    return postRequest(path, BALLOT_TYPE, canonicalBytes(ballot));
  });
}

function seed(name: string): Uint8Array {
  return createHash('sha256').update(`concejo bench ${name}`).digest();
}
