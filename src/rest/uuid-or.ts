/** An id in an address, before anything is asked with it. */
import type { PipeTransform } from '@nestjs/common';
import { isUuid } from '../event-store/event-ids.js';
import { Problem } from './problem.js';

class UuidOr implements PipeTransform<string, string> {
  constructor(private readonly code: string) {}

  transform(id: string): string {
    if (!isUuid(id)) throw new Problem(this.code);
    return id;
  }
}

/** Takes lower-case UUIDs; whatever else stands there is the id of nothing. @throws Problem of the code */
export function uuidOr(code: string): PipeTransform<string, string> {
  return new UuidOr(code);
}
