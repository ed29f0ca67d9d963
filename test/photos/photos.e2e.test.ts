/** Photos from a form to everybody's screen, over HTTP and through the whole program. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, HttpCode, Inject, Module, Post, Req } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import sharp from 'sharp';
import { ContentLife } from '../../src/contents/content-life.js';
import { isRejection } from '../../src/event-store/command-log.js';
import { MAX_PHOTO_BYTES } from '../../src/photos/photo-kinds.js';
import { MOST_BY_LINK } from '../../src/photos/photo-limits.js';
import { PhotosModule } from '../../src/photos/photos.module.js';
import { PHOTO_PROBLEMS, REDACTION_PROBLEMS } from '../../src/photos/photos.problems.js';
import { Photos } from '../../src/photos/photos.js';
import { multipartForm } from '../../src/rest/forms.js';
import { FORM_PROBLEMS } from '../../src/rest/forms.problems.js';
import { accepted } from '../../src/rest/problem.js';
import { isRegistered } from '../../src/rest/problems.js';
import { Site } from '../rest/site.js';
import { bomb, GIF, halves, HEIC, SVG, telephonePhoto } from './pictures.js';

const LIMITS = { fields: 5, fieldBytes: 1_000, files: 3, fileBytes: MAX_PHOTO_BYTES };

/** As a room that takes photos does it. */
@Controller('try/photos')
class TryController {
  constructor(@Inject(Photos) private readonly photos: Photos) {}

  @Post()
  @HttpCode(200)
  @RouteConfig({ multipart: true })
  async add(@Req() request: FastifyRequest) {
    const { fields, files } = await multipartForm(request, LIMITS);
    const link = typeof fields.link === 'string' ? { link: fields.link } : {};
    return { photos: accepted(await this.photos.add(files, { address: request.ip, ...link })) };
  }
}

@Module({ imports: [PhotosModule], controllers: [TryController] })
class TryModule {}

let site: Site;
beforeAll(async () => {
  site = await Site.start({ modules: [TryModule] });
});
afterAll(() => site.stop());

function send(bytes: Uint8Array, name: string, type: string, link?: string): Promise<Response> {
  const body = new FormData();
  if (link !== undefined) body.append('link', link);
  body.append('photo', new Blob([Buffer.from(bytes)], { type }), name);
  return site.fetch('/try/photos', { method: 'POST', body });
}

async function added(bytes: Uint8Array): Promise<string> {
  const response = await send(bytes, 'IMG_0001.jpg', 'image/jpeg');
  const { photos } = (await response.json()) as { photos: { id: string }[] };
  return photos[0]!.id;
}

let requests = 0;
const write = (path: string, body: object) =>
  site.as('ana', 'POST', path, { body, id: `photos-${String(++requests).padStart(16, '0')}` });

/** As a room does. */
async function release(id: string): Promise<string> {
  const commandId = `photos-${String(++requests).padStart(16, '0')}`;
  const by = { commandId, actor: { id: 'system', roles: [] }, request: new Uint8Array() };
  const released = await site.running.app.get(ContentLife, { strict: false }).release([id], by);
  if (isRejection(released)) throw new Error(released.rejected);
  return `?atLeast=${released.position}`;
}

describe('a photo over HTTP', () => {
  it('is shown after its release, with the headers of what strangers sent, without what its camera wrote', async () => {
    const id = await added(await telephonePhoto(1_600, 800));
    for (const path of [`/api/v1/contents/${id}`, `/api/v1/photos/${id}/preview`]) {
      expect((await site.fetch(path)).status).toBe(404);
    }
    const fresh = await release(id);
    for (const [path, width] of [
      [`/api/v1/contents/${id}`, 800],
      [`/api/v1/photos/${id}/preview`, 400],
    ] as const) {
      const response = await site.fetch(path + fresh);
      expect(response.status).toBe(200);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': 'image/jpeg',
        'content-disposition': expect.stringMatching(/^inline; filename="[0-9a-f-]+(-preview)?\.jpeg"$/),
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox",
        'cache-control': 'no-cache',
      });
      const bytes = Buffer.from(await response.arrayBuffer());
      expect(bytes.includes('Secretphone')).toBe(false);
      const { exif, ...size } = await sharp(bytes).metadata();
      expect(exif).toBeUndefined();
      expect(size).toMatchObject({ width, height: width * 2 });
      const etag = response.headers.get('etag')!;
      expect((await site.fetch(path, { headers: { 'if-none-match': etag } })).status).toBe(304);
    }
    // What is erased is gone as a whole.
    await write(`/api/v1/contents/${id}/erase`, { basis: 'gdpr-17' });
    for (const path of [`/api/v1/contents/${id}`, `/api/v1/photos/${id}/preview`]) {
      const gone = await site.fetch(`${path}?atLeast=${Number(fresh.split('=')[1]) + 1}`);
      expect([gone.status, await gone.json()]).toMatchObject([410, { code: 'content-erased' }]);
    }
  });

  it('has no preview where there is no photo', async () => {
    for (const id of ['nobody', '11111111-1111-4111-8111-111111111111']) {
      expect(await (await site.fetch(`/api/v1/photos/${id}/preview`)).json()).toMatchObject({
        code: 'content-unknown',
      });
    }
  });

  it.each<[string, number, string, () => Promise<Uint8Array> | Uint8Array]>([
    ['file-type-mismatch', 422, 'image/jpeg', () => halves(8, 8).png().toBuffer()],
    ['file-type-mismatch', 422, 'text/html', () => halves(8, 8).jpeg().toBuffer()],
    ['photo-is-heic', 415, 'image/heic', () => HEIC],
    ['photo-type-not-allowed', 415, 'image/gif', () => GIF],
    ['photo-type-not-allowed', 415, 'image/svg+xml', () => SVG],
    ['photo-damaged', 422, 'image/jpeg', async () => (await telephonePhoto(640, 640)).subarray(0, -100)],
    ['photo-too-many-pixels', 422, 'image/png', () => bomb(30_000)],
    ['file-too-large', 413, 'image/jpeg', () => Buffer.alloc(6_000_000, 0xff)],
    ['file-empty', 422, 'image/jpeg', () => Buffer.alloc(0)],
  ])('is refused with %s (%s) as %s', async (code, status, type, bytes) => {
    const response = await send(await bytes(), 'photo.jpg', type);
    expect([response.status, await response.json()]).toMatchObject([status, { code, status }]);
  });

  it('says what to do with a photo of a kind that is not taken', async () => {
    const { detail } = (await (await send(HEIC, 'IMG.HEIC', 'image/heic')).json()) as { detail: string };
    expect(detail).toContain('Share or export it as JPEG');
    expect(detail).toContain('iPhone');
  });

  it('is taken so often by one link, and then not before Retry-After', async () => {
    const bytes = await halves(8, 8).jpeg().toBuffer();
    for (let n = 0; n < MOST_BY_LINK; n++) {
      expect((await send(bytes, 'a.jpg', 'image/jpeg', 'mine')).status).toBe(200);
    }
    const refused = await send(bytes, 'a.jpg', 'image/jpeg', 'mine');
    expect([refused.status, await refused.json()]).toMatchObject([429, { code: 'photos-too-many' }]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(86_000);
    expect((await send(bytes, 'a.jpg', 'image/jpeg', 'hers')).status).toBe(200);
  });

  it('is refused with codes that have a sentence', () => {
    for (const code of [...PHOTO_PROBLEMS, ...REDACTION_PROBLEMS, ...FORM_PROBLEMS]) {
      expect([code, isRegistered(code)]).toEqual([code, true]);
    }
  });

  it('is a form that no other address reads', async () => {
    const body = new FormData();
    body.append('ids', 'x');
    const refused = await site.fetch('/api/v1/contents/release', { method: 'POST', body });
    expect([refused.status, await refused.json()]).toMatchObject([415, { code: 'media-type-unsupported' }]);
  });
});
