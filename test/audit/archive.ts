/** Archives by hand, for tests: members with header and padding, and what somebody can do to them. */
import { tarEnd, tarHeader } from '../../projections/audit/tar.js';
import { concat, utf8 } from '../../projections/bytes.js';
import { canonicalBytes } from '../../projections/canonical.js';

export interface Member {
  name: string;
  bytes: Uint8Array;
}
export type Members = Member[];

/** The members of an archive, header and padding included. */
export function membersOf(bytes: Uint8Array): Members {
  const members: Members = [];
  for (let at = 0; bytes[at] !== 0;) {
    const text = Buffer.from(bytes.subarray(at, at + 512)).toString('latin1');
    const size = Number.parseInt(text.slice(124, 135), 8);
    const end = at + 512 + Math.ceil(size / 512) * 512;
    members.push({ name: text.slice(0, text.indexOf('\0')), bytes: bytes.subarray(at, end) });
    at = end;
  }
  return members;
}

export function archiveOf(members: readonly { bytes: Uint8Array }[]): Uint8Array {
  return concat(...members.map((member) => member.bytes), tarEnd());
}

export function memberOf(name: string, bytes: Uint8Array): Member {
  const padding = new Uint8Array((512 - (bytes.length % 512)) % 512);
  return { name, bytes: concat(tarHeader(name, bytes.length), bytes, padding) };
}

/** Changed by hand after it was written, its checksum made right again. */
export function withHeader(member: Member, change: (header: Uint8Array) => void): Member {
  const bytes = member.bytes.slice();
  const header = bytes.subarray(0, 512);
  change(header);
  header.set(utf8('        '), 148);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.set(utf8(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
  return { name: member.name, bytes };
}

export function withManifest([first, ...others]: Members, change: Record<string, unknown>): Uint8Array {
  const end = first!.bytes.indexOf(0, 512);
  const text = new TextDecoder().decode(first!.bytes.subarray(512, end === -1 ? undefined : end));
  const manifest = { ...(JSON.parse(text) as Record<string, unknown>), ...change };
  return archiveOf([memberOf('manifest.json', canonicalBytes(manifest)), ...others]);
}

export function flippedIn(members: Members, prefix: string): Uint8Array {
  const at = members.findIndex(({ name }) => name.startsWith(prefix));
  const bytes = members[at]!.bytes.slice();
  bytes[512] = (bytes[512] as number) ^ 1;
  return archiveOf(members.with(at, { name: '', bytes }));
}
