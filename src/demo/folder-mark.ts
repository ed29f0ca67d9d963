/** A demo's data folder is marked as one: `demo` refuses a real folder and `serve` a demo's. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MARK = 'this-is-a-demo';

export class WrongFolder extends Error {
  readonly code = 'wrong-data-folder';
}

export function isDemoFolder(folder: string): boolean {
  return existsSync(join(folder, MARK));
}

/** @throws WrongFolder */
export function assertFolderOf(folder: string, kind: 'real' | 'demo'): void {
  if (kind === 'real' && isDemoFolder(folder)) {
    throw new WrongFolder(`${folder} holds a demo. Set CONCEJO_DATA to another folder for real use.`);
  }
  if (kind === 'demo' && !isDemoFolder(folder) && existsSync(folder) && readdirSync(folder).length > 0) {
    throw new WrongFolder(`${folder} holds a real city. Set CONCEJO_DATA to another folder for the demo.`);
  }
}

/** What a demo remembers beside its log. */
export interface DemoMemory {
  /** How far its clock is ahead of (or behind) the system's, in milliseconds. */
  offsetMs: number;
  /** Whether the made-up city was made completely. */
  complete: boolean;
  /** Keys of its staff: a demo's are no secret, so that everybody can sign in as anybody. */
  keys: readonly { id: string; roles: readonly string[]; key: string }[];
}

export function readDemoMemory(folder: string): DemoMemory | undefined {
  return isDemoFolder(folder)
    ? (JSON.parse(readFileSync(join(folder, MARK), 'utf8')) as DemoMemory)
    : undefined;
}

export function writeDemoMemory(folder: string, memory: DemoMemory): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, MARK), `${JSON.stringify(memory, null, 2)}\n`);
}
