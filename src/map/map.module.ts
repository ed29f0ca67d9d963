/** Public matters on a map, and what is near. */
import { Inject, Logger, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { ComplaintsModule } from '../complaints/complaints.module.js';
import { Contents } from '../contents/contents.js';
import { ContentsModule } from '../contents/contents.module.js';
import { WORK, type Work } from '../platform.module.js';
import { RateLimit } from '../rest/rate-limit.js';
import { Views } from '../views/views.js';
import { LOOKS_AROUND, LOOKS_MS, MOST_LOOKS } from './looks.js';
import { MapController } from './map.controller.js';
import { FindNearMattersHandler, FindSimilarMattersHandler, GetMatterMapHandler } from './map.queries.js';
import { PublicPlaces } from './public-places.js';

const logger = new Logger('Map');

@Module({
  imports: [ContentsModule, ComplaintsModule],
  controllers: [MapController],
  providers: [
    GetMatterMapHandler,
    FindNearMattersHandler,
    FindSimilarMattersHandler,
    { provide: LOOKS_AROUND, useFactory: () => new RateLimit(undefined, MOST_LOOKS, LOOKS_MS) },
    {
      provide: PublicPlaces,
      useFactory: (views: Views, contents: Contents) =>
        new PublicPlaces(views, contents, (damaged) => logger.error(damaged.message)),
      inject: [Views, Contents],
    },
  ],
  exports: [LOOKS_AROUND, PublicPlaces],
})
export class MapModule implements OnApplicationBootstrap {
  constructor(
    @Inject(WORK) private readonly work: Work,
    @Inject(PublicPlaces) private readonly places: PublicPlaces,
  ) {}

  onApplicationBootstrap(): void {
    if (this.work === 'serve') this.places.start();
  }
}
