/** The bodies that the program reads; forms are read by NestJS. */
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { RawServerDefault } from 'fastify';
import { Problem } from './problem.js';

/** A ballot, in the very bytes that its voter signed. */
export const BALLOT_TYPE = 'application/vnd.concejo.ballot+json';
export const MAX_BALLOT_BYTES = 65_536;
/** Of every other body; an address that takes more says so itself. */
export const MAX_BODY_BYTES = 1_048_576;

/** A ballot comes to its handler as a `Buffer`: it is verified before it is parsed. */
export function readBallots(app: NestFastifyApplication): void {
  app.useBodyParser(BALLOT_TYPE, { bodyLimit: MAX_BALLOT_BYTES }, (_request, body, done) => done(null, body));
}

/** As Fastify reads it (a body that would change a prototype is refused), with a problem of its own for what is not JSON. */
export function readJson(app: NestFastifyApplication): void {
  const parse = app.getHttpAdapter().getInstance().getDefaultJsonParser('error', 'error');
  app.useBodyParser<RawServerDefault>(
    'application/json',
    { bodyLimit: MAX_BODY_BYTES },
    (request, body, done) => {
      if (body.length === 0) {
        done(new Problem('malformed-json'));
        return;
      }
      void parse(request, body.toString('utf8'), (error, value: unknown) => {
        if (error === null) done(null, value);
        else done(new Problem('malformed-json'));
      });
    },
  );
}
