/** One line a request, at level debug: method, pattern of the route, status and time. Never an address or a query. */
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';

export function logRequests(app: NestFastifyApplication, log: Logger): void {
  if (!log.isLevelEnabled('debug')) return;
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onResponse', (request, reply, done) => {
      const route = request.routeOptions.url ?? 'none';
      log.debug(
        { method: request.method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
        'request',
      );
      done();
    });
}
