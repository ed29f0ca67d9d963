/**
 * Check 49: every view is folded again, and its digest compared with what was published. What an older program published of
 * a view that this one folds in a newer version is a warning, once the newer version was published later and compared.
 */
import { toBase64url } from '../bytes.js';
import type { Crypto } from '../crypto.js';
import type { LogEvent } from '../event.js';
import { GrowingRoot } from '../hash.js';
import { foldRow, rowHash, touchedKeys, type Projection } from '../projection.js';
import { allViews } from '../views.js';
import type { Findings } from './report.js';

const CHECK = 49;
/**
 * Rows as they were before a change that are kept, over all views: a digest is taken at one index and published some events
 * later, and then the rows of that index are wanted.
 */
const MOST_KEPT = 400_000;
/** So many elements of a row's lists weigh as much as a row: a list that grows with every change is kept for each of them. */
const ELEMENTS_PER_ROW = 16;

/** Rows hashed or gone back over for all digests: many publications over many rows are minutes each hundred. */
const MOST_WORK = 50_000_000;

interface Change {
  position: number;
  view: Folded;
  key: string;
  before: unknown;
  weight: number;
}

interface Folded {
  view: Projection;
  rows: Map<string, unknown>;
  /** Position of the last change, and the digest as it was last worked out with the position it is of. */
  changed: number;
  digest?: { at: number; value: string };
}

/** What the log states last under a label that this program has no fold for. */
interface Unknown {
  version: number;
  /** Position of the event, and the index that it is of. */
  at: number;
  index: number;
}

export class ViewChecks {
  readonly #views = new Map<string, Folded>();
  /** What the log states, by view and index. */
  readonly #published = new Map<string, string>();
  /** By label; and by name what was compared last. */
  readonly #unknown = new Map<string, Unknown>();
  readonly #compared = new Map<string, Unknown>();
  #changes: Change[] = [];
  #weight = 0;
  #work = 0;
  /** Nothing before this position can be gone back to. */
  #oldest = 0;

  constructor(
    private readonly crypto: Pick<Crypto, 'sha256'>,
    private readonly findings: Findings,
    private readonly mostWork = MOST_WORK,
  ) {
    for (const view of allViews) this.#views.set(labelOf(view), { view, rows: new Map(), changed: -1 });
  }

  /** A row of a view as it stands now. */
  row<Row>(view: Projection<Row>, key: string): Row | undefined {
    return this.#views.get(labelOf(view))?.rows.get(key) as Row | undefined;
  }

  /** All rows of a view as they stand now. */
  rows<Row>(view: Projection<Row>): ReadonlyMap<string, Row> {
    return (this.#views.get(labelOf(view))?.rows ?? new Map()) as ReadonlyMap<string, Row>;
  }

  /** The digest that the log states first of a view at an index, by `name@version/index`. */
  published(id: string): string | undefined {
    return this.#published.get(id);
  }

  see(event: LogEvent): void {
    if (event.type === 'ViewPublished') this.#compare(event);
    const position = Number(event.position);
    for (const folded of this.#views.values()) {
      const { view, rows } = folded;
      for (const [index, key] of touchedKeys(view, event).entries()) {
        const before = rows.get(key);
        const after = foldRow(view, before, event, index);
        if (after === before) continue;
        const weight = weightOf(before);
        this.#weight += weight;
        this.#changes.push({ position, view: folded, key, before, weight });
        put(rows, key, after);
        folded.changed = position;
      }
    }
    if (this.#weight > 2 * MOST_KEPT) this.#forget();
  }

  /**
   * The log has ended. What a view of another version said can only be told by a program of that version: it is left open
   * unless a newer version of the same view was published later, of a later index, and compared.
   */
  end(): void {
    for (const [label, { version, at, index }] of this.#unknown) {
      const newer = this.#compared.get(nameOf(label));
      const isSuperseded =
        newer !== undefined && newer.version > version && newer.at > at && newer.index > index;
      const finding = { index: at, id: label };
      if (isSuperseded) this.findings.warn(CHECK, { code: 'view-superseded', ...finding });
      else this.findings.skip(CHECK, { code: 'view-version-unknown', ...finding });
    }
  }

  #forget(): void {
    let kept = 0;
    let first = this.#changes.length;
    while (first > 0 && kept <= MOST_KEPT) kept += (this.#changes[--first] as Change).weight;
    this.#oldest = this.#changes[first]?.position ?? 0;
    this.#changes = this.#changes.filter(({ position }) => position > this.#oldest);
    this.#weight = this.#changes.reduce((sum, { weight }) => sum + weight, 0);
  }

  #compare({ data, position }: LogEvent<'ViewPublished'>): void {
    const { view: label, index, digest } = data;
    const at = Number(position);
    this.findings.examine(CHECK);
    if (!this.#published.has(`${label}/${index}`)) this.#published.set(`${label}/${index}`, digest);
    const folded = this.#views.get(label);
    const stated = { version: versionOf(label), at, index };
    if (folded === undefined) this.#unknown.set(label, stated);
    else if (index >= at) this.findings.fail(CHECK, { code: 'view-of-the-future', index: at, id: label });
    else if (this.#work > this.mostWork)
      this.findings.skip(CHECK, { code: 'views-too-many', index: at, id: label });
    else if (index < this.#oldest) this.findings.skip(CHECK, { code: 'view-too-old', index: at, id: label });
    else {
      this.#compared.set(folded.view.name, stated);
      const found = this.#digestAt(folded, index);
      if (found !== digest)
        this.findings.fail(CHECK, {
          code: 'view-digest-wrong',
          index: at,
          id: label,
          expected: digest,
          found,
        });
    }
  }

  /** The digest of a view when the event at an index was the last one in it. */
  #digestAt(folded: Folded, index: number): string {
    const { digest: known, changed } = folded;
    if (known !== undefined && changed <= known.at && changed <= index) return known.value;
    const now = new Map<string, unknown>();
    // Backwards, so that of several changes of a row the earliest has the last word.
    for (let last = this.#changes.length - 1; last >= 0; last--) {
      const { view, position, key, before } = this.#changes[last] as Change;
      if (position <= index) break;
      this.#work += 1;
      if (view !== folded) continue;
      if (!now.has(key)) now.set(key, folded.rows.get(key));
      put(folded.rows, key, before);
    }
    const value = this.#digestOf(folded);
    for (const [key, row] of now) put(folded.rows, key, row);
    if (now.size === 0) folded.digest = { at: index, value };
    return value;
  }

  #digestOf({ view, rows }: Folded): string {
    const root = new GrowingRoot(this.crypto);
    this.#work += rows.size;
    // Keys are ASCII: the order of their code units is that of their bytes.
    for (const key of [...rows.keys()].sort()) root.add(rowHash(this.crypto, view, key, rows.get(key)));
    return toBase64url(root.root());
  }
}

function weightOf(row: unknown): number {
  if (typeof row !== 'object' || row === null) return 1;
  let elements = 0;
  for (const part of Object.values(row) as unknown[]) if (Array.isArray(part)) elements += part.length;
  return 1 + elements / ELEMENTS_PER_ROW;
}

function put(rows: Map<string, unknown>, key: string, row: unknown): void {
  if (row === undefined) rows.delete(key);
  else rows.set(key, row);
}

function nameOf(label: string): string {
  return label.slice(0, label.indexOf('@'));
}

function versionOf(label: string): number {
  return Number(label.slice(label.indexOf('@') + 1));
}

function labelOf({ name, version }: Pick<Projection, 'name' | 'version'>): string {
  return `${name}@${version}`;
}
