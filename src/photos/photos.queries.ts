/** What REST asks about one preview. */
import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { contentsView } from '../../projections/contents.view.js';
import { notShown, type NotShown } from '../contents/contents.queries.js';
import { Views } from '../views/views.js';
import { Previews } from './previews.js';

export type PreviewAnswer = { state: 'public'; commitment: string; bytes: Uint8Array } | NotShown;

export class GetPreview extends Query<PreviewAnswer> {
  constructor(readonly photoId: string) {
    super();
  }
}

@QueryHandler(GetPreview)
export class GetPreviewHandler implements IQueryHandler<GetPreview> {
  constructor(
    @Inject(Views) private readonly views: Views,
    @Inject(Previews) private readonly previews: Previews,
  ) {}

  async execute({ photoId }: GetPreview): Promise<PreviewAnswer> {
    const row = await this.views.get(contentsView, photoId);
    if (row?.state !== 'released') return notShown(row);
    const bytes = await this.previews.read(photoId);
    return bytes === undefined ? notShown(row) : { state: 'public', commitment: row.commitment ?? '', bytes };
  }
}
