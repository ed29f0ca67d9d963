/** What every address has in common: problems, conditional reads, freshness, the past, health. */
import { Module } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { AllowedMethods } from './allowed-methods.js';
import { AsOfInterceptor, COSTLY_PASTS, MOST_COSTLY_PASTS } from './as-of.js';
import { AtLeastInterceptor } from './at-least.js';
import { ConditionalInterceptor } from './conditional.js';
import { Draining } from './draining.js';
import { RateLimit } from './rate-limit.js';
import { HealthDetails } from './health-details.js';
import { HealthController } from './health.controller.js';
import { ProblemFilter } from './problem.filter.js';
import { validationPipe } from './validation.js';

@Module({
  // What is not as it should be stands in the answer, and where it happens in the log.
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [
    AllowedMethods,
    Draining,
    HealthDetails,
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_PIPE, useFactory: validationPipe },
    { provide: APP_INTERCEPTOR, useClass: ConditionalInterceptor },
    { provide: APP_INTERCEPTOR, useClass: AtLeastInterceptor },
    { provide: COSTLY_PASTS, useFactory: () => new RateLimit(undefined, MOST_COSTLY_PASTS) },
    { provide: APP_INTERCEPTOR, useClass: AsOfInterceptor },
  ],
  exports: [AllowedMethods, COSTLY_PASTS, HealthDetails],
})
export class RestModule {}
