/** Describing categories and states. */
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { CityFileRefused } from '../city/city-import.js';
import type { By, Rejection } from '../event-store/command-log.js';
import { mayAct } from '../staff/actor.js';
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
    if (!mayAct(by.actor, 'administrator')) return { rejected: 'role-missing' };
    return isDryRun ? this.imports.dryRun(file) : this.imports.run(file, by);
  }
}
