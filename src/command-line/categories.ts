/** `concejo categories FILE`: makes the log say of categories and states what a file says. */
import { DescribeCategories } from '../categories/categories.commands.js';
import { describe } from './city.js';
import type { OutputOptions } from './output.js';

export interface CategoriesOptions extends OutputOptions {
  dryRun?: boolean;
}

/** @throws as `describe` */
export function describeCategories(file: string, options: CategoriesOptions): Promise<void> {
  return describe(file, options, {
    guide: 'docs/categories.md',
    command: (parsed, by) => new DescribeCategories(parsed, by, options.dryRun),
    seeAt: '/api/v1/matters/categories',
  });
}
