/** What a GET of requests or of updates asks for. Pure. @see GeoReport v2, GET Service Requests */
import { isUuid } from '../event-store/event-ids.js';
import { Problem } from '../rest/problem.js';
import './open311.problems.js';
import type { Parameters } from './parameters.js';

/** What was made in a span of time, both ends included. */
export interface Span {
  readonly from: string;
  readonly to: string;
}

/** Ids override everything else. */
export type Listing =
  | { readonly ids: readonly string[] }
  | ({
      readonly codes: readonly string[] | undefined;
      readonly status: Status | undefined;
      readonly skip: number;
      readonly limit: number;
    } & Span);
export type Status = 'open' | 'closed';

const DAY_MS = 86_400_000;
export const MAX_DAYS = 90;
export const MAX_ROWS = 1_000;
/** Of one request. */
export const MAX_IDS = 1_000;

/** @param now milliseconds @throws Problem with the parameter that is wrong */
export function listingOf(query: Parameters, now: number): Listing {
  const ids = query.list('service_request_id');
  if (ids !== undefined) return byIds(ids);
  const limit = Math.min(query.whole('page_size') ?? MAX_ROWS, MAX_ROWS);
  const skip = ((query.whole('page') ?? 1) - 1) * limit;
  return {
    ...spanOf(query, now, MAX_DAYS * DAY_MS),
    codes: query.list('service_code'),
    status: statusOf(query),
    skip,
    limit,
  };
}

/** What is no id of a request is left out. */
export function byIds(ids: readonly string[]): { readonly ids: readonly string[] } {
  return { ids: ids.slice(0, MAX_IDS).filter((id) => isUuid(id)) };
}

/** Of the last day, where nothing is said. @throws as `listingOf` */
export function updateSpanOf(query: Parameters, now: number): Span {
  return spanOf(query, now, DAY_MS);
}

/** @param byDefault milliseconds before the end, or after a start that stands alone */
function spanOf(query: Parameters, now: number, byDefault: number): Span {
  const [start, end] = [query.instant('start_date'), query.instant('end_date')];
  const to = end ?? (start === undefined ? now : Math.max(start, Math.min(now, start + MAX_DAYS * DAY_MS)));
  const from = start ?? to - byDefault;
  if (from > to || to - from > MAX_DAYS * DAY_MS) {
    throw new Problem('open311-span-wrong', {
      field: 'start_date, end_date',
      parameters: { days: MAX_DAYS },
    });
  }
  return { from: iso(from), to: iso(to) };
}

/** Both are the same as none. */
function statusOf(query: Parameters): Status | undefined {
  const named = query.list('status')?.map((status) => status.toLowerCase());
  if (named?.every((status) => status === 'open' || status === 'closed') === false) {
    throw new Problem('open311-status-wrong', { field: 'status', parameters: { known: 'open and closed' } });
  }
  const [status, other] = new Set(named);
  return other === undefined ? status : undefined;
}

/** Years of four digits, so that instants compare as texts. */
function iso(ms: number): string {
  const [least, most] = [Date.UTC(1, 0), Date.UTC(9999, 0)];
  return new Date(Math.min(Math.max(ms, least), most)).toISOString();
}
