/** A log that a small server shows over HTTP from leaves and a key, so that a test can make it lie. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { concat, toBase64url, utf8 } from '../../projections/bytes.js';
import { leafHash, merkleRoot } from '../../projections/hash.js';
import { parseTilePath, widthIn } from '../../projections/ledger/tile-path.js';
import { writeEntryBundle } from '../../projections/ledger/tiles.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { checkpointBy, logSigner, type Signer } from '../ledger/signers.js';
import type { Story } from './story.js';

/** Bytes, or whatever else a server can do. */
export type Reply = Uint8Array | string | ((response: ServerResponse) => void);

const LOG = logSigner();

/** `count` entries of a history; two histories with one word begin alike. */
export function entriesOf(word: string, count: number, from = 0): Uint8Array[] {
  return Array.from({ length: count }, (_, at) => utf8(`${word} ${from + at}`));
}

export class LogServer {
  leaves: Uint8Array[] = [];
  /** How many of them are under the head; all by default. */
  shown: number | undefined;
  signers: readonly Signer[] = [LOG];
  /** What is answered at a path in place of what is right. */
  readonly lies = new Map<string, Reply>();
  /** Paths in the order asked. */
  readonly asked: string[] = [];
  story: Story | undefined;
  url = '';
  readonly #server = createServer((request, response) => {
    const path = request.url ?? '';
    this.asked.push(path);
    const reply = this.lies.get(path) ?? this.#right(path);
    if (typeof reply === 'function') reply(response);
    else if (reply === undefined)
      response.writeHead(404, { 'content-type': 'application/problem+json' }).end('{}');
    else response.writeHead(200, { 'content-type': typeOf(path) }).end(reply);
  });

  static async start(leaves: Uint8Array[] = []): Promise<LogServer> {
    const server = new LogServer();
    server.leaves = leaves;
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    server.url = `http://127.0.0.1:${(server.#server.address() as AddressInfo).port}`;
    return server;
  }

  static async telling(story: Story): Promise<LogServer> {
    const server = await LogServer.start([...story.leaves]);
    server.story = story;
    server.lies.set('/log/checkpoint', story.heads.checkpoint!);
    return server;
  }

  get size(): number {
    return this.shown ?? this.leaves.length;
  }

  /** The signed head of the first leaves. */
  note(size = this.size): Uint8Array {
    const hashes = this.leaves.slice(0, size).map((leaf) => leafHash(nodeCrypto, leaf));
    return checkpointBy(this.signers, { size: BigInt(size), root: merkleRoot(nodeCrypto, hashes) });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #right(path: string): Uint8Array | string | undefined {
    if (path === '/log/checkpoint') return this.note();
    if (path === '/log/vkeys') return `${LOG.vkey}\n`;
    if (path.startsWith('/log/')) return this.#tile(path.slice('/log/'.length));
    const [, kind, id] = /^\/api\/v1\/(contents|results)\/([\w-]+)$/.exec(path) ?? [];
    if (kind === 'results') return this.story?.results.find(({ outputDigest }) => outputDigest === id)?.bytes;
    const content = this.story?.contents.find((one) => one.id === id);
    if (content === undefined) return undefined;
    const texts = JSON.parse(Buffer.from(content.bytes).toString()) as object;
    return JSON.stringify({ id, salt: toBase64url(content.salt), texts });
  }

  #tile(path: string): Uint8Array | undefined {
    const name = parseTilePath(path);
    if (name === undefined || name.width > widthIn(BigInt(this.size), name.level, name.index))
      return undefined;
    const first = Number(name.index) * 256;
    if (name.level === 'entries') return writeEntryBundle(this.leaves.slice(first, first + name.width));
    const each = 256 ** name.level;
    const hashes = Array.from({ length: name.width }, (_, at) => {
      const leaves = this.leaves.slice((first + at) * each, (first + at + 1) * each);
      return merkleRoot(
        nodeCrypto,
        leaves.map((leaf) => leafHash(nodeCrypto, leaf)),
      );
    });
    return concat(...hashes);
  }
}

function typeOf(path: string): string {
  if (path.startsWith('/api/')) return 'application/json';
  return path.startsWith('/log/tile/') ? 'application/octet-stream' : 'text/plain; charset=utf-8';
}
