/** The public pages of matters: the list, one of them, and the figures. */
import { Controller, Get, Header, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../clock.js';
import { GetMatter, ListMatters, type MatterFilter } from '../complaints/matters.queries.js';
import { assertMayLook, LOOKS_AROUND } from '../map/looks.js';
import { GetStanding, GetYearNumbers, ListMatterYears } from '../numbers/numbers.queries.js';
import { CLOCK } from '../platform.module.js';
import { Problem } from '../rest/problem.js';
import type { RateLimit } from '../rest/rate-limit.js';
import { isUuid } from '../event-store/event-ids.js';
import { isKind } from './filing-form.js';
import { Frames } from './frames.js';
import { MatterCatalogue } from './matter-catalogue.js';
import { MatterMaps } from './matter-maps.js';
import { MatterNames } from './matter-names.js';
import { MatterNumbersPage } from './matter-numbers.page.js';
import { MatterPage } from './matter.page.js';
import { MattersPage } from './matters.page.js';
import { document, HTML } from './render.js';
import { scriptAddress, SCRIPTS } from './scripts.js';
import { type Parameters } from './page-forms.js';

const PER_PAGE = 30;
const VARY = 'Accept-Language, Cookie';
const ID = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/;
const CURSOR = /^[A-Za-z0-9_-]{1,2000}$/;

@ApiExcludeController()
@Controller('matters')
export class MattersPagesController {
  constructor(
    @Inject(QueryBus) private readonly queries: QueryBus,
    @Inject(Frames) private readonly frames: Frames,
    @Inject(MatterCatalogue) private readonly catalogue: MatterCatalogue,
    @Inject(MatterMaps) private readonly maps: MatterMaps,
    @Inject(LOOKS_AROUND) private readonly looks: RateLimit,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Header('content-type', HTML)
  @Header('vary', VARY)
  async list(
    @Query() query: Parameters,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    if (query.bbox !== undefined) assertMayLook(this.looks, request.ip);
    const filter = filterFrom(query);
    const cursor = typeof query.cursor === 'string' && CURSOR.test(query.cursor) ? query.cursor : undefined;
    const [{ catalogue, tag }, { matters, next, changed }] = await Promise.all([
      this.catalogue.get(),
      this.queries.execute(new ListMatters(filter, PER_PAGE, cursor)),
    ]);
    const map = await this.maps.of(filter, query.bbox, catalogue);
    const script = SCRIPTS && scriptAddress(SCRIPTS.mattersMap);
    return this.frames.page(
      request,
      reply,
      // The figures change with some matter, or when a day ends, as deadlines do.
      (frame) => `${tag}.${changed}.${map?.tag ?? ''}.${frame.format.dayKey(frame.now)}.${tagOf(frame.path)}`,
      async (frame) => {
        const names = new MatterNames(catalogue, frame.language);
        const counts = await this.queries.execute(new GetStanding(this.clock.now()));
        return document(MattersPage, { frame, names, filter, matters, next, counts, map, script });
      },
    );
  }

  /** `year`: the last one in which there was something where nothing is said. */
  @Get('numbers')
  @Header('content-type', HTML)
  @Header('vary', VARY)
  async numbers(
    @Query('year') wanted: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { years, tag: yearsTag } = await this.queries.execute(new ListMatterYears());
    const year = typeof wanted === 'string' && /^\d{4}$/.test(wanted) ? Number(wanted) : years[0]?.[0];
    const [{ catalogue, tag }, found] = await Promise.all([
      this.catalogue.get(),
      year === undefined ? undefined : this.queries.execute(new GetYearNumbers(year, this.clock.now())),
    ]);
    if (wanted !== undefined && found === undefined) throw new Problem('not-found');
    return this.frames.page(
      request,
      reply,
      () => `${tag}.${yearsTag}.${found?.tag ?? ''}`,
      (frame) => {
        const names = new MatterNames(catalogue, frame.language);
        return document(MatterNumbersPage, {
          frame,
          names,
          years,
          numbers: found?.numbers,
        });
      },
    );
  }

  @Get(':id')
  @Header('content-type', HTML)
  @Header('vary', VARY)
  async one(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const found = isUuid(id) ? await this.queries.execute(new GetMatter(id)) : undefined;
    if (found === undefined) throw new Problem('matter-unknown');
    const { catalogue, tag } = await this.catalogue.get();
    const { matter, steps, changed } = found;
    return this.frames.page(
      request,
      reply,
      // A deadline that comes near changes the page, and is no event.
      (frame) => `${tag}.${changed}.${frame.format.dayKey(frame.now)}`,
      (frame) =>
        document(MatterPage, { frame, names: new MatterNames(catalogue, frame.language), matter, steps }),
    );
  }
}

/** What makes no sense is no filter. */
function filterFrom({ kind, category, area, department, stateKind, of, overdue }: Parameters): MatterFilter {
  const id = (name: string, given: unknown) =>
    typeof given === 'string' && ID.test(given) ? { [name]: given } : {};
  const isStateKind = stateKind === 'open' || stateKind === 'closed' || stateKind === 'fixed';
  return {
    ...(isKind(kind) && { kind }),
    ...id('category', category),
    ...id('area', area),
    ...id('department', department),
    ...(isStateKind && { stateKind }),
    ...(typeof of === 'string' && isUuid(of) && { of }),
    ...(overdue === 'true' && { overdue }),
  };
}

function tagOf(path: string): string {
  return encodeURIComponent(path);
}
