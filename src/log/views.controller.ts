/** Views over REST as their rows, now or as of any earlier place of the log, with the digest that is published of them. */
import { Controller, Get, Inject, Optional, Param, Query, Req } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { fromBase64url, toBase64url, utf8 } from '../../projections/bytes.js';
import { Bytes32, closed } from '../../projections/events/schema.js';
import { isInstant } from '../../projections/instant.js';
import { allViews } from '../../projections/views.js';
import { DEMO } from '../demo/demo.js';
import { Overloaded, type EventStore } from '../event-store/event-store.js';
import { EVENT_STORE } from '../platform.module.js';
import { FOR_EVER, Tagged } from '../rest/conditional.js';
import { ApiAnswer, ApiProblems } from '../rest/openapi.js';
import { listPage, PageLimit } from '../rest/paging.js';
import { Problem } from '../rest/problem.js';
import type { AnyProjection } from '../views/table.js';
import './log.problems.js';
import { PastViews } from './past-views.js';

class AsOfQuery {
  @ApiPropertyOptional({
    description:
      'An index of the log, or an instant in UTC: what had been recorded then. The end of the log when left out',
    example: '1041',
  })
  @IsOptional()
  @Matches(/^(\d{1,19}|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z)$/, {
    message: 'asOf must be an index of the log, or an instant such as 2026-05-01T08:00:00.000Z',
  })
  asOf?: string;

  @ApiPropertyOptional({ description: '`next` of the page before' })
  @IsOptional()
  @Matches(/^[A-Za-z0-9_-]{1,2000}$/, { message: 'cursor must be one that this list gave' })
  cursor?: string;

  @PageLimit(1_000, 100)
  limit = 100;
}

const Index = Type.String({ pattern: '^-?\\d{1,19}$' });

const ViewAnswer = {
  schema: closed({
    view: Type.String({ description: '`name@version`' }),
    asOf: Type.String({ pattern: '^-?\\d{1,19}$', description: 'Index of the last event that is folded in' }),
    digest: Bytes32,
    items: Type.Array(closed({ key: Type.String(), row: Type.Unknown() })),
    next: Type.Optional(Type.String()),
    links: closed({ next: Type.Optional(Type.String()) }),
  }),
  example: {
    view: 'departments@1',
    asOf: '1041',
    digest: 'q5Y0a0Q1c6y1m5oQ0p3s1l6vB3o1s8fP3d0yqf0Zk2M',
    items: [{ key: 'parks', row: { changed: 12 } }],
    links: {},
  },
};

const ListAnswer = {
  schema: closed({ head: Index, views: Type.Array(Type.String()) }),
  example: { head: '1041', views: ['ballots@2', 'elections@2'] },
};

@ApiTags('log')
@Controller('api/v1/views')
export class ViewsController {
  constructor(
    @Inject(PastViews) private readonly past: PastViews,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Optional() @Inject(DEMO) private readonly demo?: unknown,
  ) {}

  @Get()
  @ApiOperation({ summary: 'The views that are folded from the log, and the index of its last event' })
  @ApiAnswer(ListAnswer)
  async list() {
    const head = String(await this.store.head());
    return new Tagged(`views.${head}`, { head, views: allViews.map(nameOf) });
  }

  @Get(':view')
  @ApiOperation({
    summary: 'The rows of a view, now or as of any earlier place of the log',
    description:
      'Folded again from the events, whatever the tables say, with the digest that is published of the view at that index. ' +
      'Rows hold ids and codes: texts, which can be erased, are not part of them.',
  })
  @ApiParam({ name: 'view', example: 'elections@2', description: '`name@version`, or the name alone' })
  @ApiAnswer(ViewAnswer)
  @ApiProblems('view-unknown', 'as-of-ahead', 'invalid-input', 'invalid-cursor', 'overloaded')
  async view(
    @Param('view') name: string,
    @Query() { asOf, cursor, limit }: AsOfQuery,
    @Req() request: FastifyRequest,
  ) {
    const view = allViews.find((one) => nameOf(one) === name || one.name === name);
    if (view === undefined) throw new Problem('view-unknown');
    const head = await this.store.head();
    const index = await this.#indexOf(asOf, head);
    const after = cursor === undefined ? undefined : keyIn(cursor);
    const { digest, rows } = await this.#at(view, index);
    const start = after === undefined ? 0 : rows.findIndex(([key]) => key === after) + 1;
    if (after !== undefined && start === 0) throw new Problem('invalid-cursor', { field: 'cursor' });
    const items = rows.slice(start, start + limit).map(([key, row]) => ({ key, row }));
    const last = items.at(-1);
    const next = last !== undefined && start + limit < rows.length ? toBase64url(utf8(last.key)) : undefined;
    const body = { view: nameOf(view), asOf: String(index), digest, ...listPage(items, next, request.url) };
    const tag = `view.${nameOf(view)}.${index}.${cursor ?? ''}.${limit}.${digest}`;
    // Of an instant at the end of the log, more may still be recorded.
    const isFixed = this.demo === undefined && (index < head || asOf === String(index));
    return isFixed ? new Tagged(tag, body, FOR_EVER) : new Tagged(tag, body);
  }

  async #indexOf(asOf: string | undefined, head: bigint): Promise<bigint> {
    if (asOf === undefined) return head;
    if (/^\d+$/.test(asOf)) {
      const index = BigInt(asOf);
      if (index > head)
        throw new Problem('as-of-ahead', { field: 'asOf', parameters: { head: String(head) } });
      return index;
    }
    if (!isInstant(asOf)) throw new Problem('invalid-input', { field: 'asOf' });
    return this.past.indexOf(new Date(asOf));
  }

  async #at(view: AnyProjection, index: bigint) {
    try {
      return await this.past.at(view, index);
    } catch (error) {
      if (error instanceof Overloaded) throw new Problem('overloaded', { headers: { 'retry-after': '5' } });
      throw error;
    }
  }
}

function nameOf({ name, version }: AnyProjection): string {
  return `${name}@${version}`;
}

function keyIn(cursor: string): string {
  const bytes = fromBase64url(cursor);
  if (bytes === undefined) throw new Problem('invalid-cursor', { field: 'cursor' });
  return Buffer.from(bytes).toString('utf8');
}
