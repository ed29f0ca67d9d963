/** Ids of events and of new things: name-based, so that a repeated command meets what it made before. */
import { hash } from 'node:crypto';
import { concat, utf8 } from '../../projections/bytes.js';

/** The namespace of this project's names: the version-5 UUID of `urn:concejo` in the URL namespace of RFC 9562. */
const NAMESPACE = Buffer.from('30df2bc07e3d5ef1b16a7eebff48742f', 'hex');

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The id of the `index`-th event that a command makes. @see RFC 9562 §5.5 */
export function eventId(actor: string, commandId: string, index: number): string {
  return uuidV5(`event\n${actor}\n${commandId}\n${index}`);
}

/** The id of a new thing of a kind, made by a command. @see RFC 9562 §5.5 */
export function newThingId(actor: string, commandId: string, kind: string): string {
  return uuidV5(`thing\n${actor}\n${commandId}\n${kind}`);
}

/** Whether a text is a UUID as this project writes them: in lower case, of whatever version. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

function uuidV5(name: string): string {
  const hex = hash('sha1', concat(NAMESPACE, utf8(name)), 'hex');
  // Version 5 and the variant of RFC 9562 take the place of six bits.
  const variant = ((parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
