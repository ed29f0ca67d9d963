/**
 * `?asOf=` on a read: what is shown is as it was when some event was the last one in the log, folded again from the events.
 *
 * A handler that can do so says `@TakesAsOf()` and is given a moment (`@MaybeMoment() moment: Moment | undefined`), which its
 * query hands to `Views.asOf`. Every other address refuses: today's data must never pass for those of a past. Texts are
 * shown under today's visibility, so that what was erased or hidden is so in every past.
 */
import {
  applyDecorators,
  createParamDecorator,
  Inject,
  Optional,
  SetMetadata,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiProperty, ApiQuery } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { from, switchMap, type Observable } from 'rxjs';
import { Type } from 'typebox';
import { CITY_KEY, cityView } from '../../projections/city.view.js';
import { Bytes32, closed } from '../../projections/events/schema.js';
import { isInstant } from '../../projections/instant.js';
import { endOfDay, isDay } from '../calendar.js';
import type { Clock } from '../clock.js';
import { DEMO } from '../demo-site.js';
import type { EventStore } from '../event-store/event-store.js';
import { CLOCK, EVENT_STORE } from '../platform.module.js';
import { PastViews } from '../views/past-views.js';
import type { AsOf, PastOf } from '../views/view-reader.js';
import { Views } from '../views/views.js';
import { FOR_EVER } from './conditional.js';
import { RateLimit } from './rate-limit.js';
import { Problem } from './problem.js';
import { registerProblems } from './problems.js';

registerProblems({
  'as-of-ahead': {
    status: 422,
    title: 'Not there yet',
    detail: 'The log does not reach so far. Its last event has index {head}.',
  },
  'as-of-not-offered': {
    status: 422,
    title: 'Only as it is now',
    detail:
      'What is here is not folded from the log, or is for staff, so it cannot be shown as of an earlier time. Leave asOf out.',
  },
  'past-too-costly': {
    status: 429,
    title: 'Too much of the past',
    detail:
      'Too many earlier states that your address asked for took long to fold. Wait as long as Retry-After says, or fold ' +
      'the log yourself: docs/auditing.md.',
  },
});

/** What a read with `?asOf=` may be refused with. */
export const AS_OF_PROBLEMS = ['as-of-ahead', 'past-too-costly', 'invalid-input', 'overloaded'];

/** A moment that somebody asked for. */
export interface Moment extends AsOf {
  /** As it stood in the address. */
  readonly asked: string;
  /** When it was: UTC with milliseconds. Of an index the time of its event, by the log's own clock. */
  readonly at: string;
  /** Whether nothing can come into it any more. */
  readonly isFixed: boolean;
}

/** Token of the limit of folds that took long. */
export const COSTLY_PASTS = Symbol('pasts that took long');
/** In a quarter of an hour, of all who share an address. */
export const MOST_COSTLY_PASTS = 10;
/** A fold that takes longer is costly: some hundred thousand events. */
const COSTLY_MS = 3_000;

const TAKES_AS_OF = Symbol('takes asOf');
const MOMENT = Symbol('moment');
const FORM = /^(\d{1,19}|\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}\.\d{3}Z)?)$/;

/** On a handler: it shows what it shows as of a moment as well. */
export function TakesAsOf(): MethodDecorator {
  return applyDecorators(
    SetMetadata(TAKES_AS_OF, true),
    ApiQuery({
      name: 'asOf',
      required: false,
      description:
        'As of an index of the log, an instant in UTC (what had been recorded then), or the end of a day in the city. ' +
        'Texts are those that are public today',
      schema: { type: 'string', pattern: FORM.source },
      example: '1041',
    }),
  );
}

/** `@MaybeMoment() moment: Moment | undefined`: nothing for what is shown as it is now. */
export const MaybeMoment = createParamDecorator(
  (_: unknown, context: ExecutionContext): Moment | undefined =>
    context.switchToHttp().getRequest<WithMoment>()[MOMENT],
);

/** The member that an answer has as of a moment. */
export const AS_OF = {
  /** Of what is folded in, the last index, and the digest of each view that was read at it. */
  asOf: Type.Optional(
    closed({
      index: Type.String({ pattern: '^-?\\d{1,19}$' }),
      digests: Type.Array(closed({ view: Type.String(), digest: Bytes32 })),
    }),
  ),
};

class ViewDigestBody {
  @ApiProperty({ example: 'elections@2', description: '`name@version`' })
  view: string;
  @ApiProperty({ example: 'q5Y0a0Q1c6y1m5oQ0p3s1l6vB3o1s8fP3d0yqf0Zk2M', description: '32 bytes, base64url' })
  digest: string;
}

/** The same for answers that are described by classes. */
export class AsOfBody {
  @ApiProperty({ example: '1041', description: 'Index of the last event that is folded in' })
  index: string;
  @ApiProperty({ type: [ViewDigestBody], description: 'Of each view that was read' })
  digests: ViewDigestBody[];
}

export function asOfJson(past: PastOf | undefined) {
  return past && { asOf: { index: String(past.index), digests: [...past.digests] } };
}

/** For answers without texts: those of a moment that is over never change. */
export function cacheOf(moment: Moment | undefined): string | undefined {
  return moment?.isFixed === true ? FOR_EVER : undefined;
}

/** @throws Problem `past-too-costly` */
export function assertMayFold(limit: RateLimit, address: string): void {
  const wait = limit.waitSeconds(address);
  if (wait > 0) throw new Problem('past-too-costly', { headers: { 'retry-after': String(wait) } });
}

/** What a fold that took so long costs an address. */
export function charge(limit: RateLimit, address: string): (ms: number) => void {
  return (ms) => {
    if (ms > COSTLY_MS) limit.count(address);
  };
}

type WithMoment = FastifyRequest & { [MOMENT]?: Moment };

export class AsOfInterceptor implements NestInterceptor {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(PastViews) private readonly pasts: PastViews,
    @Inject(Views) private readonly views: Views,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(COSTLY_PASTS) private readonly costly: RateLimit,
    @Optional() @Inject(DEMO) private readonly demo?: unknown,
  ) {}

  /** @throws Problem `as-of-not-offered`, `as-of-ahead`, `past-too-costly`, `invalid-input` */
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<WithMoment>();
    const query = request.query as Record<string, unknown> | undefined;
    const asked = query?.asOf;
    if (query === undefined || asked === undefined) return next.handle();
    const isTaken = this.reflector.get<boolean | undefined>(TAKES_AS_OF, context.getHandler()) === true;
    if (!isTaken) throw new Problem('as-of-not-offered', { field: 'asOf' });
    assertMayFold(this.costly, request.ip);
    return from(this.#momentOf(asked, request.ip)).pipe(
      switchMap((moment) => {
        request[MOMENT] = moment;
        // Out of the query, so that no description of one has to know it.
        delete query.asOf;
        return next.handle();
      }),
    );
  }

  async #momentOf(asked: unknown, address: string): Promise<Moment> {
    if (typeof asked !== 'string' || !FORM.test(asked)) throw malformed();
    const head = await this.store.head();
    const instant = /^\d+$/.test(asked) ? undefined : await this.#instantOf(asked);
    const index = instant === undefined ? BigInt(asked) : await this.pasts.indexOf(new Date(instant));
    if (index > head && instant === undefined)
      throw new Problem('as-of-ahead', { field: 'asOf', parameters: { head: String(head) } });
    return {
      asked,
      index,
      at: instant === undefined ? await this.pasts.happenedAt(index) : earlierOf(instant, this.clock.now()),
      // Of an instant at the end of the log, more may still be recorded.
      isFixed: this.demo === undefined && (instant === undefined || index < head),
      took: charge(this.costly, address),
    };
  }

  async #instantOf(asked: string): Promise<string> {
    if (isInstant(asked)) return asked;
    if (!isDay(asked)) throw malformed();
    const city = await this.views.get(cityView, CITY_KEY);
    return endOfDay(asked, city?.timeZone ?? 'UTC').toISOString();
  }
}

/** Of a moment that has not come, what is shown is now's. */
function earlierOf(instant: string, now: Date): string {
  const iso = now.toISOString();
  return instant < iso ? instant : iso;
}

function malformed(): Problem {
  const message =
    'must be an index of the log, an instant such as 2026-05-01T08:00:00.000Z, or a day such as 2026-05-01';
  return new Problem('invalid-input', { field: 'asOf', errors: [{ field: 'asOf', code: 'as-of', message }] });
}
