/** Which elections wait for the master of the keys: asked at start, before a lost master could be replaced by a new one. */
import type { Crypto } from '../../projections/crypto.js';
import { openEvent } from '../../projections/event.js';
import type { EventStore } from '../event-store/event-store.js';

/** An election that was opened and whose key is not published. */
export interface SealedElection {
  readonly electionId: string;
  /** Stated when voting opened, base64url. */
  readonly boxKey: string;
}

/** Those of some elections that are sealed, from their own streams alone: views may be behind, or in the making. */
export async function sealedElections(
  store: EventStore,
  crypto: Pick<Crypto, 'sha256'>,
  electionIds: readonly string[],
): Promise<SealedElection[]> {
  const found: SealedElection[] = [];
  for (const electionId of electionIds) {
    const boxKey = await sealedTo(store, crypto, electionId);
    if (boxKey !== undefined) found.push({ electionId, boxKey });
  }
  return found;
}

/** Only the opening is read: whatever else a stream holds must not keep the program from starting. */
async function sealedTo(
  store: EventStore,
  crypto: Pick<Crypto, 'sha256'>,
  electionId: string,
): Promise<string | undefined> {
  let boxKey: string | undefined;
  for await (const recorded of store.readStream(`election-${electionId}`)) {
    if (recorded.type === 'ElectionKeyPublished' || recorded.type === 'ElectionAnnulled') return undefined;
    if (recorded.type !== 'VotingOpened') continue;
    const event = openEvent(crypto, recorded);
    if (event.type === 'VotingOpened') boxKey = event.data.boxKey;
  }
  return boxKey;
}
