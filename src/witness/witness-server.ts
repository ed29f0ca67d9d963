/** A witness over plain HTTP. What stands before it speaks https. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Crypto } from '../../projections/crypto.js';
import { writeVerifierKey } from '../../projections/ledger/verifier-key.js';
import { TEXT_TYPE, type Answer, type Witness } from './witness.js';
import { originHash } from './witness-memory.js';

/** A proof and a checkpoint with a hundred of the longest signatures. */
const MAX_BODY_BYTES = 512 * 1024;
/** For a whole request to come in. */
const REQUEST_MS = 10_000;
const MOST_CONNECTIONS = 256;

/** @param failed told of what the witness could not do */
export function witnessServer(
  crypto: Pick<Crypto, 'sha256'>,
  witness: Witness,
  failed: (error: unknown) => void,
): Server {
  const server = createServer(
    { requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS, connectionsCheckingInterval: 2_000 },
    (request, response) => {
      answerTo(crypto, witness, request)
        .catch((error: unknown): Answer => {
          failed(error);
          return { status: 500, type: TEXT_TYPE, body: 'witness-failed\n' };
        })
        .then((answer) => send(request, response, answer))
        .catch(failed);
    },
  );
  server.maxConnections = MOST_CONNECTIONS;
  return server;
}

async function answerTo(
  crypto: Pick<Crypto, 'sha256'>,
  witness: Witness,
  request: IncomingMessage,
): Promise<Answer> {
  const { method, url = '/' } = request;
  const [path = '/'] = url.split('?');
  if (path === '/add-checkpoint') {
    if (method !== 'POST') return text(405, 'method-not-allowed\n');
    const body = await bodyOf(request);
    return body === undefined ? text(413, 'request-too-large\n') : witness.addCheckpoint(body);
  }
  const [, hash] = /^\/([0-9a-f]{64})\/checkpoint$/.exec(path) ?? [];
  if (hash === undefined && path !== '/') return text(404, 'address-unknown\n');
  if (method !== 'GET' && method !== 'HEAD') return text(405, 'method-not-allowed\n');
  if (hash === undefined) return text(200, about(crypto, witness));
  const note = await witness.checkpoint(hash);
  return note === undefined ? text(404, 'checkpoint-unknown\n') : text(200, note);
}

/** The body; `undefined` where it is too long, as soon as that is seen, or does not come to its end. */
function bodyOf(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  return new Promise((resolve) => {
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= MAX_BODY_BYTES) chunks.push(chunk);
      else {
        // The answer goes first; what still comes is passed over, for as long as a request may take.
        request.removeAllListeners('data').resume();
        resolve(undefined);
      }
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', () => resolve(undefined)).once('close', () => resolve(undefined));
  });
}

function about(crypto: Pick<Crypto, 'sha256'>, { key, logs }: Witness): string {
  const followed = [...logs.keys()].map(
    (origin) => `  ${origin}\n    last head: /${originHash(crypto, origin)}/checkpoint\n`,
  );
  return (
    `This is ${key.verifier.name}, a witness of transparency logs.\n\n` +
    'A log shows it every new head. The witness signs the head only if everything that it signed before is still in\n' +
    'it, unchanged. So a log that asks it cannot show one history to some people and another one to others.\n\n' +
    `Its key: ${writeVerifierKey(key.verifier)}\n` +
    `The logs that it follows:${followed.length === 0 ? ' none yet' : `\n${followed.join('')}`}\n\n` +
    'For programs: POST /add-checkpoint (https://c2sp.org/tlog-witness).\n'
  );
}

function send(request: IncomingMessage, response: ServerResponse, { status, type, body }: Answer): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, {
    'content-type': type,
    'content-length': bytes.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(status === 405 && { allow: request.url === '/add-checkpoint' ? 'POST' : 'GET, HEAD' }),
  });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

function text(status: number, body: string): Answer {
  return { status, type: TEXT_TYPE, body };
}
