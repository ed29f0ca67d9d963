/** Describing the city. */
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { By, Rejection } from '../event-store/command-log.js';
import { CityImport, type CityImported } from './city-import.js';

/** Makes the log say what a city's file says (see `docs/city.example.json`). */
export class ImportCity extends Command<CityImported | Rejection> {
  constructor(
    readonly fileBytes: Uint8Array,
    readonly by: By,
  ) {
    super();
  }
}

@CommandHandler(ImportCity)
export class ImportCityHandler implements ICommandHandler<ImportCity> {
  constructor(@Inject(CityImport) private readonly imports: CityImport) {}

  async execute({ fileBytes, by }: ImportCity): Promise<CityImported | Rejection> {
    // `system` is the command line, whose user runs the site.
    if (by.actor.id !== 'system' && !by.actor.roles.includes('administrator'))
      return { rejected: 'role-missing' };
    return this.imports.run(fileBytes, by);
  }
}
