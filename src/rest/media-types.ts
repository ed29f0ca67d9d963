/** Bodies that the program reads besides JSON and forms. */
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** A ballot, in the very bytes that its voter signed. */
export const BALLOT_TYPE = 'application/vnd.concejo.ballot+json';
export const MAX_BALLOT_BYTES = 65_536;
/** Of every other body; an address that takes more says so itself. */
export const MAX_BODY_BYTES = 1_048_576;

/** A ballot comes to its handler as a `Buffer`: it is verified before it is parsed. */
export function readBallots(app: NestFastifyApplication): void {
  app.useBodyParser(BALLOT_TYPE, { bodyLimit: MAX_BALLOT_BYTES }, (_request, body, done) => done(null, body));
}
