/** `concejo city FILE` and `concejo categories FILE`: make the log say what a file says. */
import { randomUUID } from 'node:crypto';
import { type Command, CommandBus } from '@nestjs/cqrs';
import { utf8 } from '../../projections/bytes.js';
import { ImportCity } from '../city/city.commands.js';
import { MAX_CITY_FILE_BYTES, parseCityFile, type Problem } from '../city/city-file.js';
import type { CityFileRefused, CityImported } from '../city/city-import.js';
import { isRejection, type By, type Rejection } from '../event-store/command-log.js';
import { SYSTEM } from '../staff/actor.js';
import { Problem as Refusal } from '../rest/problem.js';
import { CommandFailed, print, type OutputOptions } from './output.js';
import { withApplication } from './running.js';
import { readInput } from './input.js';

/** As whoever runs the site; the log says so. */

/** Ids of what was there before and is not named any more, where the log's say of it ends. */
interface Withdrawn {
  readonly withdrawn: readonly string[];
  readonly withdrawnStates: readonly string[];
}

/** What differs between files: the guide to them, the command that takes one, and where what it says is seen. */
export interface Described {
  readonly guide: string;
  readonly command: (
    file: unknown,
    by: By,
  ) => Command<(CityImported & Partial<Withdrawn>) | CityFileRefused | Rejection>;
  readonly seeAt: string;
}

/** @throws CityFileWrong, CommandFailed */
export function describeCity(file: string, options: OutputOptions): Promise<void> {
  const command = (parsed: unknown, by: By) => new ImportCity(parsed, by);
  return describe(file, options, { guide: 'docs/city.md', command, seeAt: '/api/v1/city and /api/v1/areas' });
}

/** @throws CityFileWrong, CommandFailed */
export async function describe(
  file: string,
  options: OutputOptions & { dryRun?: boolean },
  { guide, command, seeAt }: Described,
): Promise<void> {
  const parsed = parseCityFile(readInput(file));
  if ('problems' in parsed) throw new CommandFailed(...unreadable(file, parsed.problems[0]?.code));
  const imported = await withApplication(async (app) => {
    // What somebody runs again is a new command: it appends what differs now, which is mostly nothing.
    const by = { commandId: randomUUID(), actor: SYSTEM, request: utf8('concejo') };
    const answer = await app.get(CommandBus, { strict: false }).execute(command(parsed.file, by));
    if ('problems' in answer) throw new CityFileWrong(file, guide, answer.problems);
    if (isRejection(answer)) throw new CommandFailed(answer.rejected, sentence(answer.rejected));
    return answer;
  }, 'real');
  const { events, position, ...rest } = imported;
  const { withdrawn = [], withdrawnStates = [] } = rest;
  const done = options.dryRun
    ? `${events} events would be written. Nothing was.`
    : `${events} events, the last at ${position}.`;
  const gone = [...withdrawn, ...withdrawnStates.map((id) => `${id} (a state)`)];
  print(
    { events, position, ...rest },
    [
      events === 0 ? `The log says all of ${file} already.` : done,
      ...(gone.length > 0 ? [`Not named any more, so withdrawn: ${gone.join(', ')}.`] : []),
      `See it with: concejo serve, then ${seeAt}`,
    ],
    options,
  );
}

/** A file with faults; nothing of it was written. */
class CityFileWrong extends Error {
  readonly code = 'city-file-wrong';
  readonly problems: readonly { code: string; field: string; detail: string }[];

  constructor(file: string, guide: string, problems: readonly Problem[]) {
    super(`${file} is not what ${guide} says. Nothing was written.`);
    this.name = 'CityFileWrong';
    this.problems = problems.map(({ code, field, detail }) => ({
      code,
      field,
      detail: sentence(code, detail),
    }));
  }
}

function unreadable(file: string, code = 'file-not-json'): [code: string, message: string] {
  return code === 'file-too-large'
    ? [code, `${file} has more than ${MAX_CITY_FILE_BYTES} bytes. Give the shapes fewer points.`]
    : [code, `${file} is not JSON in UTF-8.`];
}

function sentence(code: string, parameters?: Problem['detail']): string {
  return new Refusal(code, { parameters }).body().detail;
}
