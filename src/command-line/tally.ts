/** `concejo tally FILE.pb`: counts a file as it is. */
import { readFileSync } from 'node:fs';
import { tallyFile, tallyJson, tallyText } from '../pabulib/tally-file.js';
import { CommandFailed, print, type OutputOptions } from './output.js';

export function tally(file: string, options: OutputOptions & { ruleset?: string; lenient?: boolean }): void {
  const rulesetBytes = options.ruleset === undefined ? undefined : readInput(options.ruleset);
  const counted = tallyFile(readInput(file), {
    ...(rulesetBytes !== undefined && { rulesetBytes }),
    lenient: options.lenient ?? false,
  });
  print(tallyJson(counted), [tallyText(counted)], options);
}

/** @throws CommandFailed `file-unreadable` */
export function readInput(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch {
    throw new CommandFailed('file-unreadable', `${path} cannot be read. Check the path and who may read it.`);
  }
}
