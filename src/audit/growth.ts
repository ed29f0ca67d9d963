/** How a mirror comes to a new head, and what can be wrong on the way. */
import { toBase64url } from '../../projections/bytes.js';
import { widthIn, type TileName } from '../../projections/ledger/tile-path.js';

/** Something under a head is not as it must be; why is found out later. */
export class Differs extends Error {
  constructor(
    readonly code: 'tree-not-as-signed' | 'entry-not-in-tree' | 'tile-wrong' | 'tile-missing',
    what: string,
    readonly files: Readonly<Record<string, Uint8Array>> = {},
  ) {
    super(what);
    this.name = 'Differs';
  }
}

/** One try to come to a head. */
export class Growth {
  readonly found = new Map<string, bigint>();
  hasUsedFiles = false;

  /** @param files whether what the folder has beyond its head is taken */
  constructor(
    private readonly watched: ReadonlySet<string>,
    readonly files: 'with-files' | 'afresh',
  ) {}

  see(hash: Uint8Array, index: bigint): void {
    if (this.watched.size === 0) return;
    const name = toBase64url(hash);
    if (this.watched.has(name)) this.found.set(name, index);
  }
}

export function* bundlesFrom(first: bigint, size: bigint): Generator<TileName> {
  for (let index = first; ; index++) {
    const width = widthIn(size, 'entries', index);
    if (width === 0) return;
    yield { level: 'entries', index, width };
  }
}
