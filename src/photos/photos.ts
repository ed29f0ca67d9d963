/**
 * Photos as contents: what somebody sends is decoded and made anew, and only that is kept. Rooms that take photos call this
 * after their own rules said yes, and refer to what they are given in their events or rows, as to any content.
 */
import type { ContentLife } from '../contents/content-life.js';
import type { ContentRef, Contents } from '../contents/contents.js';
import { isRejection, type By, type Rejection } from '../event-store/command-log.js';
import { pixelBoxes, type Box } from './boxes.js';
import { PHOTO_TYPE, preview, remake, sizeOf, type Picture, type PixelBox } from './decoder.js';
import { photoProblem, type SentFile } from './photo-kinds.js';
import type { PhotoLimits, Sender } from './photo-limits.js';
import type { Previews } from './previews.js';
import type { TurnLimits, Turns } from './turns.js';

/**
 * Two of the four threads that the program has for files, names and keys; each holds some hundred megabytes at worst. Those
 * that wait hold what was sent, at most `MAX_PHOTO_BYTES` each.
 */
export const PHOTO_TURNS: TurnLimits = { atOnce: 2, waiting: 16, waitMs: 10_000, workMs: 8_000 };

/** JPEG, both. */
export interface PreparedPhoto {
  readonly photo: Picture;
  readonly preview: Picture;
}

export class Photos {
  constructor(
    private readonly contents: Contents,
    private readonly life: ContentLife,
    private readonly previews: Previews,
    private readonly limits: PhotoLimits,
    private readonly turns: Turns,
  ) {}

  /**
   * Keeps what somebody sent, and gives the references in the same order; all or none. Nobody refers to them yet (`Contents`).
   * Rejects as `prepare`, with the field as `photos.0`. @throws Overloaded, TooManyPhotos
   */
  async add(files: readonly SentFile[], sender: Sender): Promise<ContentRef[] | Rejection> {
    const all: PreparedPhoto[] = [];
    for (const [index, file] of files.entries()) {
      this.limits.count(sender);
      const prepared = await this.prepare(file);
      if (isRejection(prepared)) return { ...prepared, field: `photos.${index}` };
      all.push(prepared);
    }
    const refs: ContentRef[] = [];
    for (const prepared of all) refs.push(await this.#keep(prepared));
    return refs;
  }

  /** Writes nothing. Rejects as `photoProblem` and `remake`. @throws Overloaded */
  prepare(file: SentFile): Promise<PreparedPhoto | Rejection> {
    const problem = photoProblem(file);
    return problem === undefined ? this.#make(file.bytes) : Promise.resolve(problem);
  }

  /** What `redact` would make, small and kept nowhere. Rejects as `redact`. @throws Overloaded, DamagedContent */
  async tryOut(original: ContentRef, boxes: readonly Box[]): Promise<Uint8Array | Rejection> {
    const prepared = await this.#burnt(original, boxes);
    return isRejection(prepared) ? prepared : prepared.preview.bytes;
  }

  /**
   * A new photo with boxes burnt in. The original stays until `replace` or its room erases it.
   * Rejects with `photo-unknown`, as `pixelBoxes`, `photo-damaged` or `photo-too-costly`. @throws Overloaded, DamagedContent
   */
  async redact(original: ContentRef, boxes: readonly Box[]): Promise<ContentRef | Rejection> {
    const prepared = await this.#burnt(original, boxes);
    return isRejection(prepared) ? prepared : this.#keep(prepared);
  }

  /**
   * Redacts a photo, lets its room say so in the log, and then erases the original for good. Where the log already has that
   * command, `append` answers with its first receipt, whatever it is given: a photo that was replaced cannot be read again.
   * Rejects as `redact`, through `append`, and as `append`; then nothing is erased. @throws Overloaded, DamagedContent
   */
  async replace<T extends object>(
    original: ContentRef,
    boxes: readonly Box[],
    { basis, by }: { basis: string; by: By },
    append: (redacted: ContentRef | Rejection) => Promise<T | Rejection>,
  ): Promise<T | Rejection> {
    const answer = await append(await this.redact(original, boxes));
    if (isRejection(answer)) return answer;
    const erased = await this.life.erase(original.id, basis, {
      ...by,
      commandId: `${by.commandId}/${original.id}`,
    });
    // Repeated, or erased by somebody else meanwhile: gone is gone.
    if (isRejection(erased) && !['content-erased', 'content-unknown'].includes(erased.rejected)) {
      return erased;
    }
    return answer;
  }

  async #burnt(original: ContentRef, boxes: readonly Box[]): Promise<PreparedPhoto | Rejection> {
    const content = (await this.contents.read([original])).get(original.id);
    if (content?.mediaType !== PHOTO_TYPE) return { rejected: 'photo-unknown' };
    const size = await sizeOf(content.bytes);
    if ('rejected' in size) return size;
    const burnt = pixelBoxes(boxes, size);
    return 'rejected' in burnt ? burnt : this.#make(content.bytes, burnt);
  }

  async #make(bytes: Uint8Array, boxes: readonly PixelBox[] = []): Promise<PreparedPhoto | Rejection> {
    const made = await this.turns.take(async () => {
      const photo = await remake(bytes, boxes);
      if ('rejected' in photo) return photo;
      const small = await preview(photo.bytes);
      return 'rejected' in small ? small : { photo, preview: small };
    });
    return made === 'too-long' ? { rejected: 'photo-too-costly' } : made;
  }

  async #keep({ photo, preview: { bytes } }: PreparedPhoto): Promise<ContentRef> {
    const ref = await this.contents.addFile({ mediaType: PHOTO_TYPE, bytes: photo.bytes });
    if (isRejection(ref)) throw new Error(`A photo made here was refused: ${ref.rejected}`);
    await this.previews.add(ref.id, bytes);
    return ref;
  }
}
