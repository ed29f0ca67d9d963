/**
 * The log over REST, as it is: whoever takes all of it checks every hash and counts every election again (`projections/`).
 * Leaves are public by construction; what lies beside them (command ids, request digests, the time of recording) is not sent.
 */
import { Controller, Get, Inject, Optional, Query, Req } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { toBase64url } from '../../projections/bytes.js';
import type { RecordedEvent } from '../../projections/event.js';
import { DEMO } from '../demo-site.js';
import type { EventStore } from '../event-store/event-store.js';
import { EVENT_STORE } from '../platform.module.js';
import { FOR_EVER, Tagged } from '../rest/conditional.js';
import { ApiAnswer, ApiProblems } from '../rest/openapi.js';
import { linkWith, PageLimit, PageLinks } from '../rest/paging.js';
import { Problem } from '../rest/problem.js';

/** Bytes of all leaves of a page; one event always fits. */
const MAX_PAGE_BYTES = 1_000_000;
const MAX_PAGE_ROWS = 1_000;
/** Rows read at once, so that large events cannot fill the memory. */
const READ_ROWS = 100;

/** For the description: a leaf and its hash that fit. */
const LEAF =
  'eyJhY3RvciI6Im9mZmljZXItYSIsImF0IjoiMjAyNi0xMC0yNVQwOToxNTowMC4wMDBaIiwiZGF0YSI6eyJhY3Rvck' +
  'lkIjoib2ZmaWNlci1hIn0sImlkIjoiMTI2ZTcyYjctMDNmOC01YWZkLWJhNTYtOWI2YTA4ZGQ5NjVjIiwic2NoZW1h' +
  'IjoxLCJzdHJlYW0iOiJzdGFmZiIsInR5cGUiOiJSb2xlUmV2b2tlZCIsInYiOjF9';
const HASH = '4XWXhV_lF82J8ogMXI5wQV9q6tECULTR6S4ANlXx9do';

class EventsQuery {
  @ApiPropertyOptional({
    description: 'Events after this position of the log; from its start when left out',
    example: '1041',
  })
  @IsOptional()
  @Matches(/^\d{1,19}$/, { message: 'after must be a position of the log: digits only' })
  after?: string;

  @PageLimit(MAX_PAGE_ROWS, 500)
  limit = 500;
}

export class EventBody {
  @ApiProperty({ example: '1042', description: 'Its place in the log, from 0, without gaps' })
  position: string;
  @ApiProperty({ example: '4', description: 'Its place in its stream, from 0, without gaps' })
  revision: string;
  @ApiProperty({ example: 'staff' })
  stream: string;
  @ApiProperty({ example: 'RoleRevoked', description: 'Its shape: docs/events/<type>.v<schema>.schema.json' })
  type: string;
  @ApiProperty({
    example: LEAF,
    description:
      'The exact bytes that are hashed, base64url: canonical JSON (RFC 8785) of v, id, stream, type, schema, at, actor, data',
  })
  leaf: string;
  @ApiProperty({
    example: HASH,
    description: 'SHA-256 over a byte 00 and the leaf (RFC 9162 §2.1.1), base64url',
  })
  hash: string;
}

export class EventPage {
  @ApiProperty({ type: [EventBody] })
  items: EventBody[];
  @ApiPropertyOptional({
    example: '1042',
    description: 'Give it as `after` to go on. Absent on a page that ends at the end of the log as it is now',
  })
  next?: string;
  @ApiProperty({ type: PageLinks, example: { next: '/api/v1/events?after=1042' } })
  links: PageLinks;
}

const PAGE = {
  items: [{ position: '1042', revision: '4', stream: 'staff', type: 'RoleRevoked', leaf: LEAF, hash: HASH }],
  next: '1042',
  links: { next: '/api/v1/events?after=1042' },
};

@ApiTags('log')
@Controller('api/v1/events')
export class EventsController {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Optional() @Inject(DEMO) private readonly demo?: unknown,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'The log: every event in its order, in the bytes that were hashed',
    description:
      'With all events anybody checks the hashes and counts an election again: docs/voting.md. A page holds at most `limit` ' +
      'events and about a megabyte. Full pages never change and may be kept.',
  })
  @ApiAnswer({ schema: EventPage, example: PAGE })
  @ApiProblems('invalid-input', 'invalid-cursor')
  async list(
    @Query() { after, limit }: EventsQuery,
    @Req() request: FastifyRequest,
  ): Promise<Tagged<EventPage>> {
    const from = after === undefined ? -1n : BigInt(after);
    if (from > (await this.store.head())) throw new Problem('invalid-cursor', { field: 'after' });
    const { events, full } = await this.#page(from, limit);
    const last = events.at(-1);
    const next = full ? String(last?.position) : undefined;
    // The hash tells logs apart: a demo that was reset has another one at the same address.
    const tag = `events.${from}.${events.length}.${last === undefined ? '' : toBase64url(last.hash)}.${full ? 1 : 0}`;
    const body = () => ({
      items: events.map(eventJson),
      ...(next === undefined
        ? { links: {} }
        : { next, links: { next: linkWith(request.url, 'after', next) } }),
    });
    return full && this.demo === undefined ? new Tagged(tag, body, FOR_EVER) : new Tagged(tag, body);
  }

  /** `full`: more cannot come onto this page, whatever is appended. */
  async #page(after: bigint, limit: number): Promise<{ events: RecordedEvent[]; full: boolean }> {
    const events: RecordedEvent[] = [];
    let bytes = 0;
    for await (const read of this.store.readAll(after, Math.min(limit, READ_ROWS))) {
      for (const event of read) {
        bytes += event.leaf.length;
        if (events.length > 0 && bytes > MAX_PAGE_BYTES) return { events, full: true };
        events.push(event);
        if (events.length === limit) return { events, full: true };
      }
    }
    return { events, full: false };
  }
}

/** Field by field, so that nothing else of a recorded event can get out. */
function eventJson({ position, revision, stream, type, leaf, hash }: RecordedEvent): EventBody {
  return {
    position: String(position),
    revision: String(revision),
    stream,
    type,
    leaf: toBase64url(leaf),
    hash: toBase64url(hash),
  };
}
