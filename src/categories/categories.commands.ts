/** Describing categories and states. */
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { CityFileRefused } from '../city/city-import.js';
import type { By, Rejection } from '../event-store/command-log.js';
import { CategoriesImport, type CategoriesImported } from './categories-import.js';

type Answer = CategoriesImported | CityFileRefused | Rejection;

/** Makes the log say what a file of categories says (see `docs/categories.md`), as it came out of JSON. */
export class DescribeCategories extends Command<Answer> {
  constructor(
    readonly file: unknown,
    readonly by: By,
    /** To be told what it would change, and change nothing. */
    readonly isDryRun = false,
  ) {
    super();
  }
}

@CommandHandler(DescribeCategories)
export class DescribeCategoriesHandler implements ICommandHandler<DescribeCategories> {
  constructor(@Inject(CategoriesImport) private readonly imports: CategoriesImport) {}

  async execute({ file, by, isDryRun }: DescribeCategories): Promise<Answer> {
    // `system` is the command line, whose user runs the site.
    if (by.actor.id !== 'system' && !by.actor.roles.includes('administrator'))
      return { rejected: 'role-missing' };
    return isDryRun ? this.imports.dryRun(file) : this.imports.run(file, by);
  }
}
