/**
 * Checks a live log from its first event: every event against its hash and its place, every tile against the events, the head
 * that is shown against the tree, and what was signed against the log. Damaged tiles can be made again, since the events say
 * all; damaged events can only be brought back.
 */
import type { Crypto } from '../../projections/crypto.js';
import { DamagedEvent, openEvent } from '../../projections/event.js';
import { GrowingTiles, type FullTile } from '../../projections/ledger/tiles.js';
import { readCheckpoint } from '../../projections/ledger/signed-checkpoint.js';
import { equalBytes, utf8 } from '../../projections/bytes.js';
import type { EventStore } from '../event-store/event-store.js';
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
    | 'log-shorter-than-shown';
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
/** More of one kind say nothing new. */
const MOST_FINDINGS = 100;

export interface LogParts {
  readonly store: EventStore;
  readonly tiles: TileStore;
  readonly crypto: Pick<Crypto, 'sha256'>;
  readonly published: Published | undefined;
}

/**
 * @param options.repair makes damaged tiles again, unless the events themselves are not what was signed
 * @param options.onProgress told after each page: events checked, of how many
 */
export async function checkLog(
  { store, tiles, crypto, published }: LogParts,
  options: { readonly repair?: boolean; readonly onProgress?: (done: bigint, of: bigint) => void } = {},
): Promise<LogCheck> {
  const findings: Finding[] = [];
  const found = (finding: Finding) => findings.length < MOST_FINDINGS && findings.push(finding);
  const size = await tiles.size();
  const head = (await store.head()) + 1n;
  const full: FullTile[] = [];
  const damaged: FullTile[] = [];
  const tree = new GrowingTiles(crypto, (tile) => full.push(tile));
  const compare = async (batch: readonly FullTile[]) => {
    for (const tile of batch) {
      const stored = await tiles.tile(tile.level, tile.index, tile.bytes.length / 32);
      if (stored !== undefined && equalBytes(stored, tile.bytes)) continue;
      damaged.push(tile);
      found({
        code: 'tile-damaged',
        where: `level ${tile.level}, number ${tile.index}`,
        advice: 'concejo doctor --repair makes it again from the events',
      });
    }
  };
  const shown = published === undefined ? undefined : rootIn(published.note);
  let rootThen: Uint8Array | undefined;
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
      try {
        openEvent(crypto, recorded);
      } catch (error) {
        if (!(error instanceof DamagedEvent)) throw error;
        found({
          code: 'event-damaged',
          where: error.message,
          advice: 'bring back this event from a backup or a mirror: its hash says which bytes it had',
        });
      }
      // The tree holds what the log holds now. Of an event that was changed with its hash, only the signed head knows.
      if (tree.size < size) tree.add(recorded.hash);
      if (tree.size === published?.size) rootThen ??= tree.root();
    }
    await compare(full.splice(0));
    options.onProgress?.(position + 1n, head);
  }
  if (tree.size === size) await compare(partialsOf(tree));
  else
    found({
      code: 'log-shorter-than-shown',
      where: `${tree.size} events, and a tree over ${size}`,
      advice: 'the database is older than its tree: bring back the newest backup',
    });
  const isSigned = shown === undefined || (rootThen !== undefined && equalBytes(rootThen, shown));
  if (!isSigned)
    found({
      code: 'head-not-of-this-log',
      where: `the head of ${published?.size ?? 0n} events`,
      advice:
        'the events are not those that were signed: bring back the right database, and ask who changed it',
    });
  if (size < head)
    found({
      code: 'tree-behind',
      where: `${head - size} events are not in the tree yet`,
      advice: 'nothing to do while the program runs for a moment; else start it, and look into its log',
    });
  const repairs = options.repair === true && isSigned && tree.size === size;
  if (repairs) await tiles.replace(damaged);
  return { events: position + 1n, findings, repaired: repairs ? damaged.length : 0 };
}

function rootIn(note: string): Uint8Array | undefined {
  const checkpoint = readCheckpoint(utf8(note));
  return typeof checkpoint === 'string' ? undefined : checkpoint.root;
}
