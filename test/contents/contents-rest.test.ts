import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { fromBase64url, toBase64url, utf8 } from '../../projections/bytes.js';
import { contentCommitment } from '../../src/contents/contents.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { KEYS, openApplication } from './application.js';
import { accepted, openWorld, write, type World } from './world.js';

let world: World;
let app: NestFastifyApplication;
beforeAll(async () => {
  world = await openWorld();
  app = await openApplication(world);
});
afterAll(async () => {
  await app.close();
  await world.close();
});

const unknownId = '11111111-1111-4111-8111-111111111111';
let requests = 0;

function post(
  path: string,
  payload: object,
  key?: string,
  commandId = `request-${String(++requests).padStart(16, '0')}`,
) {
  const headers = { 'idempotency-key': commandId, ...(key && { authorization: `Bearer ${key}` }) };
  return app.inject({ method: 'POST', url: `/api/v1/contents/${path}`, payload, headers });
}

async function get(id: string, headers: Record<string, string> = {}) {
  await world.seen();
  return app.inject({ method: 'GET', url: `/api/v1/contents/${id}`, headers });
}

describe('contents over REST', () => {
  it('go from unknown to public, hidden, public and erased', async () => {
    const { id, commitment } = await write(world, { es: 'Fuentes', en: 'Fountains' });
    expect((await get(id)).json()).toMatchObject({ status: 404, code: 'content-unknown' });

    accepted(await world.life.release([id], world.by()));
    const shown = await get(id);
    expect(shown.statusCode).toBe(200);
    const { salt, texts } = shown.json<{ salt: string; texts: object }>();
    expect(shown.json()).toEqual({ id, commitment, salt, texts: { en: 'Fountains', es: 'Fuentes' } });
    // Anybody can check it with what was answered.
    const bytes = utf8(JSON.stringify(texts));
    const computed = contentCommitment(nodeCrypto, { id, salt: fromBase64url(salt)!, bytes });
    expect(toBase64url(computed)).toBe(commitment);

    const again = await get(id, { 'if-none-match': String(shown.headers.etag) });
    expect([again.statusCode, again.body]).toEqual([304, '']);

    expect((await post(`${id}/hide`, { reason: 'insult' }, KEYS.administrator)).statusCode).toBe(200);
    expect((await get(id, { 'if-none-match': String(shown.headers.etag) })).json()).toMatchObject({
      status: 410,
      code: 'content-hidden',
    });
    const released = await post('release', { ids: [id] }, KEYS.administrator);
    expect(released.json()).toEqual({ released: 1, position: String(await world.store.head()) });
    expect((await get(id)).statusCode).toBe(200);
    const erased = await post(`${id}/erase`, { basis: 'gdpr-17' }, KEYS.administrator);
    expect(erased.json()).toMatchObject({ stream: `content-${id}`, events: [{ type: 'ContentErased' }] });
    expect((await get(id)).json()).toMatchObject({ status: 410, code: 'content-erased' });
  });

  it('are shown again by staff, never first, and then none of a request', async () => {
    const secret = await write(world, { es: 'secreto' });
    const record = await world.contents.addRecord(utf8('{"category":"lamp"}'));
    const hidden = await write(world, { es: 'x' });
    accepted(await world.life.release([hidden.id], world.by()));
    accepted(await world.life.hide(hidden.id, 'insult', world.by()));
    for (const { id } of [secret, record]) {
      const refused = await post('release', { ids: [hidden.id, id] }, KEYS.administrator);
      expect(refused.json()).toMatchObject({ status: 409, code: 'content-never-shown' });
      expect((await get(id)).statusCode).toBe(404);
    }
    expect((await get(hidden.id)).statusCode).toBe(410);
  });

  it('do once what is asked twice', async () => {
    const { id } = await write(world, { es: 'x' });
    accepted(await world.life.release([id], world.by()));
    const hide = () => post(`${id}/hide`, { reason: 'insult' }, KEYS.administrator, 'one-and-the-same-key');
    const [first, second] = [await hide(), await hide()];
    expect(first.json()).toMatchObject({ repeated: false });
    expect(second.json()).toEqual({ ...first.json<object>(), repeated: true });
    const other = await post(`${id}/hide`, { reason: 'other' }, KEYS.administrator, 'one-and-the-same-key');
    expect(other.json()).toMatchObject({ status: 422, code: 'command-id-reused' });
  });

  it('that were erased before anybody saw them say nothing of themselves', async () => {
    const { id } = await write(world, { es: 'secreto' });
    expect((await post(`${id}/erase`, { basis: 'gdpr-17' }, KEYS.administrator)).statusCode).toBe(200);
    expect((await get(id)).json()).toMatchObject({ status: 404, code: 'content-unknown' });
  });

  it.each(['image/png', 'application/pdf'])('serve a file so that it cannot run: %s', async (mediaType) => {
    const start = mediaType === 'image/png' ? '\x89PNG\r\n\x1a\n' : '%PDF-';
    const bytes = Buffer.from(`${start}<script>alert(1)</script>`, 'latin1');
    const { id, commitment } = accepted(await world.contents.addFile({ mediaType, bytes }));
    accepted(await world.life.release([id], world.by()));
    const shown = await get(id);
    expect(shown.rawPayload).toEqual(bytes);
    expect(shown.headers).toMatchObject({
      'content-type': mediaType,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'no-cache',
      'concejo-commitment': commitment,
    });
    const disposition = mediaType === 'image/png' ? /^inline;/ : /^attachment;/;
    expect(shown.headers['content-disposition']).toMatch(disposition);
  });

  it.each<[status: number, code: string, path: string, body: object, key: string | undefined]>([
    [401, 'sign-in-needed', 'release', { ids: [unknownId] }, undefined],
    [403, 'role-missing', 'release', { ids: [unknownId] }, KEYS.auditor],
    [403, 'role-missing', `${unknownId}/hide`, { reason: 'insult' }, KEYS.auditor],
    [403, 'role-missing', `${unknownId}/erase`, { basis: 'court' }, KEYS.auditor],
    [404, 'content-unknown', 'release', { ids: [unknownId] }, KEYS.administrator],
    [404, 'content-unknown', `${unknownId}/erase`, { basis: 'court' }, KEYS.administrator],
    [409, 'content-not-released', `${unknownId}/hide`, { reason: 'insult' }, KEYS.administrator],
    [422, 'invalid-input', `${unknownId}/hide`, { reason: 'He said: fool' }, KEYS.administrator],
    [422, 'invalid-input', 'release', { ids: ['x'] }, KEYS.administrator],
    [422, 'invalid-input', 'release', { ids: [] }, KEYS.administrator],
  ])('refuse with %i %s: %s %j', async (status, code, path, body, key) => {
    const answer = await post(path, body, key);
    expect(answer.json()).toMatchObject({ status, code });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  });

  it('say that something is unknown for an id that is none', async () => {
    expect((await get('x')).json()).toMatchObject({ status: 404, code: 'content-unknown' });
  });
});
