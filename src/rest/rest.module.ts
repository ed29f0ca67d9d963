/** What every address has in common: problems, conditional reads, freshness, health. */
import { Module } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { AllowedMethods } from './allowed-methods.js';
import { AtLeastInterceptor } from './at-least.js';
import { ConditionalInterceptor } from './conditional.js';
import { HealthDetails } from './health-details.js';
import { HealthController } from './health.controller.js';
import { ProblemFilter } from './problem.filter.js';
import { validationPipe } from './validation.js';

@Module({
  controllers: [HealthController],
  providers: [
    AllowedMethods,
    HealthDetails,
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_PIPE, useFactory: validationPipe },
    { provide: APP_INTERCEPTOR, useClass: ConditionalInterceptor },
    { provide: APP_INTERCEPTOR, useClass: AtLeastInterceptor },
  ],
  exports: [AllowedMethods, HealthDetails],
})
export class RestModule {}
