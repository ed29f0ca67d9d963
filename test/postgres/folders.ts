/** Folders and users for tests of the embedded server. */
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const isRoot = process.getuid?.() === 0;
export const NOBODY = { uid: 65534, gid: 65534 };

/** What the server said to its log. */
export class Said {
  readonly lines: string[] = [];
  readonly info = (message: string) => void this.lines.push(message);
  readonly warn = (message: string) => void this.lines.push(message);
}

const made: string[] = [];

/** A folder of its own, which everybody may enter unless told otherwise. */
export function newFolder({ mode = 0o711, owner }: { mode?: number; owner?: typeof NOBODY } = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'concejo-pg-'));
  made.push(folder);
  chmodSync(folder, mode);
  if (owner) chownSync(folder, owner.uid, owner.gid);
  return folder;
}

export function removeFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Whether a child of user nobody can run this project: as root, and with the repository below no closed folder. */
export function nobodyCanRunUs(): boolean {
  if (!isRoot) return false;
  const root = fileURLToPath(new URL('../..', import.meta.url));
  try {
    execFileSync('/bin/sh', ['-c', 'cd -- "$1" && "$2" --version', 'sh', root, process.execPath], {
      ...NOBODY,
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}
