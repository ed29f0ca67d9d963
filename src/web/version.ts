/** Names that change when the pages do: of the style sheet, so that it can be kept for ever, and of the pages, for ETags. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { STYLE } from './style.css.js';

/** `pages-<hash>.css` */
export const STYLE_FILE = `pages-${digest(STYLE)}.css`;

/** A hash over the code of this room: after an update nobody is told that an old page is still good. */
export const PAGES_VERSION = digest(...ownFiles());

function ownFiles(): string[] {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  return readdirSync(folder)
    .filter((name) => /\.(js|ts|tsx)$/.test(name))
    .sort()
    .map((name) => `${name}\n${readFileSync(folder + name, 'utf8')}`);
}

function digest(...texts: string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text);
  return hash.digest('base64url').slice(0, 12);
}
