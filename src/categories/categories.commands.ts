/** Describing categories and states. */
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { CityFileRefused, CityImported } from '../city/city-import.js';
import type { By, Rejection } from '../event-store/command-log.js';
import { CategoriesImport } from './categories-import.js';
import { mayAct } from '../staff/actor.js';

type Answer = CityImported | CityFileRefused | Rejection;

/** Makes the log say what a file of categories says (see `docs/categories.md`), as it came out of JSON. */
export class DescribeCategories extends Command<Answer> {
  constructor(
    readonly file: unknown,
    readonly by: By,
  ) {
    super();
  }
}

@CommandHandler(DescribeCategories)
export class DescribeCategoriesHandler implements ICommandHandler<DescribeCategories> {
  constructor(@Inject(CategoriesImport) private readonly imports: CategoriesImport) {}

  async execute({ file, by }: DescribeCategories): Promise<Answer> {
    if (!mayAct(by.actor, 'administrator')) return { rejected: 'role-missing' };
    return this.imports.run(file, by);
  }
}
