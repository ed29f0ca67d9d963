/** Describing the city. */
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { By, Rejection } from '../event-store/command-log.js';
import { CityImport, type CityFileRefused, type CityImported } from './city-import.js';
import { mayAct } from '../staff/actor.js';

type Answer = CityImported | CityFileRefused | Rejection;

/** Makes the log say what a city's file says (see `docs/city.md`), as it came out of JSON. */
export class ImportCity extends Command<Answer> {
  constructor(
    readonly file: unknown,
    readonly by: By,
  ) {
    super();
  }
}

@CommandHandler(ImportCity)
export class ImportCityHandler implements ICommandHandler<ImportCity> {
  constructor(@Inject(CityImport) private readonly imports: CityImport) {}

  async execute({ file, by }: ImportCity): Promise<Answer> {
    if (!mayAct(by.actor, 'administrator')) return { rejected: 'role-missing' };
    return this.imports.run(file, by);
  }
}
