/** Files that a command is given. */
import { readFileSync } from 'node:fs';
import { CommandFailed } from './output.js';

/** @throws CommandFailed `file-unreadable` */
export function readInput(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch {
    throw new CommandFailed('file-unreadable', `${path} cannot be read. Check the path and who may read it.`);
  }
}
