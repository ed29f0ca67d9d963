/** Ids of events and of new things: name-based, so that a repeated command meets what it made before. */
import { createHash } from 'node:crypto';

/** The namespace of this project's names: the version-5 UUID of `urn:concejo` in the URL namespace of RFC 9562. */
const NAMESPACE = Buffer.from('30df2bc07e3d5ef1b16a7eebff48742f', 'hex');

/** The id of the `index`-th event that a command makes. @see RFC 9562 §5.5 */
export function eventId(actor: string, commandId: string, index: number): string {
  return uuidV5(`event\n${actor}\n${commandId}\n${index}`);
}

/** The id of a new thing of a kind, made by a command. @see RFC 9562 §5.5 */
export function newThingId(actor: string, commandId: string, kind: string): string {
  return uuidV5(`thing\n${actor}\n${commandId}\n${kind}`);
}

function uuidV5(name: string): string {
  const hash = createHash('sha1').update(NAMESPACE).update(name).digest();
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = hash.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}
