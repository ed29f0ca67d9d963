/** A mail before it is sent: what a room gives, and what becomes of it so that no field can be more than it is. */
import { domainToASCII } from 'node:url';

export const MAIL_LANGUAGES = ['es', 'ast', 'en'] as const;
export type MailLanguage = (typeof MAIL_LANGUAGES)[number];

export interface Mail {
  /** What it is, such as `matter-answered`: one event makes at most one mail of a kind to a recipient. */
  readonly kind: string;
  readonly to: string;
  readonly language: MailLanguage;
  readonly subject: string;
  /** Plain text, lines ended by `\n`. */
  readonly text: string;
  /** Where it is a subscription: the address (https) at which one request ends it. */
  readonly unsubscribe?: string;
  /** Its text holds a link, a code, or what not everybody may read: staff never sees it, and it is gone once it is sent. */
  readonly secret?: boolean;
}

/** What a mail comes from. */
export interface MailOrigin {
  /** The id of the event, or another text that is the same whenever the same is told. */
  readonly event: string;
  /** The stream that it tells of: where somebody is erased there, her mails about it are too. */
  readonly about: string;
  /** When it happened. */
  readonly at: Date;
}

/** @see RFC 5321 §4.5.3.1: octets of a path without its brackets, of a local part */
const MAX_ADDRESS = 254;
const MAX_LOCAL = 64;
const MAX_SUBJECT = 200;
const MAX_TEXT = 50_000;

/** A dot-string of ASCII (RFC 5321 §4.1.2) at a host name: quoted local parts and literals of addresses are not taken. */
const ADDRESS =
  /^([A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*)@((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9])$/;

/** In any script: what else there is of hosts is found once it is in ASCII. */
const HOST = /^[\p{L}\p{M}\p{N}.-]+$/u;

/** The address as mail is sent to it, with its host in ASCII and small letters; `undefined` for what is none. */
export function mailAddress(given: string): string | undefined {
  const trimmed = given.trim();
  const at = trimmed.lastIndexOf('@');
  const host = trimmed.slice(at + 1);
  if (trimmed.length > MAX_ADDRESS || !HOST.test(host)) return undefined;
  const address = `${trimmed.slice(0, at)}@${domainToASCII(host)}`;
  const local = ADDRESS.exec(address)?.[1];
  return local !== undefined && local.length <= MAX_LOCAL && address.length <= MAX_ADDRESS
    ? address
    : undefined;
}

/** One line without control characters, 200 characters at most. */
export function subjectLine(given: string): string {
  return cut(given.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim(), MAX_SUBJECT);
}

/** Lines ended by `\n`, without other control characters, 50,000 characters at most. */
export function plainText(given: string): string {
  const lines = given.replace(/\r\n?|[\u2028\u2029]/g, '\n').replace(/(?![\n\t])\p{Cc}/gu, '');
  return `${cut(lines.trimEnd(), MAX_TEXT)}\n`;
}

/** Whether an address may stand in a header as where a subscription ends. */
export function isUnsubscribeAddress(given: string): boolean {
  return /^https?:\/\/[\x21-\x3b\x3d\x3f-\x7e]{1,500}$/.test(given);
}

/** Whole characters only: half of a surrogate pair is none. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
