/** The figures of a year's matters over REST: what is shown at any time, and what a city publishes as its yearly report. */
import { Controller, Get, Header, Inject, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import type { Clock } from '../clock.js';
import { CLOCK } from '../platform.module.js';
import { Tagged } from '../rest/conditional.js';
import { ApiAnswer, ApiProblems } from '../rest/openapi.js';
import { Problem } from '../rest/problem.js';
import './numbers.problems.js';
import { MatterYearsAnswer, yearJson, YearNumbersAnswer } from './numbers.answers.js';
import { GetYearReport, ListMatterYears, type YearReport } from './numbers.queries.js';
import { FOR_SPREADSHEETS, reportCsv } from './report.js';

const CSV_EXAMPLE = 'year,kind,by,id,name_es,filed,…\r\n2026,all,,,,2098,…\r\n';

class ReportQuery {
  @ApiPropertyOptional({
    enum: ['excel'],
    description: 'With semicolons, decimal commas and a byte order mark, as spreadsheets in Spain open it',
  })
  @IsOptional()
  @IsIn(['excel'])
  for?: 'excel';
}

@ApiTags('matters')
@Controller('api/v1/matters/years')
export class NumbersController {
  constructor(
    @Inject(QueryBus) private readonly queries: QueryBus,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Years in which matters were filed, the latest first' })
  @ApiAnswer(MatterYearsAnswer)
  @ApiProblems('views-behind')
  async years() {
    const { years, tag } = await this.queries.execute(new ListMatterYears());
    return new Tagged(tag, { years: years.map(([year, filed]) => ({ year, filed })) });
  }

  @Get(':year')
  @ApiOperation({
    summary: 'The figures of a year: by kind, category, area and department',
    description:
      'Of all matters that were filed in the year (by UTC). What is not released counts by its kind alone. Days run from the ' +
      'filing to the first answer and to the repair, whether the clock stood or not.',
  })
  @ApiAnswer(YearNumbersAnswer)
  @ApiProblems('year-without-matters', 'views-behind')
  async year(@Param('year') year: string) {
    const now = this.clock.now();
    const report = await this.#report(year, now);
    return new Tagged(report.tag, () => yearJson(report, now));
  }

  @Get(':year/report.csv')
  @Header('content-type', 'text/csv; charset=utf-8; header=present')
  @ApiOperation({
    summary:
      'The same as a table, to publish: a line for each kind and for each category, area and department of it',
  })
  @ApiOkResponse({ content: { 'text/csv': { schema: { type: 'string' }, example: CSV_EXAMPLE } } })
  @ApiProblems('invalid-input', 'year-without-matters', 'views-behind')
  async csv(@Param('year') year: string, @Query() { for: program }: ReportQuery) {
    const { numbers, names, languages, tag } = await this.#report(year, this.clock.now());
    const style = program && FOR_SPREADSHEETS;
    return new Tagged(`csv.${program ?? ''}.${tag}`, () => reportCsv(numbers, names, languages, style));
  }

  async #report(year: string, now: Date): Promise<YearReport> {
    const isYear = /^\d{4}$/.test(year);
    const report = isYear && (await this.queries.execute(new GetYearReport(Number(year), now)));
    if (!report) throw new Problem('year-without-matters');
    return report;
  }
}
