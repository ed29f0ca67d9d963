/** The city over REST: read by everybody, described by the import of its file. */
import { Body, Controller, Get, Header, Inject, Param, Put } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { RouteConfig } from '@nestjs/platform-fastify';
import {
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiSecurity,
  ApiTags,
} from '@nestjs/swagger';
import type { Texts } from '../contents/public-contents.js';
import { Tagged } from '../rest/conditional.js';
import { ApiAnswer, ApiExample, ApiIdempotencyKey, ApiProblems, STAFF_WRITE } from '../rest/openapi.js';
import { accepted, Problem } from '../rest/problem.js';
import { CurrentRequest, type RequestBy } from '../staff/current-actor.js';
import { CITY_FILE_EXAMPLE, CityFileBody, CityImportedAnswer } from './city.answers.js';
import { ImportCity } from './city.commands.js';
import { MAX_CITY_FILE_BYTES } from './city-file.js';
import { CITY_FILE_PROBLEMS } from './city-file.problems.js';
import { problemOfFile } from './file-refused.js';
import './city.problems.js';
import { GetArea, GetCity, GetHolidays, ListAreas, ListDepartments } from './city.queries.js';
import { toGeoJson, type MultiPolygon } from './geojson.js';

const NAME = { es: 'El Puerto', ast: 'El Puertu', en: 'Harbour' };

export class CityBody {
  @ApiProperty({ example: NAME, description: 'By language' })
  name: Texts;
  @ApiProperty({ example: 'Europe/Madrid' })
  timeZone: string;
  @ApiProperty({ example: ['es', 'ast', 'en'], type: [String] })
  languages: readonly string[];
}

export class AreaBody {
  @ApiProperty({ example: 'harbour' })
  id: string;
  @ApiPropertyOptional({ example: 'city', description: 'Absent for the whole city' })
  parent?: string;
  @ApiProperty({ example: NAME, description: 'By language' })
  name: Texts;
  @ApiPropertyOptional({ description: 'No longer in use' })
  withdrawn?: boolean;
}

export class DepartmentBody {
  @ApiProperty({ example: 'works' })
  id: string;
  @ApiProperty({ example: { es: 'Obras' }, description: 'By language' })
  name: Texts;
  @ApiPropertyOptional({ description: 'No longer in use' })
  withdrawn?: boolean;
}

class AreaList {
  @ApiProperty({ type: [AreaBody] })
  items: AreaBody[];
}

class DepartmentList {
  @ApiProperty({ type: [DepartmentBody] })
  items: DepartmentBody[];
}

class HolidaysBody {
  @ApiProperty({ example: 2026 })
  year: number;
  @ApiProperty({ example: 'valdeejemplo', description: 'Whose calendar' })
  calendar: string;
  @ApiProperty({ example: ['2026-01-01'], type: [String], description: 'Besides Saturdays and Sundays' })
  days: readonly string[];
}

interface AreaFeature {
  type: 'Feature';
  id: string;
  properties: Omit<AreaBody, 'id'>;
  geometry: MultiPolygon | null;
}

/** RFC 7946. */
const FEATURE = {
  type: 'object',
  required: ['type', 'id', 'properties', 'geometry'],
  properties: {
    type: { type: 'string', enum: ['Feature'] },
    id: { type: 'string' },
    properties: {
      type: 'object',
      required: ['name'],
      properties: {
        parent: { type: 'string' },
        name: { type: 'object', additionalProperties: { type: 'string' } },
        withdrawn: { type: 'boolean' },
      },
    },
    geometry: {
      description: 'A MultiPolygon, or null for an area without a shape',
      anyOf: [
        { type: 'null' },
        {
          type: 'object',
          required: ['type', 'coordinates'],
          properties: {
            type: { type: 'string', enum: ['MultiPolygon'] },
            coordinates: { type: 'array', items: { type: 'array' } },
          },
        },
      ],
    },
  },
} as object;

@ApiTags('city')
@Controller('api/v1')
export class CityController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(QueryBus) private readonly queries: QueryBus,
  ) {}

  @Get('city')
  @ApiOperation({ summary: 'The city: name, time zone and languages' })
  @ApiAnswer({
    schema: CityBody,
    example: { name: NAME, timeZone: 'Europe/Madrid', languages: ['es', 'ast', 'en'] },
  })
  @ApiProblems('city-not-described', 'views-behind')
  async city() {
    const found = await this.queries.execute(new GetCity());
    if (found === undefined) throw new Problem('city-not-described');
    const { names, timeZone, languages } = found.row;
    return new Tagged(`city.${found.changed}`, { name: names, timeZone, languages });
  }

  @Put('city')
  @RouteConfig({ bodyLimit: MAX_CITY_FILE_BYTES })
  @ApiSecurity('key')
  @ApiSecurity('session')
  @ApiIdempotencyKey()
  @ApiOperation({
    summary: 'Describe the city: areas, departments, holidays, time zone (role administrator)',
    description:
      'The whole city (docs/city.md), checked before anything is written. What differs from before is appended; areas and ' +
      `departments that are not named any more are withdrawn. ${MAX_CITY_FILE_BYTES} bytes at most.`,
  })
  @ApiExample(CityFileBody, CITY_FILE_EXAMPLE)
  @ApiAnswer(CityImportedAnswer)
  @ApiProblems(...STAFF_WRITE, ...CITY_FILE_PROBLEMS)
  async describe(@Body() file: unknown, @CurrentRequest() by: RequestBy) {
    const answer = await this.commands.execute(new ImportCity(file, by));
    if ('problems' in answer) throw problemOfFile(answer);
    const { events, position } = accepted(answer);
    return { events, position: String(position) };
  }

  @Get('areas')
  @ApiOperation({ summary: 'All areas of the city, without their shapes' })
  @ApiAnswer({
    schema: AreaList,
    example: {
      items: [
        { id: 'city', name: { es: 'Villa' } },
        { id: 'harbour', parent: 'city', name: NAME },
      ],
    },
  })
  @ApiProblems('views-behind')
  async areas() {
    const { rows, changed } = await this.queries.execute(new ListAreas());
    const items = rows.map(({ areaId, parent, names, withdrawn }) => ({
      id: areaId,
      ...(parent !== undefined && { parent }),
      name: names,
      ...(withdrawn && { withdrawn }),
    }));
    return new Tagged(`areas.${changed}`, { items });
  }

  @Get('areas/:id')
  @Header('content-type', 'application/geo+json')
  @ApiOperation({ summary: 'An area with its shape, as a GeoJSON Feature (RFC 7946)' })
  @ApiOkResponse({
    content: {
      'application/geo+json': {
        schema: FEATURE,
        example: {
          type: 'Feature',
          id: 'harbour',
          properties: { parent: 'city', name: NAME },
          geometry: null,
        },
      },
    },
  })
  @ApiProblems('area-unknown', 'views-behind')
  async area(@Param('id') id: string): Promise<Tagged<AreaFeature>> {
    const found = await this.queries.execute(new GetArea(id));
    if (found === undefined) throw new Problem('area-unknown');
    const { areaId, parent, names, withdrawn, polygons } = found.row;
    return new Tagged(`area.${found.changed}`, {
      type: 'Feature',
      id: areaId,
      properties: { ...(parent !== undefined && { parent }), name: names, ...(withdrawn && { withdrawn }) },
      geometry: polygons.length === 0 ? null : toGeoJson(polygons),
    });
  }

  @Get('departments')
  @ApiOperation({ summary: 'All departments of the city' })
  @ApiAnswer({ schema: DepartmentList, example: { items: [{ id: 'works', name: { es: 'Obras' } }] } })
  @ApiProblems('views-behind')
  async departments() {
    const { rows, changed } = await this.queries.execute(new ListDepartments());
    const items = rows.map(({ departmentId, names, withdrawn }) => ({
      id: departmentId,
      name: names,
      ...(withdrawn && { withdrawn }),
    }));
    return new Tagged(`departments.${changed}`, { items });
  }

  @Get('holidays/:year')
  @ApiOperation({ summary: 'The days of a year on which offices are closed' })
  @ApiAnswer({
    schema: HolidaysBody,
    example: { year: 2026, calendar: 'valdeejemplo', days: ['2026-01-01'] },
  })
  @ApiProblems('holidays-not-declared', 'views-behind')
  async holidays(@Param('year') year: string): Promise<Tagged<HolidaysBody>> {
    const found = /^\d{4}$/.test(year)
      ? await this.queries.execute(new GetHolidays(Number(year)))
      : undefined;
    if (found === undefined) throw new Problem('holidays-not-declared');
    return new Tagged(`holidays.${found.changed}`, found.row);
  }
}
