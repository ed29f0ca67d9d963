/** How the city does: the figures of a year, and the report that it publishes. */
import { Module } from '@nestjs/common';
import { NumbersController } from './numbers.controller.js';
import { GetYearNumbersHandler, GetYearReportHandler, ListMatterYearsHandler } from './numbers.queries.js';

@Module({
  controllers: [NumbersController],
  providers: [ListMatterYearsHandler, GetYearNumbersHandler, GetYearReportHandler],
})
export class NumbersModule {}
