/** How a browser is told of a problem: the web room provides it under this token; without it everybody gets JSON. */
import type { FastifyRequest } from 'fastify';
import type { ProblemBody } from './problem.js';

export const ERROR_PAGES = Symbol('error pages');

export interface ErrorPages {
  /** A whole HTML document. Must not throw. */
  render(problem: ProblemBody, request: FastifyRequest): string;
}

/** Whether whoever asks reads pages: HTML comes before JSON in what she accepts, and it is not the API that she asks. */
export function wantsPage(request: Pick<FastifyRequest, 'url' | 'headers'>): boolean {
  if (request.url.startsWith('/api/')) return false;
  const accept = request.headers.accept ?? '';
  const html = accept.indexOf('text/html');
  const json = accept.search(/application\/(problem\+)?json/);
  return html >= 0 && (json < 0 || html < json);
}
