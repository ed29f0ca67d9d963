/** How the city does: the figures of a year, and the report that it publishes. */
import { Module } from '@nestjs/common';
import { ContentsModule } from '../contents/contents.module.js';
import { NumbersController } from './numbers.controller.js';
import {
  GetStandingHandler,
  GetYearNumbersHandler,
  GetYearReportHandler,
  ListMatterYearsHandler,
} from './numbers.queries.js';

@Module({
  imports: [ContentsModule],
  controllers: [NumbersController],
  providers: [ListMatterYearsHandler, GetYearNumbersHandler, GetStandingHandler, GetYearReportHandler],
})
export class NumbersModule {}
