/** Photos of a matter that nobody but staff sees yet, and what a redaction would make of one. Nothing is kept. */
import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Contents, type ContentRef } from '../contents/contents.js';
import type { Box } from '../photos/boxes.js';
import { Photos } from '../photos/photos.js';
import { Previews } from '../photos/previews.js';
import { WholeMatters, type WholeMatter } from '../complaints/whole-matters.js';

/** JPEG; `undefined` where the matter has no such photo (any more). @see photosOf */
export class GetStaffPhoto extends Query<Uint8Array | undefined> {
  constructor(
    readonly matterId: string,
    readonly photoId: string,
    readonly size: 'whole' | 'preview',
  ) {
    super();
  }
}

type Tried = Awaited<ReturnType<Photos['tryOut']>>;

/** What it would look like with these boxes, as a preview: JPEG. Rejects as `Photos.redact`. */
export class TryRedaction extends Query<Tried> {
  constructor(
    readonly matterId: string,
    readonly photoId: string,
    readonly boxes: readonly Box[],
  ) {
    super();
  }
}

/** Ids of all photos of a matter: those of the filing, then those that came later. */
export function photosOf({ photos, filedPhotos, steps }: WholeMatter): string[] {
  const later = steps.filter(({ row }) => row.what === 'MatterAdded').flatMap((step) => step.photos);
  return [...new Set([...filedPhotos, ...photos, ...later])];
}

@QueryHandler(GetStaffPhoto)
export class GetStaffPhotoHandler implements IQueryHandler<GetStaffPhoto> {
  constructor(
    @Inject(WholeMatters) private readonly matters: WholeMatters,
    @Inject(Contents) private readonly contents: Contents,
    @Inject(Previews) private readonly previews: Previews,
  ) {}

  async execute({ matterId, photoId, size }: GetStaffPhoto): Promise<Uint8Array | undefined> {
    const ref = await photoOf(this.matters, this.contents, matterId, photoId);
    if (ref === undefined) return undefined;
    if (size === 'preview') return this.previews.read(photoId);
    return (await this.contents.read([ref])).get(photoId)?.bytes;
  }
}

@QueryHandler(TryRedaction)
export class TryRedactionHandler implements IQueryHandler<TryRedaction> {
  constructor(
    @Inject(WholeMatters) private readonly matters: WholeMatters,
    @Inject(Contents) private readonly contents: Contents,
    @Inject(Photos) private readonly photos: Photos,
  ) {}

  async execute({ matterId, photoId, boxes }: TryRedaction): Promise<Tried> {
    const ref = await photoOf(this.matters, this.contents, matterId, photoId);
    return ref === undefined ? { rejected: 'photo-unknown' } : this.photos.tryOut(ref, boxes);
  }
}

/** A photo by its id, where the matter has it. */
async function photoOf(
  matters: WholeMatters,
  contents: Contents,
  matterId: string,
  photoId: string,
): Promise<ContentRef | undefined> {
  const matter = await matters.one(matterId);
  if (matter === undefined || !photosOf(matter).includes(photoId)) return undefined;
  return (await contents.refs([photoId])).get(photoId);
}
