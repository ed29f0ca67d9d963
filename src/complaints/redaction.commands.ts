/** Makes a part of a matter's photo unreadable (role `listener`): a new photo takes its place, and the original is erased. */
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { isShown } from '../../projections/matter.js';
import type { ContentRef } from '../contents/contents.js';
import { isRejection, type By, type Receipt, type Rejection } from '../event-store/command-log.js';
import type { Box } from '../photos/boxes.js';
import { Photos } from '../photos/photos.js';
import { isListener, type MatterState } from './matter.js';
import { asSystem, Matters } from './matters.js';
import { People } from './people.js';
import { Showing } from './showing.js';

/** With the id of the photo that stands there now. */
export type Redacted = { readonly receipt: Receipt; readonly photo: string };

export class RedactPhoto extends Command<Redacted | Rejection> {
  constructor(
    readonly matterId: string,
    readonly photoId: string,
    readonly boxes: readonly Box[],
    readonly by: By,
  ) {
    super();
  }
}

/** The code under which the original is erased. */
export const REDACTION = 'redaction';
const UNKNOWN: Rejection = { rejected: 'photo-unknown' };

@CommandHandler(RedactPhoto)
export class RedactPhotoHandler implements ICommandHandler<RedactPhoto> {
  constructor(
    @Inject(Matters) private readonly matters: Matters,
    @Inject(People) private readonly people: People,
    @Inject(Photos) private readonly photos: Photos,
    @Inject(Showing) private readonly showing: Showing,
  ) {}

  async execute({ matterId, photoId, boxes, by }: RedactPhoto): Promise<Redacted | Rejection> {
    if (!isListener(by)) return { rejected: 'role-missing' };
    const state = await this.matters.look(matterId);
    if (state.row === undefined) return { rejected: 'matter-unknown' };
    const original = await this.#photoOf(state, photoId);
    const before = await this.matters.find(matterId, by);
    if (before !== undefined && isRejection(before)) return before;
    if (before === undefined && state.row.erased !== undefined) return { rejected: 'matter-erased' };
    if (original === undefined) return UNKNOWN;
    const receipt = before ?? (await this.#replace(matterId, original, { boxes, by }));
    if (isRejection(receipt)) return receipt;
    const { row, replaced } = await this.matters.look(matterId);
    const photo = replaced[photoId];
    if (row === undefined || photo === undefined) return UNKNOWN;
    // The first try may have ended after its event.
    if (before !== undefined) await this.matters.erase([original], REDACTION, by);
    const isAmongThem = row.photos?.some(({ id }) => id === photo.id) === true;
    const isPublic = isShown(row) && (isAmongThem || (await this.matters.wasShown(original, by)));
    const shown = isPublic ? await this.showing.show(matterId, receipt, [photo], { by }) : receipt;
    return { receipt: shown, photo: photo.id };
  }

  #replace(
    matterId: string,
    original: ContentRef,
    { boxes, by }: Pick<RedactPhoto, 'boxes' | 'by'>,
  ): Promise<Receipt | Rejection> {
    const asProgram = { basis: REDACTION, by: asSystem(by, 'redact') };
    return this.photos.replace(original, boxes, asProgram, async (photo) => {
      if (isRejection(photo)) return photo;
      // Else whoever learns its id could take it for hers, and erase it.
      if (!(await this.people.claim(matterId, [photo]))) return UNKNOWN;
      const answer = await this.matters.fromDetails(
        matterId,
        async (state, from) => {
          const details = await this.matters.details(state);
          const isFiled = details?.photos.some(({ id }) => id === original.id) === true;
          const photos = details?.photos.map((one) => (one.id === original.id ? photo : one)) ?? [];
          const where = isFiled ? { details: await this.matters.record({ ...details, photos }) } : {};
          return { do: 'replace-photo', original: original.id, photo, ...where, from };
        },
        by,
      );
      if (isRejection(answer)) await this.people.leave(matterId, [photo]);
      return answer;
    });
  }

  /** Of any version of the details, or of what came later. */
  async #photoOf(state: MatterState, photoId: string): Promise<ContentRef | undefined> {
    const details = await this.matters.everyDetails(state.details);
    const filed = details.flatMap(({ photos }) => photos);
    const added = state.own.filter(({ id }) => state.added[id] !== undefined);
    return [...filed, ...added, ...(state.row?.photos ?? [])].find(({ id }) => id === photoId);
  }
}
