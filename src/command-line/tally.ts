/** `concejo tally FILE.pb`: counts a file as it is. */
import { readFileSync } from 'node:fs';
import { tallyFile, tallyJson, tallyText } from '../pabulib/tally-file.js';
import { CommandFailed, print, type OutputOptions } from './output.js';

export interface TallyOptions extends OutputOptions {
  ruleset?: string;
  lenient?: boolean;
  rule?: string;
  tieOrder?: string;
}

export function tally(file: string, options: TallyOptions): void {
  const { ruleset, lenient = false, tieOrder } = options;
  const rulesetBytes = ruleset === undefined ? undefined : readInput(ruleset);
  const counted = tallyFile(readInput(file), {
    ...(rulesetBytes !== undefined && { rulesetBytes }),
    ...(tieOrder !== undefined && { tieOrder }),
    fields: rulesetFields(options),
    lenient,
  });
  print(tallyJson(counted), [tallyText(counted)], options);
}

/** What the options say of the ruleset, as its fields: only those that were given, so that others hold as they stand. */
function rulesetFields({ rule }: TallyOptions): Record<string, unknown> {
  return { ...(rule !== undefined && { rule }) };
}

/** @throws CommandFailed `file-unreadable` */
export function readInput(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch {
    throw new CommandFailed('file-unreadable', `${path} cannot be read. Check the path and who may read it.`);
  }
}
