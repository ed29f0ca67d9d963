/**
 * The list of erasures that is kept apart from the database, so that a backup from before an erasure cannot bring the
 * erased back. One JSON line each, holding ids and codes only. Put it where the database's backups do not go.
 */
import { open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '../sync-folder.js';

export interface Erasure {
  readonly contentId: string;
  /** Code of the legal ground. */
  readonly basis: string;
  /** UTC with milliseconds. */
  readonly at: string;
}

export class ErasuresFile {
  constructor(private readonly path: string) {}

  /** Durable when it resolves. The same erasure twice does no harm. */
  async append({ contentId, basis, at }: Erasure): Promise<void> {
    const file = await open(this.path, 'a', 0o600);
    try {
      // A line begins with its own line feed: one that was torn by a crash then ends there and spoils no other.
      await file.appendFile(`\n${JSON.stringify({ contentId, basis, at })}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await syncFolder(dirname(this.path));
  }

  /** Each content once, in order of erasure. A torn line is skipped: its erasure was never answered, and the log has it. */
  async read(): Promise<Erasure[]> {
    let text: string;
    try {
      text = await readFile(this.path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
    const erasures = new Map<string, Erasure>();
    for (const line of text.split('\n')) {
      const erasure = parseLine(line);
      if (erasure !== undefined && !erasures.has(erasure.contentId)) erasures.set(erasure.contentId, erasure);
    }
    return [...erasures.values()];
  }
}

function parseLine(line: string): Erasure | undefined {
  if (line === '') return undefined;
  try {
    const { contentId, basis, at } = JSON.parse(line) as Partial<Erasure>;
    if (typeof contentId !== 'string' || typeof basis !== 'string' || typeof at !== 'string')
      return undefined;
    return { contentId, basis, at };
  } catch {
    return undefined;
  }
}
