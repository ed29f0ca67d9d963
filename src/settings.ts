/** Every setting of the program, in one validated place. `concejo serve --help` prints this list. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A staff member as the settings list her; the program never stores her key. */
export interface StaffSetting {
  id: string;
  roles: readonly string[];
  /** SHA-256 of her key, base64url. The key is 32 random bytes, so no slow hash is needed. */
  keyHash: string;
  /** The Ed25519 key under which she approves, base64url. */
  ed25519Pub: string;
}

export interface Settings {
  port: number;
  host: string;
  /** Data folder, absolute. */
  data: string;
  databaseUrl: string | undefined;
  ownerUrl: string | undefined;
  /** File with the 32-byte master of the elections' keys. */
  electionKeys: string;
  /** `undefined`: two administrators are made at first start. */
  staff: readonly StaffSetting[] | undefined;
  /** 32 bytes; `undefined`: made at first start and kept in the data folder. */
  serverSecret: Uint8Array | undefined;
  logLevel: string;
  trustProxy: boolean;
}

interface SettingHelp {
  name: string;
  help: string;
  byDefault: string;
}

/** In the order in which they are printed. */
export const SETTINGS_HELP: readonly SettingHelp[] = [
  { name: 'PORT', help: 'Port to listen on', byDefault: '3000' },
  { name: 'HOST', help: 'Address to listen on; 0.0.0.0 for every one', byDefault: '127.0.0.1' },
  { name: 'CONCEJO_DATA', help: 'Folder for data and secrets', byDefault: './concejo-data' },
  { name: 'DATABASE_URL', help: 'PostgreSQL 15 to 18; without it the program starts its own', byDefault: 'its own' },
  { name: 'DATABASE_OWNER_URL', help: 'Connection string of the role that owns the tables', byDefault: 'DATABASE_URL' },
  {
    name: 'CONCEJO_ELECTION_KEYS',
    help: 'File with the master of the elections’ keys: keep a copy apart from every backup of the database',
    byDefault: '<data>/secrets/election-keys',
  },
  { name: 'CONCEJO_STAFF', help: 'JSON, or a file with it: [{id, roles, keyHash, ed25519Pub}]', byDefault: '<data>/staff.json' },
  { name: 'CONCEJO_SERVER_SECRET', help: '32 bytes, base64url, the same for all processes', byDefault: '<data>/secrets/server' },
  { name: 'LOG_LEVEL', help: 'fatal, error, warn, info, debug or trace', byDefault: 'info' },
  { name: 'TRUST_PROXY', help: 'yes: believe X-Forwarded-For and X-Forwarded-Proto', byDefault: 'no' },
];

/** A setting that cannot be used; the message names it and says what to do. */
export class SettingInvalid extends Error {
  readonly code = 'setting-invalid';
  constructor(name: string, reason: string) {
    super(`${name} ${reason}`);
    this.name = 'SettingInvalid';
  }
}

/** @throws SettingInvalid */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const value = (name: string) => {
    const text = environment[name]?.trim();
    return text === '' ? undefined : text;
  };
  if (value('EVENTSTORE_URL') !== undefined) {
    throw new SettingInvalid('EVENTSTORE_URL', 'is not supported by this version: unset it to use PostgreSQL');
  }
  const data = resolve(value('CONCEJO_DATA') ?? 'concejo-data');
  const databaseUrl = url('DATABASE_URL', value('DATABASE_URL'));
  const ownerUrl = url('DATABASE_OWNER_URL', value('DATABASE_OWNER_URL'));
  if (ownerUrl !== undefined && databaseUrl === undefined) {
    throw new SettingInvalid('DATABASE_OWNER_URL', 'is set without DATABASE_URL: set both or none');
  }
  return {
    port: port(value('PORT') ?? '3000'),
    host: value('HOST') ?? '127.0.0.1',
    data,
    databaseUrl,
    ownerUrl,
    electionKeys: resolve(value('CONCEJO_ELECTION_KEYS') ?? join(data, 'secrets', 'election-keys')),
    staff: staff(value('CONCEJO_STAFF')),
    serverSecret: secret(value('CONCEJO_SERVER_SECRET')),
    logLevel: oneOf('LOG_LEVEL', value('LOG_LEVEL') ?? 'info', ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    trustProxy: oneOf('TRUST_PROXY', value('TRUST_PROXY') ?? 'no', ['yes', 'no']) === 'yes',
  };
}

function port(text: string): number {
  const number = Number(text);
  if (!/^\d{1,5}$/.test(text) || number > 65_535) throw new SettingInvalid('PORT', `is ${text}: give a number from 0 to 65535`);
  return number;
}

function url(name: string, text: string | undefined): string | undefined {
  if (text !== undefined && !/^postgres(ql)?:\/\//.test(text)) {
    throw new SettingInvalid(name, 'must begin with postgresql://');
  }
  return text;
}

function oneOf(name: string, text: string, allowed: readonly string[]): string {
  if (!allowed.includes(text)) throw new SettingInvalid(name, `is ${text}: give one of ${allowed.join(', ')}`);
  return text;
}

function secret(text: string | undefined): Uint8Array | undefined {
  if (text === undefined) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== 32) throw new SettingInvalid('CONCEJO_SERVER_SECRET', 'must be 32 bytes in base64url');
  return bytes;
}

function staff(text: string | undefined): readonly StaffSetting[] | undefined {
  if (text === undefined) return undefined;
  const name = 'CONCEJO_STAFF';
  let list: unknown;
  try {
    list = JSON.parse(text.startsWith('[') ? text : readFileSync(text, 'utf8'));
  } catch {
    throw new SettingInvalid(name, 'is neither JSON nor a file with JSON that can be read');
  }
  return parseStaff(list, name);
}

/** Checks a list of staff of any origin. @throws SettingInvalid */
export function parseStaff(list: unknown, name: string): readonly StaffSetting[] {
  if (!Array.isArray(list) || list.length === 0) throw new SettingInvalid(name, 'must be a list of at least one person');
  const ids = new Set<string>();
  return list.map((entry: unknown, index) => {
    const { id, roles, keyHash, ed25519Pub } = (entry ?? {}) as Record<string, unknown>;
    const bad = (field: string) => new SettingInvalid(name, `has no good ${field} in entry ${index}`);
    if (typeof id !== 'string' || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(id) || id === 'system' || ids.has(id)) throw bad('id');
    if (!Array.isArray(roles) || roles.length === 0 || !roles.every((role) => typeof role === 'string' && ROLES.has(role))) {
      throw bad('roles');
    }
    if (typeof keyHash !== 'string' || !/^[A-Za-z0-9_-]{43}$/.test(keyHash)) throw bad('keyHash');
    if (typeof ed25519Pub !== 'string' || !/^[A-Za-z0-9_-]{43}$/.test(ed25519Pub)) throw bad('ed25519Pub');
    ids.add(id);
    return { id, roles: roles as string[], keyHash, ed25519Pub };
  });
}

/** What staff may do. */
export const ROLES: ReadonlyMap<string, string> = new Map([
  ['administrator', 'runs the site: city, contents, views'],
  ['returning-officer', 'runs elections'],
  ['paper-officer', 'marks the roll and keys paper ballots'],
  ['moderator', 'shows and hides contents'],
  ['data-protection-officer', 'erases contents'],
  ['auditor', 'reads what staff reads'],
]);

/** How a key is looked up: SHA-256, base64url. */
export function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}
