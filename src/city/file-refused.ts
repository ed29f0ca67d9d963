/** What whoever sent a file with faults is answered. */
import { Problem } from '../rest/problem.js';
import type { CityFileRefused } from './city-import.js';

/** The first problem as the refusal, and all of them as its errors. */
export function problemOfFile({ rejected, field, detail, problems }: CityFileRefused): Problem {
  const errors = problems.map((one) => ({
    field: one.field,
    code: one.code,
    message: new Problem(one.code, { parameters: one.detail }).body().detail,
  }));
  return new Problem(rejected, { field, parameters: detail, errors });
}
