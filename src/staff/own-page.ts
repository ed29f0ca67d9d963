/** Whether a request was made by one of this site's own pages: the defence against forged requests with a cookie. */
import type { FastifyRequest } from 'fastify';
import { Problem } from '../rest/problem.js';

/**
 * Browsers say where a request comes from: `Sec-Fetch-Site` (where the page itself is safe, so by https or on this
 * machine), and `Origin` with every write. What says neither, or something else, is refused.
 * @param publicUrl where people reach the program, when the settings say it
 * @throws Problem `cross-site`
 * @see https://www.w3.org/TR/fetch-metadata/ and RFC 6454
 */
export function assertOwnPage(
  request: Pick<FastifyRequest, 'headers' | 'protocol' | 'host'>,
  publicUrl: string | undefined,
): void {
  const site = request.headers['sec-fetch-site'];
  const { origin } = request.headers;
  const own = (publicUrl ?? `${request.protocol}://${request.host}`).toLowerCase();
  if (site !== undefined && site !== 'same-origin') throw new Problem('cross-site');
  if (origin !== undefined && origin.toLowerCase() !== own) throw new Problem('cross-site');
  if (site === undefined && origin === undefined) throw new Problem('cross-site');
}
