/** What REST asks about one content. */
import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { ContentRow } from '../../projections/contents.view.js';
import { PublicContents } from './public-contents.js';
import type { Content } from './contents.js';
import type { Texts } from './text.js';

/** `gone`: it was public and is not any more, with the code of why; `unknown`: it never was. */
export type NotShown = { state: 'gone'; because: 'content-hidden' | 'content-erased' } | { state: 'unknown' };

export type ContentAnswer = { state: 'public'; content: Content; texts: Texts | undefined } | NotShown;

export class GetContent extends Query<ContentAnswer> {
  constructor(readonly contentId: string) {
    super();
  }
}

@QueryHandler(GetContent)
export class GetContentHandler implements IQueryHandler<GetContent> {
  constructor(@Inject(PublicContents) private readonly contents: PublicContents) {}

  async execute({ contentId }: GetContent): Promise<ContentAnswer> {
    const { row, content, texts } = await this.contents.one(contentId);
    return content === undefined ? notShown(row) : { state: 'public', content, texts };
  }
}

/** What is said of a content that is not shown, by its row. */
export function notShown(row: ContentRow | undefined): NotShown {
  // That something unreleased exists, or was erased before anybody saw it, is nobody's business.
  if (row?.commitment === undefined || row.state === 'released') return { state: 'unknown' };
  return { state: 'gone', because: row.state === 'erased' ? 'content-erased' : 'content-hidden' };
}
