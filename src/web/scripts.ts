/** The scripts of the pages, as the build bundled them: each under a name that changes with it, so that it can be kept for ever. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

export interface Script {
  /** `audit-page-<hash>.js` */
  readonly file: string;
  readonly text: string;
}

const FOLDER = new URL('../../browser/bundled/', import.meta.url);

function scriptNamed(name: string): Script | undefined {
  let text: string;
  try {
    text = readFileSync(new URL(`${name}.js`, FOLDER), 'utf8');
  } catch {
    // Run from sources that nobody has bundled: the pages do without.
    return undefined;
  }
  const hash = createHash('sha256').update(text).digest('base64url').slice(0, 12);
  return { file: `${name}-${hash}.js`, text };
}

const [page, audit, checking, bundle, filing, ownLink, redaction, mattersMap] = [
  'audit-page',
  'audit-worker',
  'checking-worker',
  'bundle-worker',
  'filing',
  'own-link',
  'redaction',
  'matters-map',
].map(scriptNamed);

/** All of them or none. */
export const SCRIPTS =
  page === undefined ||
  audit === undefined ||
  checking === undefined ||
  bundle === undefined ||
  filing === undefined ||
  ownLink === undefined ||
  redaction === undefined ||
  mattersMap === undefined
    ? undefined
    : { page, audit, checking, bundle, filing, ownLink, redaction, mattersMap };

export function scriptAddress({ file }: Script): string {
  return `/assets/scripts/${file}`;
}
