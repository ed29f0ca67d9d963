/** Which methods an address takes: what is needed to answer 405 with `Allow`, since Fastify itself only knows 404. */
import type { FastifyInstance } from 'fastify';

export class AllowedMethods {
  readonly #routes: { pattern: RegExp; methods: readonly string[] }[] = [];

  /** Must be called before routes are added. */
  watch(instance: Pick<FastifyInstance, 'addHook'>): void {
    instance.addHook('onRoute', ({ url, method }) => {
      const methods = (Array.isArray(method) ? method : [method]).map((name) => name.toUpperCase());
      // A route for the whole site says nothing of one address.
      if (url !== '*' && url !== '/*') this.#routes.push({ pattern: patternOf(url), methods });
    });
  }

  /** In alphabetical order; empty for an address that nothing answers. */
  of(url: string): string[] {
    const path = url.split('?', 1)[0] ?? '';
    const methods = this.#routes
      .filter(({ pattern }) => pattern.test(path))
      .flatMap((route) => route.methods);
    return [...new Set(methods)].sort();
  }
}

function patternOf(url: string): RegExp {
  const parts = url.split('/').map((part) => {
    if (part.startsWith(':')) return '[^/]+';
    if (part === '*') return '.*';
    return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('/')}$`);
}
