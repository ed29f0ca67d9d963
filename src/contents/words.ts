/** What a file says in words, as contents: what is kept already stays as it is, so that the same file changes nothing. */
import { isRejection } from '../event-store/command-log.js';
import type { ContentRef, Contents } from './contents.js';
import { textBytes, type Texts } from './text.js';

const NOT_WRITTEN: ContentRef = { id: '', commitment: '' };

/** Each by a name of the file's own. */
export class Words {
  readonly #wanted = new Map<string, { texts: Texts; known: ContentRef | undefined }>();
  readonly #refs = new Map<string, ContentRef>();

  /** @param known what holds the words of this name now */
  want(what: string, texts: Texts, known: ContentRef | undefined): void {
    this.#wanted.set(what, { texts, known });
  }

  /** Looks at what is kept, and writes what is not or differs. */
  async write(contents: Contents): Promise<void> {
    const missing = await this.compare(contents);
    const added = await contents.addTexts(missing);
    // Whoever read the file has looked at every one of them, and knows their fields.
    if (isRejection(added)) throw new Error(`Words of a checked file were refused: ${added.rejected}`);
    for (const [index, ref] of added.entries()) this.#refs.set(missing[index]?.field ?? '', ref);
  }

  /** Looks at what is kept, and writes nothing: what would be written has a reference to nothing. */
  async compare(contents: Pick<Contents, 'readTexts'>): Promise<readonly { field: string; texts: Texts }[]> {
    const known = [...this.#wanted.values()].flatMap((entry) => entry.known ?? []);
    const kept = await contents.readTexts(known);
    const missing: { field: string; texts: Texts }[] = [];
    for (const [what, { texts, known: ref }] of this.#wanted) {
      const before = ref && kept.get(ref.id);
      if (ref !== undefined && before !== undefined && sameTexts(before, texts)) this.#refs.set(what, ref);
      else missing.push({ field: what, texts });
    }
    for (const { field } of missing) this.#refs.set(field, NOT_WRITTEN);
    return missing;
  }

  /** @throws Error for what was not wanted, or not written yet */
  ref(what: string): ContentRef {
    const ref = this.#refs.get(what);
    if (ref === undefined) throw new Error(`No words were written for ${what}`);
    return ref;
  }
}

function sameTexts(one: Texts, other: Texts): boolean {
  return Buffer.from(textBytes(one)).equals(textBytes(other));
}
