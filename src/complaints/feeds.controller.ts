/** Follow by Atom: all public matters, or those that a filter finds, and what happens to one. */
import { Controller, Get, Header, Inject, Param, Query, Req } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { Texts } from '../contents/text.js';
import { isUuid } from '../event-store/event-ids.js';
import { SETTINGS } from '../platform.module.js';
import { Tagged } from '../rest/conditional.js';
import { Problem } from '../rest/problem.js';
import type { Settings } from '../settings.js';
import { atom } from './atom.js';
import { MattersQuery } from './matters.dto.js';
import { GetMatter, ListMatters, type PublicMatter } from './matters.queries.js';

const ATOM = 'application/atom+xml; charset=utf-8';
const MAX_TITLE = 80;
/** Of a feed that has nothing yet. */
const NEVER = '1970-01-01T00:00:00.000Z';

@ApiExcludeController()
@Controller('feeds')
export class FeedsController {
  constructor(
    @Inject(QueryBus) private readonly queries: QueryBus,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'publicUrl'>,
  ) {}

  /** Takes the filters of `/api/v1/matters`. */
  @Get('matters.atom')
  @Header('content-type', ATOM)
  async all(@Query() query: MattersQuery, @Req() request: FastifyRequest): Promise<Tagged<string>> {
    const { cursor: _cursor, limit, atLeast: _atLeast, ...filter } = query;
    const { matters, changed } = await this.queries.execute(new ListMatters(filter, limit, undefined));
    const origin = this.#origin(request);
    const self = `${origin}${request.url}`;
    const tag = encodeURIComponent(JSON.stringify([filter, limit]));
    const updated = matters.map(({ row }) => row.updatedAt).sort();
    return new Tagged(`feed.${changed}.${tag}`, () =>
      atom({
        id: self,
        title: 'Matters',
        updated: updated.at(-1) ?? NEVER,
        self,
        alternate: `${origin}/matters`,
        author: new URL(origin).hostname,
        entries: matters.map((matter) => entryOf(matter, origin)),
      }),
    );
  }

  @Get('matters/:file')
  @Header('content-type', ATOM)
  async one(@Param('file') file: string, @Req() request: FastifyRequest): Promise<Tagged<string>> {
    const [, id = ''] = /^(.*)\.atom$/.exec(file) ?? [];
    const found = isUuid(id) ? await this.queries.execute(new GetMatter(id)) : undefined;
    if (found === undefined) throw new Problem('matter-unknown');
    const { matter, steps, changed } = found;
    const origin = this.#origin(request);
    const page = `${origin}/matters/${id}`;
    return new Tagged(`feed.${changed}.${id}`, () =>
      atom({
        id: `urn:uuid:${id}`,
        title: titleOf(matter),
        updated: matter.row.updatedAt,
        self: `${origin}/feeds/matters/${id}.atom`,
        alternate: page,
        author: new URL(origin).hostname,
        entries: steps.toReversed().map(({ position, row, words }) => ({
          id: `${page}#${position}`,
          title: row.state === undefined ? row.what : `${row.what}: ${row.state}`,
          updated: row.at,
          link: `${page}#${position}`,
          ...(words !== undefined && { text: anyOf(words) }),
        })),
      }),
    );
  }

  #origin({ protocol, host }: FastifyRequest): string {
    return this.settings.publicUrl ?? `${protocol}://${host}`;
  }
}

function entryOf(matter: PublicMatter, origin: string) {
  const { matterId, row } = matter;
  return {
    id: `urn:uuid:${matterId}`,
    title: titleOf(matter),
    updated: row.updatedAt,
    published: row.releasedAt ?? row.filedAt,
    link: `${origin}/matters/${matterId}`,
    ...(row.category !== undefined && { category: row.category }),
    text: anyOf(matter.text),
  };
}

/** The beginning of what it says; without words its kind. */
function titleOf({ text, row }: PublicMatter): string {
  const [line = ''] = anyOf(text).split('\n', 1);
  if (line === '') return row.kind;
  return line.length > MAX_TITLE ? `${line.slice(0, MAX_TITLE - 1)}…` : line;
}

function anyOf(texts: Texts): string {
  return Object.values(texts)[0] ?? '';
}
