/** Where mail is handed in and whom it is from, out of two settings. */
import type { MailSettings } from './mail-sender.js';
import { mailAddress } from './mail.js';
import type { MailServer } from './smtp.js';

const SUBMISSION_PORT = 587;
const SMTPS_PORT = 465;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/;

/**
 * `smtp://user:password@host:port` or `smtps://…`. Over `smtp` nothing is said without STARTTLS, but with `?tls=no`, or to
 * this machine itself without `?tls=yes`. @returns what is wrong as a text that goes on after the setting's name
 */
export function mailServerFrom(text: string): MailServer | string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return 'is not an address such as smtps://user:password@mail.example.org';
  }
  const isSecure = url.protocol === 'smtps:';
  if (!isSecure && url.protocol !== 'smtp:') return 'must begin with smtp:// or smtps://';
  const tls = url.searchParams.get('tls');
  const known = [...url.searchParams.keys()].every((name) => name === 'tls');
  if (url.hostname === '' || !/^\/?$/.test(url.pathname) || !known || !/^(yes|no)$/.test(tls ?? 'yes'))
    return 'must have a host, and nothing after its port but ?tls=no or ?tls=yes';
  if (isSecure && tls === 'no') return 'cannot be smtps:// with ?tls=no';
  const isPlain = tls === 'no' || (tls === null && LOOPBACK.test(url.hostname));
  let user: string;
  let password: string;
  try {
    user = decodeURIComponent(url.username);
    password = decodeURIComponent(url.password);
  } catch {
    return 'has a % in user or password that is not written %25';
  }
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (isSecure ? SMTPS_PORT : SUBMISSION_PORT) : Number(url.port),
    tls: isSecure ? 'from-start' : isPlain ? 'none' : 'starttls',
    ...(user !== '' && { user, password }),
  };
}

/** `Villa <no-reply@example.org>`, or the address alone. @returns `undefined` where it is neither */
export function mailFrom(text: string): MailSettings['from'] | undefined {
  const [, name = '', given] = /^(?:([^<>"\p{Cc}]{1,100}) )?<?([^<>\s]+)>?$/u.exec(text.trim()) ?? [];
  const address = given === undefined ? undefined : mailAddress(given);
  return address === undefined ? undefined : { name: name.trim(), address };
}
