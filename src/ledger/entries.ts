/** Bundles of entries: 256 leaves of the log, or as many as the tree has at its end (C2SP tlog-tiles). */
import { listedAs, type BundleFile } from '../../projections/audit/bundle.js';
import type { Crypto } from '../../projections/crypto.js';
import type { TileName } from '../../projections/ledger/tile-path.js';
import { writeEntryBundle } from '../../projections/ledger/tiles.js';
import type { EventStore } from '../event-store/event-store.js';

const ENTRIES = 256;

/** The entries of one bundle of the tree. */
export async function entriesOf(
  store: EventStore,
  { index, width }: Pick<TileName, 'index' | 'width'>,
): Promise<Uint8Array> {
  for await (const page of store.readAll(index * BigInt(ENTRIES) - 1n, width))
    return writeEntryBundle(page.map(({ leaf }) => leaf));
  return new Uint8Array();
}

/** What the manifest says of the bundles of entries, of leaves in their order: so they are read once more, and not twice. */
export class ListedEntries {
  readonly #listed: Required<BundleFile>['listed'][] = [];
  #leaves: Uint8Array[] = [];

  constructor(private readonly crypto: Pick<Crypto, 'sha256'>) {}

  add(leaf: Uint8Array): void {
    this.#leaves.push(leaf);
    if (this.#leaves.length === ENTRIES) this.#close();
  }

  of(index: number): Required<BundleFile>['listed'] {
    if (this.#leaves.length > 0) this.#close();
    const listed = this.#listed[index];
    if (listed === undefined) throw new RangeError('The log has fewer events than its head');
    return listed;
  }

  #close(): void {
    this.#listed.push(listedAs(this.crypto, writeEntryBundle(this.#leaves)));
    this.#leaves = [];
  }
}
