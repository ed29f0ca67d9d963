/**
 * The bare limit of casting: plain Fastify, the checks of a ballot, and the same group commit, without NestJS, command log,
 * roll and views. Its one argument is a folder for its PostgreSQL; it prints where it listens and what ballots bind to.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import fastify from 'fastify';
import { ballotId, isSigned, parseBallot } from '../../projections/ballot.js';
import { openBox } from '../../projections/sealing.js';
import { toBase64url } from '../../projections/bytes.js';
import { leafBytes } from '../../projections/event.js';
import { leafHash } from '../../projections/hash.js';
import { hourOf } from '../../projections/turnout.view.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { eventId } from '../../src/event-store/event-ids.js';
import { PostgresEventStore } from '../../src/event-store/postgres.js';
import { openDatabase } from '../../src/postgres/database.js';
import { BALLOT_TYPE, MAX_BALLOT_BYTES } from '../../src/rest/media-types.js';
import { quietLog } from './scratch.js';

/** What it prints when it listens: where, and what ballots bind to. */
export interface BareServer {
  readonly port: number;
  readonly path: string;
  readonly electionId: string;
  readonly e: string;
  readonly boxKey: string;
}

const SEALED_BYTES = Number(process.argv[3]);
const electionId = randomUUID();
const e = toBase64url(randomBytes(32));
const secret = randomBytes(32);
const path = `/api/v1/elections/${electionId}/ballots`;

const database = await openDatabase({ folder: process.argv[2] ?? '' }, quietLog);
const store = new PostgresEventStore(database.pool);
const app = fastify({ bodyLimit: MAX_BALLOT_BYTES });
app.addContentTypeParser(BALLOT_TYPE, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
app.post(path, async (request, reply) => {
  const ballot = parseBallot(request.body as Buffer);
  if (typeof ballot === 'string' || ballot.e !== e || 't' in ballot)
    return reply.code(422).send({ code: 'refused' });
  const opener = { electionId, secret, sealedBytes: SEALED_BYTES };
  if (!isSigned(nodeCrypto, ballot) || typeof openBox(nodeCrypto, opener, ballot) === 'string') {
    return reply.code(422).send({ code: 'refused' });
  }
  const commandId = ballotId(nodeCrypto, ballot);
  const v = ballot.k.slice(0, 22);
  const stream = `ballots-${electionId}.${v}`;
  const id = eventId('system', commandId, 0);
  const at = hourOf(new Date().toISOString());
  const event = { type: 'BallotCast' as const, data: { electionId, v, id: commandId, ballot } };
  const leaf = leafBytes(event, { id, stream, at, actor: 'system' });
  const hash = leafHash(nodeCrypto, leaf);
  const requestDigest = createHash('sha256')
    .update(request.body as Buffer)
    .digest();
  const { position } = await store.append({
    stream,
    expected: 'no-stream',
    events: [{ id, type: event.type, leaf, hash }],
    commandId,
    requestDigest,
  });
  return reply
    .code(201)
    .send({ ballotId: commandId, leafHash: toBase64url(hash), position: String(position) });
});

process.once('SIGTERM', () => {
  void app
    .close()
    .then(() => store.close())
    .then(() => database.close());
});
const address = await app.listen({ port: 0, host: '127.0.0.1' });
const boxKey = toBase64url(nodeCrypto.boxPublicKey(secret));
const told: BareServer = { port: Number(new URL(address).port), path, electionId, e, boxKey };
console.log(JSON.stringify(told));
