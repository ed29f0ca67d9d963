/** What `concejo doctor` looks at in the head that is shown, and in what the signer of this host remembers. */
import { equalBytes, utf8 } from '../../projections/bytes.js';
import type { Crypto } from '../../projections/crypto.js';
import type { Policy } from '../../projections/ledger/policy.js';
import {
  checkCheckpoint,
  openCheckpoint,
  readCheckpoint,
} from '../../projections/ledger/signed-checkpoint.js';
import { combine, rootPart } from '../../projections/ledger/tree.js';
import type { Finding, LogParts } from './check-log.js';
import type { Published } from './shown-head.js';
import type { Head } from './signer.js';
import { TileDamaged, type TileStore } from './tile-store.js';

type Roots = ReadonlyMap<bigint, Uint8Array>;

/** What a note says, whoever signed it. */
export function headIn(note: string | undefined): Head | undefined {
  const checkpoint = note === undefined ? undefined : readCheckpoint(utf8(note));
  return typeof checkpoint === 'string' ? undefined : checkpoint;
}

/** The head that is shown, against the events. @param roots that the events give, by size */
export function rootFinding(shown: Published | undefined, roots: Roots): Finding | undefined {
  const head = headIn(shown?.note);
  if (shown === undefined || isOf(head, roots)) return undefined;
  return {
    code: 'head-not-of-this-log',
    where: `the head of ${shown.size} events`,
    advice:
      'the events are not those that were signed: bring back the right database, and ask who changed it',
  };
}

/** The head that is shown, against the tiles as they are stored. */
export async function treeFinding(
  crypto: Pick<Crypto, 'sha256'>,
  tiles: TileStore,
  shown: Published | undefined,
  size: bigint,
): Promise<Finding | undefined> {
  const head = headIn(shown?.note);
  if (head === undefined || head.size > size) return undefined;
  try {
    const root = combine(crypto, await tiles.subtrees(rootPart(head.size), size));
    if (equalBytes(root, head.root)) return undefined;
  } catch (error) {
    // That tile is named already.
    if (error instanceof TileDamaged) return undefined;
    throw error;
  }
  return {
    code: 'head-not-in-tree',
    where: `the head of ${head.size} events`,
    advice: 'the tiles give another root: concejo doctor --repair makes those again that are damaged',
  };
}

/** The signatures under the head that is shown. */
export function shownFinding(
  crypto: Pick<Crypto, 'sha256' | 'verify'>,
  shown: Published | undefined,
  policy: Policy,
): Finding | undefined {
  if (shown === undefined) return undefined;
  const opened = openCheckpoint(crypto, utf8(shown.note), policy);
  if (typeof opened === 'string') {
    return {
      code: 'head-not-signed',
      where: `the head of ${shown.size} events: ${opened}`,
      advice:
        'no key of this log signed it: somebody changed it, or this host has the key of another log. The next head replaces it; ' +
        'until then compare it with what witnesses and mirrors hold',
    };
  }
  const cosigned = checkCheckpoint(crypto, utf8(shown.note), policy);
  if (typeof cosigned !== 'string') return undefined;
  return {
    code: 'head-without-quorum',
    where: `the head of ${shown.size} events: ${cosigned}`,
    advice:
      'it is shown to nobody until enough witnesses have cosigned: start the program, and look into its log',
  };
}

/** What was signed last on this host, against the events. */
export function memoryFinding(
  { crypto, signed, policy }: Pick<LogParts, 'crypto' | 'signed' | 'policy'>,
  roots: Roots,
): Finding | undefined {
  if (signed === undefined) return undefined;
  const head = headIn(signed);
  const fault = policy && openCheckpoint(crypto, utf8(signed), policy);
  if (head === undefined || typeof fault === 'string') {
    return {
      code: 'log-memory-unusable',
      where: `secrets/log-signed: ${typeof fault === 'string' ? fault : 'not a signed head'}`,
      advice: 'bring the file back, or the key that signed it; nothing is signed until then',
    };
  }
  if (isOf(head, roots)) return undefined;
  if (!roots.has(head.size)) {
    return {
      code: 'log-behind-signed',
      where: `${head.size} events were signed on this host, and the tree has fewer`,
      advice: 'the database is older than what was published: bring back the newer one',
    };
  }
  return {
    code: 'log-not-as-signed',
    where: `the first ${head.size} events`,
    advice: 'they are not those that were signed on this host: bring back the right database',
  };
}

function isOf(head: Head | undefined, roots: Roots): boolean {
  const root = head && roots.get(head.size);
  return head !== undefined && root !== undefined && equalBytes(root, head.root);
}
