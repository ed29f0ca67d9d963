/** Problems as pages. */
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { ErrorPages } from '../rest/error-pages.js';
import type { ProblemBody } from '../rest/problem.js';
import { Frames } from './frames.js';
import { ProblemPage } from './problem.page.js';
import { document } from './render.js';

@Injectable()
export class ProblemPages implements ErrorPages {
  constructor(@Inject(Frames) private readonly frames: Frames) {}

  render(problem: ProblemBody, request: FastifyRequest): string {
    return document(ProblemPage, { frame: this.frames.ofKnown(request), problem });
  }
}
