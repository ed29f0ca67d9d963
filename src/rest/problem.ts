/** What a refused request gets: `application/problem+json` with a stable code. @see RFC 9457 */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Rejection } from '../event-store/command-log.js';
import { entryOf } from './problems.js';

export const PROBLEM_TYPE = 'application/problem+json';

/** One wrong field of a request. */
export class FieldError {
  @ApiProperty({
    example: 'schedule.closesAt',
    description: 'Path of the field in the body, or the name of a parameter',
  })
  field: string;
  @ApiProperty({ example: 'is-iso8601' })
  code: string;
  @ApiProperty({ example: 'closesAt must be an instant such as 2026-10-01T08:00:00.000Z' })
  message: string;
}

/** The body of a problem. */
export class ProblemBody {
  @ApiProperty({ example: 'about:blank' })
  type: string;
  @ApiProperty({ example: 'Not found', description: 'The same for every problem with this code' })
  title: string;
  @ApiProperty({ example: 404 })
  status: number;
  @ApiProperty({ example: 'not-found', description: 'Stable: for programs' })
  code: string;
  @ApiProperty({
    example: 'There is nothing at this address.',
    description: 'What happened and what to do next',
  })
  detail: string;
  @ApiPropertyOptional({ description: 'The field concerned' })
  field?: string;
  @ApiPropertyOptional({ description: 'Numbers and codes that the detail speaks of' })
  parameters?: Readonly<Record<string, string | number | boolean>>;
  @ApiPropertyOptional({ type: [FieldError] })
  errors?: FieldError[];
  @ApiPropertyOptional({
    example: 'urn:uuid:7d3a2c9e-5c0e-4f64-9a55-b4ad7a0a8b6e',
    description: 'To quote to who runs the site',
  })
  instance?: string;
}

interface ProblemExtras {
  readonly field?: string | undefined;
  readonly parameters?: Readonly<Record<string, string | number | boolean>> | undefined;
  readonly errors?: readonly FieldError[];
  /** Further members of the body. */
  readonly members?: Readonly<Record<string, object>>;
  /** Response headers, such as `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown by controllers and guards; the filter answers it. */
export class Problem extends Error {
  readonly headers: Readonly<Record<string, string>>;

  /** @param code of a table that some room has registered; another one answers 422 */
  constructor(
    readonly code: string,
    private readonly extras: ProblemExtras = {},
  ) {
    super(code);
    this.name = 'Problem';
    this.headers = extras.headers ?? {};
  }

  get status(): number {
    return entryOf(this.code).status;
  }

  body(): ProblemBody {
    const { status, title, detail } = entryOf(this.code);
    const { field, parameters, errors, members } = this.extras;
    return {
      ...members,
      type: 'about:blank',
      title,
      status,
      code: this.code,
      detail: withParameters(detail, parameters ?? {}),
      ...(field === undefined ? {} : { field }),
      ...(parameters === undefined ? {} : { parameters }),
      ...(errors === undefined ? {} : { errors: [...errors] }),
    };
  }
}

/** What a command answered, when it was not refused. @throws Problem with the rejection's code otherwise */
export function accepted<T extends object>(answer: T | Rejection): T {
  if (!('rejected' in answer)) return answer;
  const { rejected, field, detail } = answer;
  throw new Problem(rejected, { field, parameters: detail });
}

/** Puts values in the place of `{name}`. */
function withParameters(detail: string, values: Readonly<Record<string, string | number | boolean>>): string {
  return detail.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
