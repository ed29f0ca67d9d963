/** Part of check 49: the rows of a published view, as a bundle may hold them, against the digest that the log states. */
import { toBase64url } from '../bytes.js';
import { parseCanonical } from '../canonical.js';
import type { Crypto } from '../crypto.js';
import { GrowingRoot } from '../hash.js';
import { rowHash } from '../projection.js';
import type { Findings } from './report.js';

const CHECK = 49;

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
  last?: string;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

export class ViewRows {
  readonly #given = new Map<string, Given>();

  constructor(
    private readonly crypto: Pick<Crypto, 'sha256'>,
    private readonly findings: Findings,
  ) {}

  give({ view, index, part, bytes }: ViewPart): void {
    const id = `${view}/${index}`;
    const given = this.#given.get(id) ?? { root: new GrowingRoot(this.crypto), parts: 0 };
    this.#given.set(id, given);
    const isRead = part === given.parts && this.#read(view, given, bytes);
    given.parts += 1;
    if (!isRead) this.findings.fail(CHECK, { code: 'view-rows-malformed', id });
  }

  /** The log has ended. `published`: the digest that it states of a view at an index. */
  end(published: (id: string) => string | undefined): void {
    for (const [id, { root }] of this.#given) {
      this.findings.examine(CHECK);
      const expected = published(id);
      const found = toBase64url(root.root());
      if (expected === found) continue;
      const code = expected === undefined ? 'view-not-published' : 'view-rows-wrong';
      this.findings.fail(CHECK, { code, id, found, ...(expected && { expected }) });
    }
  }

  #read(label: string, given: Given, bytes: Uint8Array): boolean {
    const [name = '', version] = label.split('@');
    const view = { name, version: Number(version) };
    try {
      const lines = decoder.decode(bytes).split('\n');
      if (lines.pop() !== '') return false;
      for (const line of lines) {
        const tab = line.indexOf('\t');
        const key = line.slice(0, tab);
        if (tab < 0 || (given.last !== undefined && key <= given.last)) return false;
        given.last = key;
        const row = parseCanonical(encoder.encode(line.slice(tab + 1)), Number.MAX_SAFE_INTEGER);
        given.root.add(rowHash(this.crypto, view, key, row));
      }
      return true;
    } catch {
      return false;
    }
  }
}
