/**
 * A live log as it is read over HTTP by somebody who does not trust it: `/log` of a site in the layout of C2SP tlog-tiles, and
 * the contents and results that belong to it.
 */
import { fromBase64url } from '../../projections/bytes.js';
import { jcs } from '../../projections/canonical.js';
import type { Crypto } from '../../projections/crypto.js';
import type { GivenContent } from '../../projections/audit/content-checks.js';
import { MAX_MEMBER_BYTES } from '../../projections/audit/tar.js';
import { TILE_WIDTH, tilePath, type TileName } from '../../projections/ledger/tile-path.js';
import { parseEntryBundle, writeEntryBundle } from '../../projections/ledger/tiles.js';
import { parseVerifierKey } from '../../projections/ledger/verifier-key.js';
import { HASH_BYTES } from '../../projections/ledger/tree.js';
import { LogUnreadable, PatientFetch, type Answer, type FetchOptions } from './patient-fetch.js';

/** A hundred signature lines of the longest kind there is; every head that is seen is kept. */
const MAX_NOTE_BYTES = 400_000;
const MAX_KEYS_BYTES = 100_000;
/** Above ten thousand characters in each of ten languages. What a parser makes of it may take fifty times its size. */
const MAX_TEXT_BYTES = 2_000_000;
const MAX_TILE_BYTES = TILE_WIDTH * HASH_BYTES;
/** Each entry behind its length in two bytes. */
const MAX_BUNDLE_BYTES = TILE_WIDTH * (2 + 0xffff);

export class RemoteLog {
  readonly site: URL;
  readonly #fetch: PatientFetch;

  /** @param site where it is: `/log` and `/api` lie under it @throws LogUnreadable `address-malformed` */
  constructor(site: string, options: FetchOptions = {}) {
    const url = URL.canParse(site) ? new URL(site) : undefined;
    if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
      throw new LogUnreadable(
        'address-malformed',
        `${site} is not the address of a site, such as https://vota.example.org`,
      );
    }
    url.search = url.hash = '';
    if (!url.pathname.endsWith('/')) url.pathname += '/';
    this.site = url;
    this.#fetch = new PatientFetch(options);
  }

  /** The signed head that is shown now, as bytes. @throws LogUnreadable */
  checkpoint(): Promise<Uint8Array> {
    return this.#text('log/checkpoint', MAX_NOTE_BYTES);
  }

  /** Whom to trust, as the log itself says it: its keys, and no witness. A policy file. @throws LogUnreadable */
  async ownPolicy(crypto: Pick<Crypto, 'sha256' | 'isKey'>): Promise<Uint8Array> {
    const lines = new TextDecoder().decode(await this.#text('log/vkeys', MAX_KEYS_BYTES)).split('\n');
    const keys = lines.filter((line) => typeof parseVerifierKey(crypto, line) !== 'string');
    if (keys.length === 0) throw this.#otherKind('log/vkeys');
    return new TextEncoder().encode(`${keys.map((key) => `log ${key}\n`).join('')}quorum none\n`);
  }

  /** A tile or entry bundle, out of a wider one where there is no other; `undefined` where there is none. @throws LogUnreadable */
  async tile(name: TileName): Promise<Uint8Array | undefined> {
    const bytes = await this.#tile(name);
    if (bytes !== undefined || name.width === TILE_WIDTH) return bytes;
    // A mirror may keep the full one only.
    const full = await this.#tile({ ...name, width: TILE_WIDTH });
    if (full === undefined) return undefined;
    if (name.level !== 'entries') return full.slice(0, name.width * HASH_BYTES);
    const entries = parseEntryBundle(full, TILE_WIDTH);
    return typeof entries === 'string' ? full : writeEntryBundle(entries.slice(0, name.width));
  }

  /**
   * A content and the salt of its commitment. `gone`: it was public, and is shown no longer; `unknown`: it is not there.
   * What is given is whatever came, also if it is not of that form: its commitment will not be the one in the log.
   * @throws LogUnreadable
   */
  async content(id: string): Promise<GivenContent | 'gone' | 'unknown'> {
    const path = `api/v1/contents/${encodeURIComponent(id)}`;
    const { status, headers, bytes } = await this.#get(path, MAX_MEMBER_BYTES);
    if (status === 410) return 'gone';
    if (status === 404) return 'unknown';
    if (status !== 200) throw this.#otherKind(path);
    const salt = headers.get('concejo-salt');
    if (salt !== null) return { id, salt: fromBase64url(salt) ?? new Uint8Array(), bytes };
    return textIn(id, bytes) ?? { id, salt: new Uint8Array(), bytes };
  }

  /** The canonical bytes of the result with a digest; `undefined` where it is not kept. @throws LogUnreadable */
  async result(digest: string): Promise<Uint8Array | undefined> {
    const path = `api/v1/results/${encodeURIComponent(digest)}`;
    const { status, bytes } = await this.#get(path, MAX_MEMBER_BYTES);
    return status === 200 ? bytes : undefined;
  }

  async #tile(name: TileName): Promise<Uint8Array | undefined> {
    const path = `log/${tilePath(name)}`;
    const most = name.level === 'entries' ? MAX_BUNDLE_BYTES : MAX_TILE_BYTES;
    const { status, headers, bytes } = await this.#get(path, most);
    if (status === 404 || status === 410) return undefined;
    if (status !== 200 || isPage(headers)) throw this.#otherKind(path);
    return bytes;
  }

  async #text(path: string, maxBytes: number): Promise<Uint8Array> {
    const { status, headers, bytes } = await this.#get(path, maxBytes);
    if (status === 404) {
      throw new LogUnreadable(
        'log-not-found',
        `${this.#address(path).href} is not there: either nothing was signed yet, or this is not the address of a Concejo site.`,
      );
    }
    if (status !== 200 || isPage(headers)) throw this.#otherKind(path);
    return bytes;
  }

  #get(path: string, maxBytes: number): Promise<Answer> {
    return this.#fetch.get(this.#address(path), maxBytes);
  }

  #address(path: string): URL {
    return new URL(path, this.site);
  }

  #otherKind(path: string): LogUnreadable {
    return new LogUnreadable(
      'answer-of-another-kind',
      `${this.#address(path).href} answers something else than a log does. Is it the address of a Concejo site, and does nothing stand before it?`,
    );
  }
}

/** Whatever stands before a site (a sign-in, a notice) answers with pages. */
function isPage(headers: Headers): boolean {
  return /^\s*(text\/html|application\/xhtml)/i.test(headers.get('content-type') ?? '');
}

/** A text as it was committed to: its bytes are the canonical JSON of language to words. */
function textIn(id: string, bytes: Uint8Array): GivenContent | undefined {
  if (bytes.length > MAX_TEXT_BYTES) return undefined;
  try {
    const answer = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Record<
      string,
      unknown
    >;
    const { salt, texts } = answer;
    if (typeof salt !== 'string' || typeof texts !== 'object' || texts === null) return undefined;
    return {
      id,
      salt: fromBase64url(salt) ?? new Uint8Array(),
      bytes: new TextEncoder().encode(jcs(texts)),
    };
  } catch {
    return undefined;
  }
}
