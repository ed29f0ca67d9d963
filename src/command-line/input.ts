/** Files that a command is given, to read or to write. */
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { CommandFailed } from './output.js';

/** @throws CommandFailed `file-unreadable` */
export function readInput(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch {
    throw new CommandFailed('file-unreadable', `${path} cannot be read. Check the path and who may read it.`);
  }
}

/** Before long work whose end would be lost. @throws CommandFailed `file-not-writable` */
export function assertWritable(path: string): void {
  try {
    accessSync(dirname(path), constants.W_OK);
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) throw new Error('It is a folder');
  } catch {
    throw new CommandFailed(
      'file-not-writable',
      `${path} cannot be written. Name a file in a folder that is there and that you may write to.`,
    );
  }
}
