/** Photos: taking, redacting, small ones for lists. Rooms that take photos use what is exported. */
import { Module } from '@nestjs/common';
import type { Pool } from 'pg';
import { ContentLife } from '../contents/content-life.js';
import { Contents } from '../contents/contents.js';
import { ContentsModule } from '../contents/contents.module.js';
import { POOL } from '../platform.module.js';
import { PhotoLimits } from './photo-limits.js';
import { PhotosController } from './photos.controller.js';
import { GetPreviewHandler } from './photos.queries.js';
import { PHOTO_TURNS, Photos } from './photos.js';
import { Previews } from './previews.js';
import { Turns } from './turns.js';

@Module({
  imports: [ContentsModule],
  controllers: [PhotosController],
  providers: [
    GetPreviewHandler,
    { provide: Previews, useFactory: (pool: Pool) => new Previews(pool), inject: [POOL] },
    {
      provide: Photos,
      useFactory: (contents: Contents, life: ContentLife, previews: Previews) =>
        new Photos(contents, life, previews, new PhotoLimits(), new Turns(PHOTO_TURNS)),
      inject: [Contents, ContentLife, Previews],
    },
  ],
  exports: [Photos, Previews],
})
export class PhotosModule {}
