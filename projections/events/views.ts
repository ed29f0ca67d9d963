/** What a view was at an index, so that anybody can fold the log and compare. Stream `views`. */
import { Type } from 'typebox';
import { Bytes32, Count, eventType } from './schema.js';

/**
 * `view` is `name@version`; `index` the position of the last event in it (0 or more), always before this event's own; see
 * `viewDigest`.
 */
export const ViewPublished = eventType('ViewPublished', 1, {
  view: Type.String({ pattern: '^[a-z][a-z0-9_]{0,40}@[0-9]{1,4}$' }),
  index: Count,
  digest: Bytes32,
});
