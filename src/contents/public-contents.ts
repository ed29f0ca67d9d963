/** Contents as everybody sees them: released, and neither hidden nor erased. Every query joins its texts here. */
import type { ContentRow } from '../../projections/contents.view.js';
import { contentsView } from '../../projections/contents.view.js';
import type { Views } from '../views/views.js';
import {
  RECORD_MEDIA_TYPE,
  type Content,
  type ContentRef,
  type Contents,
  type DamagedContent,
} from './contents.js';
import { parseTexts, TEXT_MEDIA_TYPE, textIn, type Texts } from './text.js';

export type { Texts } from './text.js';

export interface SeenTexts {
  /** By content id; what is not public has no entry. */
  readonly texts: ReadonlyMap<string, Texts>;
  /** Records of rooms (`Contents.addRecord`), likewise. */
  readonly records: ReadonlyMap<string, unknown>;
  /** Ids of all that are public, of whatever kind. */
  readonly shown: ReadonlySet<string>;
  /** Position of the last event that changed whether one of them is shown, -1n for none: part of an ETag. */
  readonly changed: bigint;
}

export class PublicContents {
  constructor(
    private readonly views: Views,
    private readonly contents: Contents,
    /** Told of a damaged content, which is then not shown: one changed byte must not take a whole page down. */
    private readonly onDamaged: (damaged: DamagedContent) => void,
  ) {}

  /** The words of one text in the best of these languages; `undefined` when it is not public. */
  async text(ref: ContentRef, languages: readonly string[]): Promise<string | undefined> {
    const texts = (await this.many([ref])).get(ref.id);
    return texts && textIn(texts, languages);
  }

  /** Texts by content id, in all their languages, in two queries for however many. What is not public is absent. */
  async many(refs: readonly ContentRef[]): Promise<ReadonlyMap<string, Texts>> {
    return (await this.see(refs)).texts;
  }

  /**
   * As `many`, with the position that an ETag needs: hiding a title changes the page. The position comes with the rows, and
   * the texts after both, so that a change in between makes the tag older than the body.
   * @param files of which only whether they are public is asked, and no bytes are read @throws ViewsBehind
   */
  async see(refs: readonly ContentRef[], files: readonly ContentRef[] = []): Promise<SeenTexts> {
    const all = [...refs, ...files];
    const rows = await this.views.many(contentsView, [...new Set(all.map((ref) => ref.id))]);
    let changed = -1;
    for (const row of rows.values()) changed = Math.max(changed, row.changed);
    const isShown = ({ id }: ContentRef) => rows.get(id)?.state === 'released';
    const shown = refs.filter(isShown);
    const texts = new Map<string, Texts>();
    const records = new Map<string, unknown>();
    const found = shown.length === 0 ? [] : (await this.contents.read(shown, this.onDamaged)).values();
    for (const { id, mediaType, bytes } of found) {
      if (mediaType === TEXT_MEDIA_TYPE) texts.set(id, parseTexts(bytes));
      else if (mediaType === RECORD_MEDIA_TYPE) records.set(id, JSON.parse(new TextDecoder().decode(bytes)));
    }
    const ids = new Set(all.filter(isShown).map(({ id }) => id));
    return { texts, records, shown: ids, changed: BigInt(changed) };
  }

  /** One content of any kind by its id alone, with what the log says of it. @throws ViewsBehind */
  async one(
    id: string,
  ): Promise<{ row: ContentRow | undefined; content: Content | undefined; texts: Texts | undefined }> {
    const row = await this.views.get(contentsView, id);
    if (row?.state !== 'released') return { row, content: undefined, texts: undefined };
    const ref = { id, commitment: row.commitment ?? '' };
    const content = (await this.contents.read([ref], this.onDamaged)).get(id);
    const texts = content?.mediaType === TEXT_MEDIA_TYPE ? parseTexts(content.bytes) : undefined;
    return { row, content, texts };
  }
}
