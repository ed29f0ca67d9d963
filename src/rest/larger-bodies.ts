/** Addresses that take more than `MAX_BODY_BYTES`: `@RouteConfig({ bodyLimit })` at the handler. */
import type { FastifyInstance, FastifyRequest } from 'fastify';

/**
 * Gives those routes their limit, and reads nothing for nobody: memory is not for whoever happens to come by. Must be
 * called before routes are added.
 * @param assertSomeone throws the problem that whoever is not signed in is answered
 */
export function takeLargerBodies(
  instance: Pick<FastifyInstance, 'addHook'>,
  assertSomeone: (request: FastifyRequest) => void,
): void {
  instance.addHook('onRoute', (route) => {
    const { bodyLimit } = (route.config ?? {}) as { bodyLimit?: number };
    if (bodyLimit === undefined) return;
    route.bodyLimit = bodyLimit;
    route.onRequest = (request, _reply, done) => {
      assertSomeone(request);
      done();
    };
  });
}
