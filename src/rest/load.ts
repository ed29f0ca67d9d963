/**
 * No more at once than the program can hold: requests being answered, bytes of their bodies, and bytes of answers that their readers have not taken.
 * What is beyond is refused at once (503), so that waiting costs the caller and not the memory. A reader that takes nothing is cut off.
 */
import { Readable } from 'node:stream';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Overloaded } from '../event-store/event-store.js';
import { whenOver } from './over.js';

export interface LoadLimits {
  /** Requests that are being answered. */
  readonly requests: number;
  /** Bytes of bodies that came with them. */
  readonly bodyBytes: number;
  /** Bytes of answers that are ready and not taken. */
  readonly bytes: number;
  /** How long a reader may take for an answer, or of a file for each `LEAST_BYTES` of it; milliseconds. */
  readonly answerMs: number;
}

/** A file waits on the disk and not in memory, so a slow reader may have it as long as she goes on. */
const LEAST_BYTES = 1_000_000;

export const LOAD_LIMITS: LoadLimits = {
  requests: 2_000,
  bodyBytes: 256_000_000,
  bytes: 128_000_000,
  answerMs: 120_000,
};

/** Whoever watches over the program hears that it lives also when it is full. */
const ALWAYS = /^\/health\/(live|ready)(\?|$)/;

export function limitLoad(app: NestFastifyApplication, limits: LoadLimits): void {
  const fastify = app.getHttpAdapter().getInstance();
  let requests = 0;
  let bodyBytes = 0;
  let bytes = 0;
  fastify.addHook('onRequest', (request, reply, done) => {
    const isFull = requests >= limits.requests || bodyBytes >= limits.bodyBytes || bytes >= limits.bytes;
    if (isFull && !ALWAYS.test(request.url)) {
      done(new Overloaded());
      return;
    }
    requests++;
    whenOver(request, reply, () => requests--);
    done();
  });
  fastify.addHook('preParsing', (request, reply, body, done) => {
    let came = 0;
    whenOver(request, reply, () => (bodyBytes -= came));
    body.on('data', (part: Buffer) => {
      came += part.length;
      bodyBytes += part.length;
      // Many that were let in together may bring more than there is room for.
      if (bodyBytes > limits.bodyBytes) request.raw.destroy();
    });
    done(null, body);
  });
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const length = Buffer.isBuffer(payload) || typeof payload === 'string' ? payload.length : 0;
    bytes += length;
    const { socket } = reply.raw;
    let taken = socket?.bytesWritten ?? 0;
    const cut = setTimeout(() => {
      const now = socket?.bytesWritten ?? 0;
      if (payload instanceof Readable && now >= taken + LEAST_BYTES) {
        taken = now;
        cut.refresh();
      } else reply.raw.destroy();
    }, limits.answerMs).unref();
    whenOver(request, reply, () => {
      clearTimeout(cut);
      bytes -= length;
    });
    done(null, payload);
  });
}
