/** Checks 13, 15 and 16: the roll as committed, whose keys are sound and stand on one line each. */
import { toBase64url } from '../bytes.js';
import { canonicalBytes } from '../canonical.js';
import type { Crypto } from '../crypto.js';
import type { RollEntry } from '../definition.js';
import type { ElectionRow } from '../elections.view.js';
import type { LogEvent } from '../event.js';
import type { DataOf } from '../events/catalogue.js';
import { GrowingRoot, taggedHash } from '../hash.js';
import { KeyLines, type ElectionNames } from '../key-lines.js';
import type { FindingCode } from './finding-codes.js';
import type { Findings } from './report.js';
import { Lines } from './roll-lines.js';

/** Takes ballot keys, to say later whether they are sound. */
export type AskKey = (key: string, index: number) => void;

export class RollChecks {
  readonly lines: Lines;
  readonly keys: KeyLines;
  readonly #root: GrowingRoot;
  readonly #perArea = new Map<string, number>();
  #chunks = 0;
  #entries = 0;
  #isCommitted = false;

  constructor(
    private readonly crypto: Pick<Crypto, 'sha256'>,
    private readonly findings: Findings,
    private readonly askKey: AskKey,
    names: ElectionNames,
  ) {
    this.lines = new Lines(names);
    this.keys = new KeyLines(names);
    this.#root = new GrowingRoot(crypto);
  }

  /** `row` is the election before the event. */
  see(event: LogEvent, row: ElectionRow | undefined): void {
    const index = Number(event.position);
    switch (event.type) {
      case 'RollListed':
        if (this.#isCommitted) this.#fail('listed-after-commitment', index);
        if (event.data.chunk !== this.#chunks) this.#fail('chunk-out-of-order', index);
        this.#chunks += 1;
        for (const entry of event.data.entries) this.#list(entry, index);
        return;
      case 'RollCommitted':
        this.#commit(event.data, index);
        return;
      case 'VotingOpened':
        // A second opening is none, which check 8 says.
        if (row?.opening === undefined) this.#checkAreas(row, index);
        return;
      case 'BallotKeyReplaced':
        this.#replace(event.data, index);
        return;
      default:
    }
  }

  #list(entry: RollEntry, index: number): void {
    const { v, k, areas, g } = entry;
    this.findings.examine(13);
    this.#entries += 1;
    this.#root.add(taggedHash(this.crypto, 'roll-entry', canonicalBytes(entry)));
    if (this.lines.find(v) !== undefined) this.#fail('line-repeated', index, v);
    else this.lines.list(v, k, g ?? 'all');
    if (new Set(areas).size !== areas.length) this.#fail('area-repeated', index, v);
    for (const area of areas) this.#perArea.set(area, (this.#perArea.get(area) ?? 0) + 1);
    if (k === undefined) return;
    this.findings.examine(16);
    if (this.keys.has(k)) this.findings.fail(16, { code: 'key-repeated', index, id: k });
    this.keys.list(k, v);
    this.askKey(k, index);
  }

  #commit({ count, perArea, root }: DataOf<'RollCommitted'>, index: number): void {
    this.findings.examine(13);
    if (this.#isCommitted) this.#fail('committed-twice', index);
    this.#isCommitted = true;
    if (count !== this.#entries) this.#fail('count-wrong', index);
    const found = toBase64url(this.#root.root());
    if (root !== found) this.findings.fail(13, { code: 'root-wrong', index, expected: root, found });
    const isRight = perArea.every(({ area, count: stated }) => this.#perArea.get(area) === stated);
    if (!isRight || perArea.length !== this.#perArea.size) this.#fail('area-counts-wrong', index);
  }

  #checkAreas(row: ElectionRow | undefined, index: number): void {
    const known = new Set(row?.definition.areas.map(({ id }) => id));
    for (const area of this.#perArea.keys()) if (!known.has(area)) this.#fail('area-unknown', index, area);
  }

  #replace({ v, old, new: key }: DataOf<'BallotKeyReplaced'>, index: number): void {
    this.findings.examine(15);
    const line = this.lines.find(v);
    if (line === undefined) this.findings.fail(15, { code: 'key-of-nobody', index, id: v });
    else if (!this.lines.hasKey(line, old) || old === key)
      this.findings.fail(15, { code: 'key-before-wrong', index, id: v });
    // Two desks may give out one key at the same moment; it is then the first one's, whatever the second event says.
    if (this.keys.has(key)) this.findings.warn(16, { code: 'key-given-twice', index, id: key });
    this.findings.examine(16);
    this.keys.give(key, v);
    this.askKey(key, index);
    if (line !== undefined) this.lines.setKey(line, key);
  }

  #fail(code: FindingCode, index: number, id?: string): void {
    this.findings.fail(13, { code, index, ...(id !== undefined && { id }) });
  }
}
