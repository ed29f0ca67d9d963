/** Answers every error as a problem; of one that nobody expected it tells the log everything and the caller a number. */
import { randomUUID } from 'node:crypto';
import { Catch, Inject, Logger, Optional, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Metrics } from '../metrics/metrics.js';
import { METRICS } from '../platform.module.js';
import { AllowedMethods } from './allowed-methods.js';
import { ERROR_PAGES, wantsPage, type ErrorPages } from './error-pages.js';
import { Problem, PROBLEM_TYPE } from './problem.js';
import { problemFrom } from './unexpected.js';

@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #log = new Logger('rest');

  constructor(
    @Inject(AllowedMethods) private readonly allowed: AllowedMethods,
    @Inject(METRICS) private readonly metrics: Metrics,
    @Optional() @Inject(ERROR_PAGES) private readonly pages?: ErrorPages,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const problem = this.#problemOf(error, request);
    this.metrics.refused(problem.code);
    const body = problem.body();
    if (problem.code === 'internal') {
      const number = randomUUID();
      body.instance = `urn:uuid:${number}`;
      // The route's pattern, never its address: that may name a person or a ballot.
      this.#log.error(
        `${number} ${request.method} ${request.routeOptions.url ?? 'no route'}: ${error instanceof Error ? error.message : 'not an error'}`,
        error instanceof Error ? error.stack : undefined,
      );
    }
    void reply.code(body.status).headers({ 'cache-control': 'no-store', ...problem.headers });
    if (this.pages !== undefined && wantsPage(request)) {
      void reply.type('text/html; charset=utf-8').send(this.pages.render(body, request));
    } else {
      // As bytes: Fastify adds a charset to text, which this media type does not have.
      void reply.type(PROBLEM_TYPE).send(Buffer.from(JSON.stringify(body)));
    }
  }

  #problemOf(error: unknown, request: FastifyRequest): Problem {
    const problem = problemFrom(error) ?? new Problem('internal');
    // Without a route of its own, "not found" may mean: not with this method.
    if (problem.code !== 'not-found' || request.routeOptions.url !== undefined) return problem;
    const methods = this.allowed.of(request.url);
    if (methods.length === 0 || methods.includes(request.method)) return problem;
    return new Problem('method-not-allowed', { headers: { allow: methods.join(', ') } });
  }
}
