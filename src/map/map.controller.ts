/** Where public matters are: data for maps, and what is near a place. */
import { Body, Controller, Get, HttpCode, Inject, Post, Query, Req } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { RateLimit } from '../rest/rate-limit.js';
import { ApiAnswer, ApiExample, ApiProblems } from '../rest/openapi.js';
import { Problem } from '../rest/problem.js';
import './map.problems.js';
import { assertMayLook, LOOKS_AROUND } from './looks.js';
import { FindNearMatters, GetMatterMap } from './map.queries.js';
import { MapAnswer, mapJson, NearAnswer, nearJson } from './map.answers.js';
import { MOST_ZOOM, type Box } from './place-map.js';
import { CODE } from '../../projections/events/schema.js';
import { MATTER_KINDS, STATE_KINDS } from '../../projections/matter.js';

/** Degrees as people write them, with at most seven decimals. */
const DEGREES = '-?\\d{1,3}(?:\\.\\d{1,7})?';
const BOX = new RegExp(`^${DEGREES}(?:,${DEGREES}){3}$`);

class MapQuery {
  @ApiProperty({
    example: '-6.12,43.53,-6.06,43.57',
    description: 'West, south, east and north in degrees (WGS 84), as in RFC 7946, section 5',
  })
  @Matches(BOX)
  bbox: string;

  @ApiProperty({ example: 14, description: 'Of a web map: at 0 the world is one tile of 256 pixels' })
  @Transform(({ value }) => (value === '' ? NaN : Number(value)))
  @IsInt()
  @Min(0)
  @Max(MOST_ZOOM)
  zoom: number;

  @ApiPropertyOptional({ enum: MATTER_KINDS })
  @IsOptional()
  @IsIn(MATTER_KINDS)
  kind?: string;

  @ApiPropertyOptional({ example: 'street-lamp' })
  @IsOptional()
  @Matches(CODE)
  category?: string;

  @ApiPropertyOptional({ enum: STATE_KINDS })
  @IsOptional()
  @IsIn(STATE_KINDS)
  stateKind?: string;
}

const MOST_LETTERS = 4_000;

class NearBody {
  @ApiProperty({ example: 43_545_100, description: 'Microdegrees' })
  @IsInt()
  @Min(-90_000_000)
  @Max(90_000_000)
  lat: number;

  @ApiProperty({ example: -6_102_300, description: 'Microdegrees' })
  @IsInt()
  @Min(-180_000_000)
  @Max(180_000_000)
  long: number;

  @ApiProperty({ example: 'street-lamp' })
  @Matches(CODE)
  category: string;

  @ApiPropertyOptional({
    description: 'What is about to be filed: the answer puts first what says the same. Kept nowhere',
  })
  @IsOptional()
  @IsString()
  @MaxLength(MOST_LETTERS)
  text?: string;
}

@ApiTags('matters')
@Controller('api/v1/matters')
export class MapController {
  constructor(
    @Inject(QueryBus) private readonly queries: QueryBus,
    @Inject(LOOKS_AROUND) private readonly looks: RateLimit,
  ) {}

  @Get('map')
  @ApiOperation({
    summary: 'Public matters of a part of the map, as GeoJSON',
    description:
      'One by one where they are few; else those of one place of the map together, with their number and without ids. Matters ' +
      'without an exact place are on no map: see the list.',
  })
  @ApiAnswer(MapAnswer)
  @ApiProblems('invalid-input', 'views-behind', 'too-many-looks')
  async map(@Query() { bbox, zoom, kind, category, stateKind }: MapQuery, @Req() { ip }: FastifyRequest) {
    assertMayLook(this.looks, ip);
    const filter = {
      ...(kind !== undefined && { kinds: [kind] }),
      ...(category !== undefined && { categories: [category] }),
      ...(stateKind !== undefined && { stateKinds: [stateKind] }),
    };
    return mapJson(await this.queries.execute(new GetMatterMap(boxOf(bbox), zoom, filter)));
  }

  @Post('near')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Open matters of a category near a place, those first that say the same',
    description:
      'To be shown to whoever is about to file another one. It changes nothing, and is a POST since words belong in no address.',
  })
  @ApiAnswer(NearAnswer)
  @ApiProblems(
    'invalid-input',
    'malformed-json',
    'body-too-large',
    'media-type-unsupported',
    'views-behind',
    'overloaded',
    'too-many-looks',
  )
  @ApiExample(NearBody, {
    lat: 43_545_100,
    long: -6_102_300,
    category: 'street-lamp',
    text: 'La farola de la esquina no funciona.',
  })
  async near(@Body() { lat, long, category, text = '' }: NearBody, @Req() { ip }: FastifyRequest) {
    assertMayLook(this.looks, ip);
    return {
      items: (await this.queries.execute(new FindNearMatters({ lat, long }, category, text))).map(nearJson),
    };
  }
}

/** @throws Problem `invalid-input` where it is turned round, or not on the earth */
function boxOf(bbox: string): Box {
  const [west = 0, south = 0, east = 0, north = 0] = bbox
    .split(',')
    .map((degrees) => Math.round(Number(degrees) * 1e6));
  const isOnEarth = west >= -180e6 && east <= 180e6 && south >= -90e6 && north <= 90e6;
  if (west > east || south > north || !isOnEarth) throw new Problem('invalid-input', { field: 'bbox' });
  return { west, south, east, north };
}
