/**
 * Every setting of the program, in one validated place. `concejo serve --help` prints this list.
 *
 * The program listens on the loopback address unless HOST says otherwise, also in real use: what is to be reached from
 * outside stands behind a proxy that speaks https, or says so on purpose.
 */
import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  Matches,
  IsNotIn,
  validateSync,
  type ValidationError,
} from 'class-validator';
import { fromBase64url } from '../projections/bytes.js';
import { parseOpen311, type Open311Setting } from './open311/open311-setting.js';
import type { MailSettings } from './mail/mail-sender.js';
import { mailFrom, mailServerFrom } from './mail/mail-settings.js';
import { ROLES } from './staff/roles.js';

/** A staff member as the settings list her; the program never stores her key. */
export interface StaffSetting {
  id: string;
  roles: readonly string[];
  /** SHA-256 of her key, base64url. The key is 32 random bytes, so no slow hash is needed. */
  keyHash: string;
  /** The Ed25519 key under which she approves, base64url. */
  ed25519Pub: string;
}

class StaffEntry implements StaffSetting {
  @IsString()
  @Matches(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
  @IsNotIn(['system', 'resident'])
  @Matches(/^(?!import-officer-)/, { message: 'is of an import: give her another id' })
  id: string;
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn([...ROLES.keys()], { each: true })
  roles: readonly string[];
  @Matches(/^[A-Za-z0-9_-]{43}$/)
  keyHash: string;
  @Matches(/^[A-Za-z0-9_-]{43}$/)
  ed25519Pub: string;
}

/** Tiles of a web map that the city serves itself. */
export interface MapTilesSetting {
  /** With `{z}`, `{x}` and `{y}`. */
  address: string;
  /** Whom their licence asks to name. */
  by: string | undefined;
}

export interface Settings {
  port: number;
  host: string;
  /** Data folder, absolute. */
  data: string;
  databaseUrl: string | undefined;
  ownerUrl: string | undefined;
  /** Connection string of EventStoreDB; `undefined`: the log is in PostgreSQL. */
  eventStoreUrl: string | undefined;
  /** Name of the log there; `undefined`: as the database remembers it, and made at the first start. */
  eventStoreLog: string | undefined;
  /** File with the 32-byte master of the elections' keys. */
  electionKeys: string;
  /** File with the keys that sign the log, or these keys themselves. */
  logKey: string;
  /** Name of a log that has no key yet; `undefined`: one is made. */
  logOrigin: string | undefined;
  /** File with the log's own policy, absolute; `undefined`: no witnesses. */
  logPolicy: string | undefined;
  /** Elections whose ballots are lost for good with the master: they keep nothing from starting. */
  givenUp: readonly string[];
  /** `undefined`: two administrators are made at first start. */
  staff: readonly StaffSetting[] | undefined;
  /** 32 bytes; `undefined`: made at first start and kept in the data folder. */
  serverSecret: Uint8Array | undefined;
  logLevel: string;
  /** Where the metrics are told; `undefined`: nowhere. */
  metrics: { host: string; port: number } | undefined;
  /** How many proxies in front add the address of who asks them to X-Forwarded-For; 0: none is believed. */
  trustedProxies: number;
  /** Milliseconds that it serves on after it was asked to stop. */
  leaveMs: number;
  /** Where people reach the program (`https://vota.example.org`, without a path); `undefined`: as each request says. */
  publicUrl: string | undefined;
  /** Of the pages, the first by default. */
  languages: readonly string[];
  /** Under the city's areas on maps; `undefined`: none, and browsers ask this site alone. */
  mapTiles: MapTilesSetting | undefined;
  /** `undefined`: nothing is taken or shown by Open311. */
  open311: Open311Setting | undefined;
  /** Where mail is handed in, and whom it is from; `undefined`: it stays in the outbox. */
  mail: MailSettings | undefined;
}

interface SettingHelp {
  name: string;
  help: string;
  byDefault: string;
}

/** In the order in which they are printed. */
export const SETTINGS_HELP: SettingHelp[] = [];

/** Tells `--help` of a setting. */
function Setting(help: string, byDefault: string): PropertyDecorator {
  return (_target, name) => void SETTINGS_HELP.push({ name: String(name), help, byDefault });
}

const POSTGRES = /^postgres(ql)?:\/\//;
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];
/** Languages that the pages speak. */
const LANGUAGES = /^(es|ast|en)(,(es|ast|en)){0,2}$/;

/** The environment variables; each message goes on after the variable's name. */
class Environment {
  @Setting('Port to listen on', '3000')
  @IsOptional()
  @Matches(/^(?:\d{1,4}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])$/, {
    message: 'must be a number from 0 to 65535',
  })
  PORT?: string;

  @Setting('Address to listen on; 0.0.0.0 for every one of this machine', '127.0.0.1')
  @IsOptional()
  @Matches(/^[A-Za-z0-9.:-]+$/, { message: 'must be an address or a name of this machine' })
  HOST?: string;

  @Setting('Folder for data and secrets', './concejo-data')
  @IsOptional()
  CONCEJO_DATA?: string;

  @Setting('PostgreSQL 15 to 18; without it the program starts its own', 'its own')
  @IsOptional()
  @Matches(POSTGRES, { message: 'must begin with postgresql://' })
  DATABASE_URL?: string;

  @Setting('Connection string of the role that owns the tables', 'DATABASE_URL')
  @IsOptional()
  @Matches(POSTGRES, { message: 'must begin with postgresql://' })
  DATABASE_OWNER_URL?: string;

  @Setting(
    'File with the master of the elections’ keys: keep a copy apart from every backup of the database',
    '<data>/secrets/election-keys',
  )
  @IsOptional()
  CONCEJO_ELECTION_KEYS?: string;

  @Setting(
    'Key that signs the log: a file with it (keep a copy apart), or the key itself',
    '<data>/secrets/log-key',
  )
  @IsOptional()
  CONCEJO_LOG_KEY?: string;

  @Setting(
    'Name of the log for ever, such as vota.example.org/log; only for a log that has no key yet',
    'made',
  )
  @IsOptional()
  @Matches(/^[A-Za-z0-9][A-Za-z0-9./-]{0,99}$/, {
    message: 'must be a name like an address without https://: letters, digits, dots, hyphens and slashes',
  })
  CONCEJO_LOG_ORIGIN?: string;

  @Setting(
    'File with the policy of the log: its witnesses, and how many must cosign before a head is shown (tlog-policy)',
    'no witnesses',
  )
  @IsOptional()
  CONCEJO_LOG_POLICY?: string;

  @Setting('Ids of elections to be annulled: their ballots are lost with the master', 'none')
  @IsOptional()
  @Matches(/^[0-9a-f-]{36}(,[0-9a-f-]{36})*$/, {
    message: 'must be ids of elections with commas between them',
  })
  CONCEJO_GIVEN_UP?: string;

  @Setting('JSON, or a file with it: [{id, roles, keyHash, ed25519Pub}]', '<data>/staff.json')
  @IsOptional()
  CONCEJO_STAFF?: string;

  @Setting('32 bytes, base64url, the same for all processes', '<data>/secrets/server')
  @IsOptional()
  @Matches(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/, {
    message: 'must be 32 bytes in base64url (43 characters)',
  })
  CONCEJO_SERVER_SECRET?: string;

  @Setting('fatal, error, warn, info, debug, trace or silent', 'info')
  @IsOptional()
  @IsIn(LOG_LEVELS, { message: `must be one of ${LOG_LEVELS.join(', ')}` })
  LOG_LEVEL?: string;

  @Setting('Address and port at which metrics are told, such as 127.0.0.1:9464', 'nowhere')
  @IsOptional()
  @Matches(/^[A-Za-z0-9.-]+:\d{1,5}$/, { message: 'must be an address and a port, such as 127.0.0.1:9464' })
  CONCEJO_METRICS?: string;

  @Setting('Where people reach the program, such as https://vota.example.org', 'as each request says')
  @IsOptional()
  @Matches(/^https?:\/\/[A-Za-z0-9.-]+(:\d{1,5})?$/, {
    message: 'must be http:// or https:// and a name, without a path or a slash at the end',
  })
  PUBLIC_URL?: string;

  @Setting(
    'yes: believe what the proxy in front adds to X-Forwarded-For, and its X-Forwarded-Proto; 2: those of two in a row, and so on',
    'no',
  )
  @IsOptional()
  @Matches(/^(yes|no|[1-9])$/, { message: 'must be yes, no, or how many proxies stand in a row: 1 to 9' })
  TRUST_PROXY?: string;

  @Setting(
    'Seconds that it serves on when it is asked to stop, while /health/ready says so to whoever sends requests here',
    '0',
  )
  @IsOptional()
  @Matches(/^([0-9]|[1-9][0-9]|[12][0-9]{2}|300)$/, { message: 'must be a number of seconds from 0 to 300' })
  CONCEJO_LEAVE_SECONDS?: string;

  @Setting('Languages of the pages, the first by default', 'es,ast,en')
  @IsOptional()
  @Matches(LANGUAGES, { message: 'must be some of es, ast and en with commas between them' })
  CONCEJO_LANGUAGES?: string;

  @Setting(
    'Tiles of the city’s own map server, and whom to name: https://tiles.example.org/{z}/{x}/{y}.png © Them',
    'no tiles',
  )
  @IsOptional()
  @Matches(
    /^https:\/\/[A-Za-z0-9.-]+(:\d{1,5})?\/[^\s{}"'<>;,]*\{z\}[^\s{}"'<>;,]*\{x\}[^\s{}"'<>;,]*\{y\}[^\s{}"'<>;,]*( .{1,200})?$/,
    {
      message:
        'must be https://, a name and a path with {z}, {x} and {y} in this order, and after a space whom to name',
    },
  )
  CONCEJO_MAP_TILES?: string;

  @Setting(
    'Open311 for other programs: JSON, or a file with it: {contact, keyService, type, keys: [{name, keyHash, moves}]}',
    'off',
  )
  @IsOptional()
  CONCEJO_OPEN311?: string;

  @Setting(
    'Where mail is handed in: smtps://user:password@mail.example.org, or smtp:// with STARTTLS',
    'it stays in the outbox',
  )
  @IsOptional()
  CONCEJO_SMTP?: string;

  @Setting('Whom mail is from, such as Villa <no-reply@example.org>; with CONCEJO_SMTP', 'nobody')
  @IsOptional()
  CONCEJO_MAIL_FROM?: string;

  @Setting(
    'The log on EventStoreDB instead of in PostgreSQL: a connection string such as esdb://user:password@host:2113',
    'in PostgreSQL',
  )
  @IsOptional()
  @Matches(/^esdb(\+discover)?:\/\/[^\s]+$/, { message: 'must begin with esdb:// or esdb+discover://' })
  EVENTSTORE_URL?: string;

  @Setting('Name of the log on EventStoreDB, where several have theirs; only before the first start', 'made')
  @IsOptional()
  @Matches(/^[a-z][a-z0-9-]{0,63}$/, {
    message: 'must be a name of small letters, digits and hyphens that begins with a letter',
  })
  EVENTSTORE_LOG?: string;
}

/** A setting that cannot be used; the message names it and says what to do. */
export class SettingInvalid extends Error {
  readonly code = 'setting-invalid';
  constructor(name: string, reason: string) {
    super(`${name} ${reason}`);
    this.name = 'SettingInvalid';
  }
}

/** Empty variables count as unset. @throws SettingInvalid */
export function readSettings(variables: Readonly<Record<string, string | undefined>>): Settings {
  const given = new Environment();
  for (const { name } of SETTINGS_HELP) {
    const text = variables[name]?.trim();
    if (text !== undefined && text !== '') given[name as keyof Environment] = text;
  }
  const [wrong] = validateSync(given);
  if (wrong !== undefined) throw new SettingInvalid(wrong.property, firstMessage(wrong));
  if (given.DATABASE_OWNER_URL !== undefined && given.DATABASE_URL === undefined) {
    throw new SettingInvalid('DATABASE_OWNER_URL', 'is set without DATABASE_URL: set both or none');
  }
  if (given.EVENTSTORE_LOG !== undefined && given.EVENTSTORE_URL === undefined) {
    throw new SettingInvalid('EVENTSTORE_LOG', 'is set without EVENTSTORE_URL: set both or none');
  }
  const data = resolve(given.CONCEJO_DATA ?? 'concejo-data');
  return {
    port: Number(given.PORT ?? '3000'),
    host: given.HOST ?? '127.0.0.1',
    data,
    databaseUrl: given.DATABASE_URL,
    ownerUrl: given.DATABASE_OWNER_URL,
    eventStoreUrl: given.EVENTSTORE_URL,
    eventStoreLog: given.EVENTSTORE_LOG,
    electionKeys: resolve(given.CONCEJO_ELECTION_KEYS ?? join(data, 'secrets', 'election-keys')),
    logKey: logKeyOf(given.CONCEJO_LOG_KEY, data),
    logOrigin: given.CONCEJO_LOG_ORIGIN,
    logPolicy: given.CONCEJO_LOG_POLICY === undefined ? undefined : resolve(given.CONCEJO_LOG_POLICY),
    givenUp: given.CONCEJO_GIVEN_UP?.split(',') ?? [],
    staff: given.CONCEJO_STAFF === undefined ? undefined : staffFrom(given.CONCEJO_STAFF),
    serverSecret:
      given.CONCEJO_SERVER_SECRET === undefined ? undefined : fromBase64url(given.CONCEJO_SERVER_SECRET),
    logLevel: given.LOG_LEVEL ?? 'info',
    metrics: given.CONCEJO_METRICS === undefined ? undefined : metricsAt(given.CONCEJO_METRICS),
    trustedProxies: proxiesOf(given.TRUST_PROXY),
    leaveMs: Number(given.CONCEJO_LEAVE_SECONDS ?? '0') * 1_000,
    publicUrl: given.PUBLIC_URL,
    languages: [...new Set((given.CONCEJO_LANGUAGES ?? 'es,ast,en').split(','))],
    mapTiles: given.CONCEJO_MAP_TILES === undefined ? undefined : mapTilesOf(given.CONCEJO_MAP_TILES),
    open311: given.CONCEJO_OPEN311 === undefined ? undefined : open311From(given.CONCEJO_OPEN311),
    mail: mailOf(given.CONCEJO_SMTP, given.CONCEJO_MAIL_FROM),
  };
}

function mapTilesOf(text: string): MapTilesSetting {
  const [address = '', ...by] = text.split(' ');
  return { address, by: by.length === 0 ? undefined : by.join(' ') };
}

/** @throws SettingInvalid; it never says what was given, since that may hold a password */
function mailOf(smtp: string | undefined, from: string | undefined): MailSettings | undefined {
  const sender = from === undefined ? undefined : mailFrom(from);
  if (from !== undefined && sender === undefined)
    throw new SettingInvalid('CONCEJO_MAIL_FROM', 'must be an address, or Name <address>');
  if (smtp === undefined) return undefined;
  if (sender === undefined) throw new SettingInvalid('CONCEJO_SMTP', 'is set without CONCEJO_MAIL_FROM');
  const server = mailServerFrom(smtp);
  if (typeof server === 'string') throw new SettingInvalid('CONCEJO_SMTP', server);
  return { server, from: sender };
}

function proxiesOf(text = 'no'): number {
  if (text === 'no') return 0;
  return text === 'yes' ? 1 : Number(text);
}

/** @throws SettingInvalid */
function metricsAt(text: string): { host: string; port: number } {
  const [host = '', port = ''] = text.split(':');
  if (Number(port) > 65_535) throw new SettingInvalid('CONCEJO_METRICS', 'has a port above 65535');
  return { host, port: Number(port) };
}

/** A key is kept as it is, a path is made absolute. */
function logKeyOf(given: string | undefined, data: string): string {
  return given?.startsWith('PRIVATE+KEY+') === true
    ? given
    : resolve(given ?? join(data, 'secrets', 'log-key'));
}

function staffFrom(text: string): readonly StaffSetting[] {
  const name = 'CONCEJO_STAFF';
  return parseStaff(jsonOf(name, text), name);
}

/** @throws SettingInvalid */
function open311From(text: string): Open311Setting {
  const name = 'CONCEJO_OPEN311';
  const parsed = parseOpen311(jsonOf(name, text));
  if (typeof parsed === 'string') throw new SettingInvalid(name, parsed);
  return parsed;
}

/** JSON, or what a file with it says. @throws SettingInvalid */
function jsonOf(name: string, text: string): unknown {
  try {
    return JSON.parse(/^[[{]/.test(text) ? text : readFileSync(text, 'utf8'));
  } catch {
    throw new SettingInvalid(name, 'is neither JSON nor a file with JSON that can be read');
  }
}

/** Checks a list of staff of any origin, told as `name`. @throws SettingInvalid */
export function parseStaff(list: unknown, name: string): readonly StaffSetting[] {
  if (!Array.isArray(list) || list.length === 0) {
    throw new SettingInvalid(name, 'must be a list of at least one person');
  }
  const staff = list.map((entry: unknown, index) => {
    const { id, roles, keyHash, ed25519Pub } = (entry ?? {}) as StaffSetting;
    const member = Object.assign(new StaffEntry(), { id, roles, keyHash, ed25519Pub });
    const [wrong] = validateSync(member);
    if (wrong !== undefined) {
      throw new SettingInvalid(
        name,
        `has no good ${wrong.property} in entry ${index}: ${firstMessage(wrong)}`,
      );
    }
    return { id, roles, keyHash, ed25519Pub };
  });
  // Two persons with one key or one id would be one person with two approvals.
  for (const field of ['id', 'keyHash', 'ed25519Pub'] as const) {
    if (new Set(staff.map((member) => member[field])).size < staff.length) {
      throw new SettingInvalid(name, `has the same ${field} for two persons: give each her own`);
    }
  }
  return staff;
}

function firstMessage({ constraints }: ValidationError): string {
  return Object.values(constraints ?? {})[0] ?? 'is not valid';
}
