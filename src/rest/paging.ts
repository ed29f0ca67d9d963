/** Pages of a list: an opaque cursor goes on where the page before ended. */
import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, Matches, Max, Min } from 'class-validator';

/** Query of a read that may wait until it is fresh (`AtLeastInterceptor`). */
export class FreshQuery {
  @ApiPropertyOptional({
    description: 'Wait until the answer is at least as fresh as this position of the log',
    example: '1041',
  })
  @IsOptional()
  @Matches(/^\d{1,19}$/, { message: 'atLeast must be a position of the log: digits only' })
  atLeast?: string;
}

/** How many a page holds: from 1 to `most`; `usual` says what the property is when nobody asks. */
export function PageLimit(most: number, usual: number): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ minimum: 1, maximum: most, default: usual, type: 'integer' }),
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value,
    ),
    IsInt(),
    Min(1),
    Max(most),
  );
}

/** Query of a list. */
export class PageQuery extends FreshQuery {
  @ApiPropertyOptional({ description: '`next` of the page before' })
  @IsOptional()
  @Matches(/^[A-Za-z0-9_-]{1,2000}$/, { message: 'cursor must be one that this list gave' })
  cursor?: string;

  @PageLimit(200, 50)
  limit = 50;
}

export class PageLinks {
  @ApiPropertyOptional({ description: 'Address of the next page; absent on the last one' })
  readonly next?: string;
}

export interface ListPage<T> {
  readonly items: readonly T[];
  /** Cursor of the next page; absent on the last one. */
  readonly next?: string;
  readonly links: PageLinks;
}

/**
 * The page as it is sent. `url` is the request's own, from which the link to the next page is made.
 * @param next cursor of the next page, base64url
 */
export function listPage<T>(items: readonly T[], next: string | undefined, url: string): ListPage<T> {
  if (next === undefined) return { items, links: {} };
  return { items, next, links: { next: linkWith(url, 'cursor', next) } };
}

/** A request's own address with one parameter changed. */
export function linkWith(url: string, name: string, value: string): string {
  const [path = '', query] = url.split('?', 2);
  const parameters = new URLSearchParams(query);
  parameters.set(name, value);
  return `${path}?${parameters.toString()}`;
}
