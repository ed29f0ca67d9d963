/** Digests of the views: published at their occasions, and shown. */
import { Module } from '@nestjs/common';
import { DigestsController } from './digests.controller.js';
import { GetDigestsOfHandler, ListDigestsHandler } from './digests.queries.js';
import { DigestPublisher } from './publisher.js';

@Module({
  controllers: [DigestsController],
  providers: [DigestPublisher, ListDigestsHandler, GetDigestsOfHandler],
})
export class DigestsModule {}
