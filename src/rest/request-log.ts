/** Of every request, its number, method, pattern of the route, status and time: a line at level debug, and the metrics. */
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import type { Metrics } from '../metrics/metrics.js';

/** Never an address or a query: they may name a person or a ballot. */
export function watchRequests(app: NestFastifyApplication, log: Logger, metrics: Metrics): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onResponse', (request, reply, done) => {
      const { method, id } = request;
      const route = request.routeOptions.url ?? 'none';
      const ms = reply.elapsedTime;
      metrics.answered(ms / 1_000, method, route, reply.statusCode);
      log.debug({ request: id, method, route, status: reply.statusCode, ms: Math.round(ms) }, 'request');
      done();
    });
}
