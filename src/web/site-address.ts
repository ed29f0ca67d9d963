/** Where somebody reached the site, for what she copies and keeps. */
import type { FastifyRequest } from 'fastify';
import type { Settings } from '../settings.js';

/** As the settings say it, else as the request does; without a slash at the end. */
export function siteAddress(
  { publicUrl }: Pick<Settings, 'publicUrl'>,
  { protocol, host }: Pick<FastifyRequest, 'protocol' | 'host'>,
): string {
  if (publicUrl !== undefined) return publicUrl;
  return /^[A-Za-z0-9.-]+(:\d{1,5})?$/.test(host) ? `${protocol}://${host}` : 'https://vota.example.org';
}
