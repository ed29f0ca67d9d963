/**
 * Check 49: every view is folded again, and its digest compared with what was published. What an older program published of
 * a view that this one folds in a newer version is a warning, once the newer version was published later and compared.
 */
import { contentsView } from '../contents.view.js';
import type { Crypto } from '../crypto.js';
import { electionsView } from '../elections.view.js';
import type { LogEvent } from '../event.js';
import { SHORT } from '../long-list.js';
import { foldRow, label as labelOf, touchedKeys, type Projection } from '../projection.js';
import { staffView } from '../staff.view.js';
import { allViews } from '../views.js';
import { FoldedRows, weightOf, type Cell, type RowsOf } from './folded-rows.js';
import type { Findings } from './report.js';

const CHECK = 49;
/**
 * Rows as they were before a change that are kept, over all views: a digest is taken at one index and published some events
 * later, and then the rows of that index are wanted.
 */
const MOST_KEPT = 400_000;

/**
 * Hashes of the trees over rows for all digests, in some minutes: a row is hashed once for each change, but a tree whose rows have moved
 * is all of it hashed again. An honest city publishes once a day.
 */
const MOST_WORK = 200_000_000;
/** What each change of a row may cost beside: as many digests of everything. */
const WORK_PER_CHANGE = 64;
/** A row, which is written anew, against two hashes of a tree. */
const WORK_OF_ROW = 8;

/** Views whose rows other checks ask. */
const ASKED: ReadonlySet<unknown> = new Set([contentsView, electionsView, staffView]);

/** Changes of rows in the order of the log, one place of each list for a change. */
class Changes {
  readonly positions: number[] = [];
  readonly views: Folded[] = [];
  /** Numbers of keys. */
  readonly keys: number[] = [];
  readonly before: Cell[] = [];
  weight = 0;
}

interface Folded {
  view: Projection;
  rows: FoldedRows;
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
  /** The last changes, and those before them: which are forgotten together when there are enough of the last. */
  #latest = new Changes();
  #earlier = new Changes();
  #work = 0;
  /** From then on nothing is compared any more, and only those views are folded that other checks ask. */
  #isSpent = false;
  /** Rows that changed until now. */
  #changed = 0;
  /** Nothing before this position can be gone back to. */
  #oldest = 0;

  constructor(
    private readonly crypto: Pick<Crypto, 'sha256'>,
    private readonly findings: Findings,
    private readonly mostWork = MOST_WORK,
    private readonly workPerChange = WORK_PER_CHANGE,
    private readonly mostKept = MOST_KEPT,
  ) {
    for (const view of allViews)
      this.#views.set(labelOf(view), { view, rows: new FoldedRows(view), changed: -1 });
  }

  /** A row of a view as it stands now. */
  row<Row>(view: Projection<Row>, key: string): Row | undefined {
    return this.#views.get(labelOf(view))?.rows.get(key) as Row | undefined;
  }

  /** All rows of a view as they stand now. */
  rows<Row>(view: Projection<Row>): RowsOf<Row> {
    return (this.#views.get(labelOf(view))?.rows ??
      new FoldedRows(view as Projection)) as RowsOf<unknown> as RowsOf<Row>;
  }

  /** The digest that the log states first of a view at an index, by `name@version/index`. */
  published(id: string): string | undefined {
    return this.#published.get(id);
  }

  see(event: LogEvent): void {
    if (event.type === 'ViewPublished') this.#compare(event);
    const position = Number(event.position);
    for (const folded of this.#views.values())
      if (!this.#isSpent || ASKED.has(folded.view)) this.#fold(folded, event, position);
    if (this.#work > this.mostWork + this.workPerChange * this.#changed) this.#isSpent = true;
    if (this.#latest.weight > this.mostKept) this.#forget();
  }

  #fold(folded: Folded, event: LogEvent, position: number): void {
    const { view, rows } = folded;
    const keys = touchedKeys(view, event);
    for (let index = 0; index < keys.length; index++) {
      const key = rows.numberOf(keys[index] as string);
      const cell = rows.cell(key);
      const before = rows.row(cell);
      const after = foldRow(view, before, event, index);
      if (after === before) continue;
      const changes = this.#latest;
      this.#changed += 1;
      changes.positions.push(position);
      changes.views.push(folded);
      changes.keys.push(key);
      changes.before.push(rows.past(cell));
      // What is not shared with the row before was copied for this one.
      const weight = weightOf(cell, SHORT);
      changes.weight += weight;
      this.#work += weight - 1;
      rows.set(key, after);
      folded.changed = position;
    }
    if (rows.isWorthMoving) this.#move(folded);
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
    this.#oldest = this.#earlier.positions.at(-1) ?? this.#oldest;
    this.#earlier = this.#latest;
    this.#latest = new Changes();
  }

  #move(folded: Folded): void {
    const moved = folded.rows.move();
    for (const { views, before } of [this.#earlier, this.#latest])
      for (let i = 0; i < before.length; i++) if (views[i] === folded) before[i] = moved(before[i]);
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
    else if (this.#isSpent) this.findings.skip(CHECK, { code: 'views-too-many', index: at, id: label });
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
    const { rows } = folded;
    const now = new Map<number, Cell>();
    // Backwards, so that of several changes of a row the earliest has the last word.
    for (const { positions, views, keys, before } of [this.#latest, this.#earlier]) {
      for (let last = positions.length - 1; last >= 0; last--) {
        if ((positions[last] as number) <= index) break;
        this.#work += 1;
        if (views[last] !== folded) continue;
        const key = keys[last] as number;
        if (!now.has(key)) now.set(key, rows.cell(key));
        rows.setCell(key, before[last]);
      }
    }
    const { hashed } = rows;
    const value = rows.digest(this.crypto);
    this.#work += rows.size + WORK_OF_ROW * (rows.hashed - hashed);
    for (const [key, cell] of now) rows.setCell(key, cell);
    if (now.size === 0) folded.digest = { at: index, value };
    return value;
  }
}

function nameOf(label: string): string {
  return label.slice(0, label.indexOf('@'));
}

function versionOf(label: string): number {
  return Number(label.slice(label.indexOf('@') + 1));
}
