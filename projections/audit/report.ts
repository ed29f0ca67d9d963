/** What an audit found, check by check: for a program as it stands, for people through `title` and `findings`. */
import { CHECKS, type Check } from './checks.js';
import type { FindingCode } from './finding-codes.js';

export type Verdict = 'PASS' | 'FAIL' | 'WARN' | 'NOT-CHECKED' | 'NOT-APPLICABLE';

/** One thing that is not as it should be. Ids, codes, hashes and numbers, never a text. */
export interface Finding {
  code: FindingCode;
  /** Index of the event in the log. */
  index?: number;
  /** What it is about: a ballot, a key, a content, a view, a file. */
  id?: string;
  expected?: string;
  found?: string;
}

export interface CheckReport {
  number: number;
  name: string;
  title: string;
  mandatory: boolean;
  verdict: Verdict;
  /** That of the first finding; `passed`, `nothing-to-check`, `not-implemented`, `other-profile` where there is none. */
  code: string;
  /** How many things were looked at. */
  examined: number;
  /** The first ones. */
  findings: readonly Finding[];
  /** How many more there are. */
  more: number;
  /** The failed check that this one rests on: then this failure may say nothing new. */
  consequentOf?: number;
}

/** Whom the audit took at their word for who signs the log. */
export interface PolicyUsed {
  /** `reader`: from somewhere else than the log. `log`: the log says itself whom to trust. */
  from: 'reader' | 'log';
  /** Of the policy's file, base64url. */
  sha256: string;
  /** Verifier keys of the log, as they stand in it. */
  keys: readonly string[];
  /** Names of the witnesses, and what of them is needed (`none`: no cosignature is). */
  witnesses: readonly string[];
  quorum: string;
}

/** Which log it was, as its head says. */
export interface AuditedLog {
  /** Its name. */
  origin?: string;
  /** Of the last event, UTC: how new the log was by its own clock. To the hour where a voter did it. */
  lastAt?: string;
  /** When witnesses of the policy cosigned the head, by their clocks. */
  cosigned?: readonly { witness: string; at: string }[];
  policy?: PolicyUsed;
}

/** `passed-by-own-policy`: by the keys that the log itself names, and nobody else has confirmed. */
export type Conclusion = 'passed' | 'passed-by-own-policy' | 'not-checked' | 'failed';

export interface Report {
  v: 1;
  /** Without a FAIL, and without NOT-CHECKED among the mandatory ones. */
  passed: boolean;
  conclusion: Conclusion;
  log: AuditedLog;
  /** Events in the log, and the root of its tree, base64url. */
  size: number;
  root: string;
  /** The first failed check in the order of layers. */
  cause?: number;
  /** In the order of layers. */
  checks: readonly CheckReport[];
}

/** Findings kept of one check: who has so many knows enough, and memory stays bounded. */
const MOST_FINDINGS = 20;

interface Page {
  examined: number;
  failed: Finding[];
  warned: Finding[];
  skipped: Finding[];
  more: number;
}

/** Gathers what is found while an audit runs. */
export class Findings {
  readonly #pages = new Map<number, Page>();

  /** Says that these checks are made, whether or not there will be anything to look at. */
  begin(...numbers: readonly number[]): void {
    for (const number of numbers) this.#page(number);
  }

  /** Something was looked at. */
  examine(number: number, times = 1): void {
    this.#page(number).examined += times;
  }

  fail(number: number, finding: Finding): void {
    this.#add(number, 'failed', finding);
  }

  warn(number: number, finding: Finding): void {
    this.#add(number, 'warned', finding);
  }

  /** Something could not be looked at: the check is NOT-CHECKED unless it fails. */
  skip(number: number, finding: Finding): void {
    this.#add(number, 'skipped', finding);
  }

  report(size: number, root: string, log: AuditedLog = {}): Report {
    const failed = new Set<number>();
    const checks = CHECKS.map((check) => {
      const made = this.#reportOf(check);
      if (made.verdict !== 'FAIL') return made;
      const reason = check.restsOn.find((number) => failed.has(number));
      failed.add(check.number);
      return reason === undefined ? made : { ...made, consequentOf: reason };
    });
    const cause = checks.find(({ verdict }) => verdict === 'FAIL')?.number;
    const isOpen = checks.some(({ mandatory, verdict }) => mandatory && verdict === 'NOT-CHECKED');
    const passed = cause === undefined && !isOpen;
    const conclusion = concluded(passed, cause, log);
    return { v: 1, passed, conclusion, log, size, root, ...(cause !== undefined && { cause }), checks };
  }

  #reportOf({ number, name, title, forOpen }: Check): CheckReport {
    const page = this.#pages.get(number);
    const head = { number, name, title, mandatory: forOpen === 'mandatory' };
    if (page === undefined) {
      const none = { ...head, examined: 0, findings: [], more: 0 };
      if (forOpen === 'mandatory') return { ...none, verdict: 'NOT-CHECKED', code: 'not-implemented' };
      const code = forOpen === 'on-request' ? 'nothing-to-check' : 'other-profile';
      return { ...none, verdict: 'NOT-APPLICABLE', code };
    }
    const { examined, failed, warned, skipped, more } = page;
    const findings = [...failed, ...skipped, ...warned].slice(0, MOST_FINDINGS);
    const [first] = findings;
    const rest = { ...head, examined, findings, more };
    if (first !== undefined) {
      const verdict = failed.length > 0 ? 'FAIL' : skipped.length > 0 ? 'NOT-CHECKED' : 'WARN';
      return { ...rest, verdict, code: first.code };
    }
    return examined > 0
      ? { ...rest, verdict: 'PASS', code: 'passed' }
      : { ...rest, verdict: 'NOT-APPLICABLE', code: 'nothing-to-check' };
  }

  #add(number: number, kind: 'failed' | 'warned' | 'skipped', finding: Finding): void {
    const page = this.#page(number);
    // The first of each kind is always kept: it decides the verdict.
    if (page[kind].length > 0 && kept(page) >= MOST_FINDINGS) page.more += 1;
    else page[kind].push(finding);
  }

  #page(number: number): Page {
    let page = this.#pages.get(number);
    if (page === undefined) {
      page = { examined: 0, failed: [], warned: [], skipped: [], more: 0 };
      this.#pages.set(number, page);
    }
    return page;
  }
}

function concluded(passed: boolean, cause: number | undefined, { policy }: AuditedLog): Conclusion {
  if (passed) return policy?.from === 'reader' ? 'passed' : 'passed-by-own-policy';
  return cause === undefined ? 'not-checked' : 'failed';
}

function kept({ failed, warned, skipped }: Page): number {
  return failed.length + warned.length + skipped.length;
}
