/** Where somebody reached the site, for what she copies and keeps. */
import type { FastifyRequest } from 'fastify';
import type { Settings } from '../settings.js';

/** A name or an address, with a port or without. */
const HOST = /^([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?$/;

/** As the settings say it, else as the request does; without a slash at the end. */
export function siteAddress(
  { publicUrl }: Pick<Settings, 'publicUrl'>,
  { protocol, host }: Pick<FastifyRequest, 'protocol' | 'host'>,
): string {
  if (publicUrl !== undefined) return publicUrl;
  const address = `${protocol}://${host}`;
  return HOST.test(host) && URL.canParse(address) ? address : 'https://vota.example.org';
}
