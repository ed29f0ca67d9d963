/** Feeds in the Atom syndication format. Pure. @see RFC 4287 */

export interface Entry {
  /** An IRI that is the same for ever. */
  readonly id: string;
  readonly title: string;
  readonly updated: string;
  readonly published?: string;
  readonly link: string;
  readonly category?: { readonly term: string; readonly label: string };
  readonly text?: string;
}

export interface Feed {
  readonly id: string;
  /** Of its words. */
  readonly language: string;
  readonly title: string;
  /** Of the last change; where there is none, when the log of the city begins. */
  readonly updated: string;
  readonly self: string;
  readonly alternate: string;
  readonly author: string;
  readonly entries: readonly Entry[];
}

export function atom({ id, language, title, updated, self, alternate, author, entries }: Feed): string {
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${xml(language)}">`,
    `<id>${xml(id)}</id><title>${xml(title)}</title><updated>${xml(updated)}</updated>`,
    `<link rel="self" type="application/atom+xml" href="${xml(self)}"/>`,
    `<link rel="alternate" type="text/html" href="${xml(alternate)}"/>`,
    `<author><name>${xml(author)}</name></author>`,
    ...entries.map(entry),
    '</feed>\n',
  ].join('\n');
}

function entry({ id, title, updated, published, link, category, text }: Entry): string {
  return [
    `<entry><id>${xml(id)}</id><title>${xml(title)}</title><updated>${xml(updated)}</updated>`,
    published === undefined ? '' : `<published>${xml(published)}</published>`,
    `<link rel="alternate" type="text/html" href="${xml(link)}"/>`,
    category === undefined ? '' : `<category term="${xml(category.term)}" label="${xml(category.label)}"/>`,
    text === undefined ? '' : `<content type="text">${xml(text)}</content>`,
    '</entry>',
  ].join('');
}

/** Without characters that no XML 1.0 may hold. @see https://www.w3.org/TR/xml/#charsets */
function xml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);
}
