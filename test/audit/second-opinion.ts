/**
 * Three things of a log a second time, from `docs/voting.md` and the encoding rules alone and with nothing of the product: who
 * approved what, which ballots an annulment takes, and what every ballot binds to. Slow and short, so that somebody can read it
 * in one go. Trees and notes are in `test/ledger/second-opinion.ts`.
 */
import { createHash, createPublicKey, verify } from 'node:crypto';

type Data = Record<string, unknown>;

/** An event as its leaf says it, at its place in the log. */
export interface Told {
  index: number;
  type: string;
  at: string;
  actor: string;
  data: Data;
}

/** RFC 8785 of what the log allows: strings are printable ASCII, numbers are integers. */
export function jcs(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jcs).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${jcs(member)}`).join(',')}}`;
}

function sized(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** `SHA-256(u32be(len T) || T || (u32be(len p) || p)...)` with `T = "concejo/v1/" + tag` */
export function HT(tag: string, ...parts: readonly (string | Uint8Array)[]): Buffer {
  const all = [`concejo/v1/${tag}`, ...parts].map((part) => sized(Buffer.from(part as string)));
  return createHash('sha256').update(Buffer.concat(all)).digest();
}

/** The root over hashes that are given: as in RFC 9162 §2.1.1, with these in place of the hashes of leaves. */
export function rootOver(hashes: readonly Uint8Array[]): string {
  return root(hashes).toString('base64url');
}

function root(hashes: readonly Uint8Array[]): Buffer {
  if (hashes.length === 0) return createHash('sha256').digest();
  if (hashes.length === 1) return Buffer.from(hashes[0]!);
  let left = 1;
  while (left * 2 < hashes.length) left *= 2;
  const parts = [Buffer.of(1), root(hashes.slice(0, left)), root(hashes.slice(left))];
  return createHash('sha256').update(Buffer.concat(parts)).digest();
}

/** The files of a tar archive whose names are short. @see POSIX.1-2017, pax, "ustar Interchange Format" */
export function* filesOf(archive: Uint8Array): Generator<[name: string, bytes: Buffer]> {
  const bytes = Buffer.from(archive);
  for (let at = 0; bytes[at] !== 0;) {
    const [name = ''] = bytes.toString('latin1', at, at + 100).split('\0');
    const size = Number.parseInt(bytes.toString('latin1', at + 124, at + 135), 8);
    yield [name, bytes.subarray(at + 512, at + 512 + size)];
    at += 512 + 512 * Math.ceil(size / 512);
  }
}

/** The events of a bundle: entry after entry behind its length, file after file. @see C2SP tlog-tiles */
export function eventsOf(archive: Uint8Array): Told[] {
  const leaves: Buffer[] = [];
  for (const [name, bytes] of filesOf(archive)) {
    if (!name.startsWith('tile/entries/')) continue;
    for (let at = 0; at < bytes.length;) {
      const length = bytes.readUInt16BE(at);
      leaves.push(bytes.subarray(at + 2, at + 2 + length));
      at += 2 + length;
    }
  }
  return leaves.map((leaf, index) => ({ ...(JSON.parse(leaf.toString()) as Told), index }));
}

/** SubjectPublicKeyInfo of Ed25519 is a fixed beginning and the key. @see RFC 8410 §4 */
function keyOf(text: string) {
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(text, 'base64url')]);
  return createPublicKey({ key: der, format: 'der', type: 'spki' });
}

/** Who signed an act under the key that she had then; of a wrong signature nobody. */
export function approversOf(events: readonly Told[], { index, type, data }: Told): string[] {
  const { approvals = [], chunk: _chunk, ids: _ids, ...act } = data;
  const signed = new Set<string>();
  for (const { actor, at, sig } of approvals as { actor: string; at: string; sig: string }[]) {
    const grants = events.filter((one) => one.index < index && one.data.actorId === actor);
    const last = grants.filter(({ type: what }) => /^Role(Granted|Revoked)$/.test(what)).at(-1);
    if (last?.type !== 'RoleGranted') continue;
    const message = HT('approval', jcs({ type, data: act }), jcs({ actor, at }));
    if (verify(null, message, keyOf(String(last.data.key)), Buffer.from(sig, 'base64url'))) signed.add(actor);
  }
  return [...signed];
}

type Rule =
  | { name: 'positions'; first: number; last: number }
  | { name: 'hours'; from: string; until: string }
  | { name: 'more-than'; ballots: number }
  | { name: 'single'; ballot: string };

/** Ids of the ballots that an annulment takes, in byte order, and the root over them. */
export function annulledBy(events: readonly Told[], act: Data): { ids: string[]; root: string } {
  const rule = act.rule as Rule;
  const cast = events.filter(
    ({ type, data, index }) =>
      type === 'BallotCast' && data.electionId === act.electionId && index < Number(act.through),
  );
  const meant = cast.filter(({ index, at, data }) => {
    if (rule.name === 'positions') return index >= rule.first && index <= rule.last;
    if (rule.name === 'hours') return at >= rule.from && at < rule.until;
    if (rule.name === 'single') return data.id === rule.ballot;
    return cast.filter((one) => one.data.v === data.v).length > rule.ballots;
  });
  const taken =
    act.scope === 'voter' ? cast.filter(({ data }) => meant.some((one) => one.data.v === data.v)) : meant;
  const ids = taken
    .map(({ data }) => Buffer.from(String(data.id), 'base64url'))
    .sort((a, b) => Buffer.compare(a, b));
  return {
    ids: ids.map((id) => id.toString('base64url')),
    root: rootOver(ids.map((id) => HT('ballot', id))),
  };
}

/** What an opening must state, from what stands before it. */
export function openingOf(events: readonly Told[], { index, data }: Told) {
  const before = events.filter((one) => one.index < index && one.data.electionId === data.electionId);
  const of = (...types: readonly string[]) => before.filter(({ type }) => types.includes(type));
  const entries = of('RollListed').flatMap((one) => one.data.entries as Data[]);
  const rollRoot = rootOver(entries.map((entry) => HT('roll-entry', jcs(entry))));
  const listed = of('OptionsListed');
  const listing = Math.max(...listed.map((one) => Number(one.data.listing)));
  const options = listed
    .filter((one) => one.data.listing === listing)
    .flatMap((one) => one.data.options as Data[]);
  const optionsRoot = rootOver(options.map((option) => HT('option', jcs(option))));
  const { reason: _reason, ...definition } = of('ElectionDefined', 'ElectionAmended').at(-1)!.data;
  const whole = { ...definition, boxKey: data.boxKey, rollRoot, optionsRoot };
  return { rollRoot, optionsRoot, e: HT('definition', jcs(whole)).toString('base64url') };
}
