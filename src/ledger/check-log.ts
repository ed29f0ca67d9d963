/**
 * Checks a live log from its first event: every event against its hash and its place, every tile against the events, the head
 * that is shown against the tree, its signatures and the policy, and what was signed last against the log. Damaged tiles can be
 * made again, since the events say all; damaged events can only be brought back.
 */
import { equalBytes } from '../../projections/bytes.js';
import type { Crypto } from '../../projections/crypto.js';
import { DamagedEvent, openEvent, type RecordedEvent } from '../../projections/event.js';
import type { Policy } from '../../projections/ledger/policy.js';
import { GrowingTiles, type FullTile } from '../../projections/ledger/tiles.js';
import { HASH_BYTES } from '../../projections/ledger/tree.js';
import type { EventStore } from '../event-store/event-store.js';
import { memoryFinding, rootFinding, shownFinding, headIn, treeFinding } from './check-heads.js';
import type { Published } from './shown-head.js';
import { partialsOf, type TileStore } from './tile-store.js';

/** Something that is not as it must be: a stable code, where, and what to do. */
export interface Finding {
  readonly code:
    | 'event-damaged'
    | 'event-out-of-place'
    | 'tile-damaged'
    | 'tree-behind'
    | 'head-not-of-this-log'
    | 'head-not-in-tree'
    | 'head-not-signed'
    | 'head-without-quorum'
    | 'log-shorter-than-shown'
    | 'log-memory-unusable'
    | 'log-behind-signed'
    | 'log-not-as-signed';
  readonly where: string;
  readonly advice: string;
}

export interface LogCheck {
  readonly events: bigint;
  readonly findings: readonly Finding[];
  /** Tiles that were made again. */
  readonly repaired: number;
}

const PAGE = 1_000;
/** Tiles in one question to the database. */
const TILES = 128;
/** More of one kind say nothing new. */
const MOST_FINDINGS = 100;

export interface LogParts {
  readonly store: EventStore;
  readonly tiles: TileStore;
  readonly crypto: Pick<Crypto, 'sha256' | 'verify' | 'isKey'>;
  /** The head that is shown, whether or not it meets the policy. */
  readonly shown: Published | undefined;
  /** Whom this log names; `undefined` where its keys are not known here, and no signature can be checked. */
  readonly policy: Policy | undefined;
  /** What the signer of this host signed last; `undefined` where there is none. Read after the head that is shown. */
  readonly signed: string | undefined;
}

/**
 * @param options.repair makes damaged tiles again, unless the events themselves are not what was signed
 * @param options.onProgress told after each page: events checked, of how many
 */
export async function checkLog(
  parts: LogParts,
  options: { readonly repair?: boolean; readonly onProgress?: (done: bigint, of: bigint) => void } = {},
): Promise<LogCheck> {
  const { store, tiles, crypto, shown, signed, policy } = parts;
  const findings: Finding[] = [];
  const found = (finding: Finding | undefined) => {
    if (finding !== undefined && findings.length < MOST_FINDINGS) findings.push(finding);
  };
  const size = await tiles.size();
  const head = (await store.head()) + 1n;
  const full: FullTile[] = [];
  const damaged: FullTile[] = [];
  const tree = new GrowingTiles(crypto, (tile) => full.push(tile));
  const compare = async (batch: readonly FullTile[]) => {
    const stored = await tiles.tilesAt(
      batch.map(({ level, index, bytes }) => ({ level, index, width: bytes.length / HASH_BYTES })),
    );
    for (const [at, tile] of batch.entries()) {
      const bytes = stored[at];
      if (bytes !== undefined && equalBytes(bytes, tile.bytes)) continue;
      damaged.push(tile);
      found({
        code: 'tile-damaged',
        where: `level ${tile.level}, number ${tile.index}`,
        advice: 'concejo doctor --repair makes it again from the events',
      });
    }
  };
  const heads = [headIn(shown?.note), headIn(signed)].filter((one) => one !== undefined);
  /** Of the sizes of these heads, what the events give. */
  const roots = new Map<bigint, Uint8Array>();
  let position = -1n;
  for await (const page of store.readAll(-1n, PAGE)) {
    for (const recorded of page) {
      position += 1n;
      if (recorded.position !== position) {
        found({
          code: 'event-out-of-place',
          where: `position ${position}`,
          advice: 'events are missing: bring back the newest backup',
        });
        position = recorded.position;
      }
      found(eventFinding(crypto, recorded));
      // The tree holds what the log holds now. Of an event that was changed with its hash, only the signed head knows.
      if (tree.size < size) tree.add(recorded.hash);
      if (heads.some((one) => one.size === tree.size) && !roots.has(tree.size))
        roots.set(tree.size, tree.root());
    }
    while (full.length >= TILES) await compare(full.splice(0, TILES));
    options.onProgress?.(position + 1n, head);
  }
  await compare(full.splice(0));
  if (tree.size === size) await compare(partialsOf(tree));
  else
    found({
      code: 'log-shorter-than-shown',
      where: `${tree.size} events, and a tree over ${size}`,
      advice: 'the database is older than its tree: bring back the newest backup',
    });
  const other = [rootFinding(shown, roots), memoryFinding(parts, roots)].filter((one) => one !== undefined);
  for (const finding of other) found(finding);
  found(policy && shownFinding(crypto, shown, policy));
  if (size < head)
    found({
      code: 'tree-behind',
      where: `${head - size} events are not in the tree yet`,
      advice: 'nothing to do while the program runs for a moment; else start it, and look into its log',
    });
  const repairs = options.repair === true && other.length === 0 && tree.size === size;
  if (repairs) await tiles.replace(damaged);
  found(await treeFinding(crypto, tiles, shown, size));
  return { events: position + 1n, findings, repaired: repairs ? damaged.length : 0 };
}

function eventFinding(crypto: Pick<Crypto, 'sha256'>, recorded: RecordedEvent): Finding | undefined {
  try {
    openEvent(crypto, recorded);
    return undefined;
  } catch (error) {
    if (!(error instanceof DamagedEvent)) throw error;
    return {
      code: 'event-damaged',
      where: error.message,
      advice: 'bring back this event from a backup or a mirror: its hash says which bytes it had',
    };
  }
}
