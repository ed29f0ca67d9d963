/**
 * Part of check 49: the rows of a published view, as a bundle may hold them, against the digest that the log states. Rows are
 * hashed as they are written and never parsed: bytes that are not the canonical ones have another digest.
 */
import { compareBytes, toBase64url } from '../bytes.js';
import type { Crypto } from '../crypto.js';
import { GrowingRoot } from '../hash.js';
import { writtenRowHash } from '../projection.js';
import type { FindingCode } from './finding-codes.js';
import type { Findings } from './report.js';

const CHECK = 49;
const [TAB, NEWLINE] = [0x09, 0x0a];
/** Whatever has a row is named in the log, and nothing is named in fewer bytes of an event. */
const LEAST_BYTES_OF_ROW = 16;

/** A part of a view's rows: one row a line, key, tab, canonical JSON, in byte order of the keys over all parts. */
export interface ViewPart {
  /** `name@version`. */
  view: string;
  index: number;
  /** From 0. */
  part: number;
  bytes: Uint8Array;
}

interface Given {
  root: GrowingRoot;
  parts: number;
  rows: number;
  last?: Uint8Array;
  /** Found to be wrong: what else comes of it is not looked at. */
  isWrong: boolean;
}

/** What the log says, when all its events are read. */
export interface ViewRowsOf {
  /** The digest that it states of a view at an index, by `name@version/index`. */
  published(id: string): string | undefined;
  /** Bytes of all its events. */
  readonly bytes: number;
}

export class ViewRows {
  readonly #given = new Map<string, Given>();

  constructor(
    private readonly crypto: Pick<Crypto, 'sha256'>,
    private readonly findings: Findings,
  ) {}

  /** After the last event. */
  give({ view, index, part, bytes }: ViewPart, log: ViewRowsOf): void {
    const id = `${view}/${index}`;
    let given = this.#given.get(id);
    if (given === undefined) {
      given = { root: new GrowingRoot(this.crypto), parts: 0, rows: 0, isWrong: false };
      this.#given.set(id, given);
    }
    if (given.isWrong) return;
    const fault =
      log.published(id) === undefined
        ? 'view-not-published'
        : part !== given.parts
          ? 'view-rows-malformed'
          : this.#read(view, given, bytes, log.bytes / LEAST_BYTES_OF_ROW);
    given.parts += 1;
    if (fault === undefined) return;
    given.isWrong = true;
    this.findings.fail(CHECK, { code: fault, id });
  }

  /** The log has ended, and all parts were given. */
  end(log: ViewRowsOf): void {
    for (const [id, { root, isWrong }] of this.#given) {
      this.findings.examine(CHECK);
      if (isWrong) continue;
      const expected = log.published(id);
      const found = toBase64url(root.root());
      if (expected === found) continue;
      this.findings.fail(CHECK, { code: 'view-rows-wrong', id, found, ...(expected && { expected }) });
    }
  }

  #read(label: string, given: Given, bytes: Uint8Array, most: number): FindingCode | undefined {
    for (let start = 0; start < bytes.length;) {
      const end = bytes.indexOf(NEWLINE, start);
      if (end < 0) return 'view-rows-malformed';
      const line = bytes.subarray(start, end);
      const tab = line.indexOf(TAB);
      const key = line.subarray(0, Math.max(0, tab));
      if (tab < 0 || (given.last !== undefined && compareBytes(key, given.last) <= 0))
        return 'view-rows-malformed';
      given.rows += 1;
      if (given.rows > most) return 'view-rows-too-many';
      given.last = key;
      given.root.add(writtenRowHash(this.crypto, label, key, line.subarray(tab + 1)));
      start = end + 1;
    }
    return undefined;
  }
}
