/** What the commands print, and how they end. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The program's version, from the nearest package.json above this file. */
export function version(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    try {
      const found = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        name?: string;
        version?: string;
      };
      if (found.name === 'concejo') return found.version ?? '';
    } catch {
      // Further up.
    }
    if (folder === dirname(folder)) return '';
  }
}

export interface OutputOptions {
  json?: boolean;
}

/** Prints the result: one JSON object, or lines for people. */
export function print(result: object, lines: readonly string[], { json }: OutputOptions): void {
  const text = json
    ? JSON.stringify(result, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
    : lines.join('\n');
  process.stdout.write(`${text}\n`);
}

/** What is wrong with a file: in a row, with how bad it is, or at the path of a field. */
interface Fault {
  code: string;
  detail?: string;
  line?: number;
  severity?: string;
  field?: string;
}

/** Ends the program with what went wrong: a code, a sentence, and the rows or fields of a file that are wrong. */
export function fail(error: unknown, json: boolean): void {
  const { code, message, problems } = error as {
    code?: unknown;
    message?: string;
    problems?: readonly Fault[];
  };
  const known = typeof code === 'string' && /^[a-z][a-z0-9-]+$/.test(code);
  if (json)
    process.stdout.write(
      `${JSON.stringify({ error: known ? code : 'failed', message, ...(problems && { problems }) })}\n`,
    );
  else {
    const what = message ?? String(error);
    process.stderr.write(`concejo: ${what}${known && !what.includes(code) ? ` (${code})` : ''}\n`);
    for (const { severity, code: what, line, field, detail } of (problems ?? []).slice(0, 50)) {
      const place = line === undefined ? (field ?? '') : `line ${line}`;
      const kind = severity === undefined ? what : `${severity} ${what}`;
      process.stderr.write(`  ${place}: ${kind}${detail === undefined ? '' : ` (${detail})`}\n`);
    }
    if (!known && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
  }
  process.exitCode = 1;
}

/** Something that somebody asked for is not so. */
export class CommandFailed extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'CommandFailed';
  }
}
