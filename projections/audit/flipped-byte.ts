/** Check 48: an auditor that finds nothing in a log with a changed byte finds nothing in any. */
import { toBase64url } from '../bytes.js';
import type { Crypto } from '../crypto.js';
import { GrowingRoot, leafHash } from '../hash.js';
import type { Findings, Report } from './report.js';
import type { TreeHead } from './tree-checks.js';

/** Audits these events alone against a head. */
type Audited = (leaves: readonly Uint8Array[], head: TreeHead) => Promise<Report>;

const CHECK = 48;
/** The copy is of the first events, so many or so large at most. */
const MOST_LEAVES = 256;
const MOST_BYTES = 4_000_000;

export class LeafCopy {
  readonly #leaves: Uint8Array[] = [];
  readonly #tree: GrowingRoot;
  #bytes = 0;

  constructor(private readonly crypto: Pick<Crypto, 'sha256'>) {
    this.#tree = new GrowingRoot(crypto);
  }

  add(leaf: Uint8Array): void {
    if (this.#leaves.length === MOST_LEAVES || this.#bytes + leaf.length > MOST_BYTES) return;
    this.#leaves.push(leaf.slice());
    this.#bytes += leaf.length;
    this.#tree.add(leafHash(this.crypto, leaf));
  }

  /** Audits the copy as it is and with one byte changed. Which one, the root of the whole log decides. */
  async check(root: Uint8Array, findings: Findings, audited: Audited): Promise<void> {
    findings.begin(CHECK);
    if (this.#bytes === 0) return;
    findings.examine(CHECK);
    const head = { size: this.#leaves.length, root: this.#tree.root() };
    const whole = await audited(this.#leaves, head);
    const { leaves, place } = this.#flipped(root);
    const changed = await audited(leaves, head);
    // The copy as it is has the very root that it was given, so that a FAIL of the other one is the byte's.
    if (verdictOf(whole, 3) !== 'PASS') findings.fail(CHECK, { code: 'copy-fails-unchanged', ...place });
    if (changed.passed || verdictOf(changed, 3) !== 'FAIL')
      findings.fail(CHECK, { code: 'changed-byte-not-found', ...place });
  }

  #flipped(root: Uint8Array): { leaves: Uint8Array[]; place: { index: number; id: string } } {
    let chosen = 0;
    for (const byte of root) chosen = (chosen * 256 + byte) % this.#bytes;
    const leaves = this.#leaves.map((leaf) => leaf.slice());
    let index = 0;
    let at = chosen;
    while (at >= (leaves[index] as Uint8Array).length) at -= (leaves[index++] as Uint8Array).length;
    const leaf = leaves[index] as Uint8Array;
    leaf[at] = (leaf[at] as number) ^ (1 << ((root[0] as number) & 7));
    return { leaves, place: { index, id: `byte-${at}-of-${toBase64url(root)}` } };
  }
}

function verdictOf({ checks }: Report, number: number): string | undefined {
  return checks.find((check) => check.number === number)?.verdict;
}
