/** A reporter's own photos, by her link: what she sent is hers to see, whether anybody else may or not. */
import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Contents } from '../contents/contents.js';
import { Previews } from '../photos/previews.js';
import { People } from './people.js';
import { WholeMatters } from './whole-matters.js';

/** Bytes of a JPEG; `gone` for one that is not of her matter, or was erased; `link-unknown` for a link that is nobody's. */
export class GetOwnPhoto extends Query<Uint8Array | 'gone' | 'link-unknown'> {
  constructor(
    readonly link: string,
    readonly photoId: string,
    readonly size: 'whole' | 'preview',
  ) {
    super();
  }
}

@QueryHandler(GetOwnPhoto)
export class GetOwnPhotoHandler implements IQueryHandler<GetOwnPhoto> {
  constructor(
    @Inject(People) private readonly people: People,
    @Inject(WholeMatters) private readonly matters: WholeMatters,
    @Inject(Contents) private readonly contents: Contents,
    @Inject(Previews) private readonly previews: Previews,
  ) {}

  async execute({ link, photoId, size }: GetOwnPhoto) {
    const person = await this.people.byLink(link);
    if (person === undefined) return 'link-unknown' as const;
    // Who joined knows of the matter what everybody knows.
    if (person.role !== 'reporter') return 'gone' as const;
    const ref = (await this.matters.photosOf(person.matterId)).find(({ id }) => id === photoId);
    if (ref === undefined) return 'gone' as const;
    if (size === 'preview') return (await this.previews.read(photoId)) ?? ('gone' as const);
    return (await this.contents.read([ref])).get(photoId)?.bytes ?? ('gone' as const);
  }
}
