/** An address that is no address (`/%zz`) reaches neither routes nor filters: Fastify asks here what to answer. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { Problem, PROBLEM_TYPE } from './problem.js';

export function answerBadAddress(_error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  const body = new Problem('bad-request').body();
  void reply
    .code(body.status)
    .type(PROBLEM_TYPE)
    .send(Buffer.from(JSON.stringify(body)));
}
