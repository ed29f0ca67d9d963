/** Photos as contents: kept, limited, redacted and shown, on a database. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import type { ContentRef } from '../../src/contents/contents.js';
import type { Rejection } from '../../src/event-store/command-log.js';
import type { Box } from '../../src/photos/boxes.js';
import { MOST_BY_ADDRESS, MOST_BY_LINK, PhotoLimits } from '../../src/photos/photo-limits.js';
import { PHOTO_TURNS, Photos } from '../../src/photos/photos.js';
import { GetPreview, GetPreviewHandler } from '../../src/photos/photos.queries.js';
import { Previews } from '../../src/photos/previews.js';
import { Turns } from '../../src/photos/turns.js';
import { accepted, openWorld, type World } from '../contents/world.js';
import { halves, HEIC, pixelAt, telephonePhoto } from './pictures.js';

const DAY_MS = 24 * 60 * 60 * 1_000;

let world: World;
let previews: Previews;
let photos: Photos;
let nowMs = 0;
beforeAll(async () => {
  world = await openWorld();
  previews = new Previews(world.pool);
});
afterAll(() => world.close());
beforeEach(() => {
  photos = photosWith(new Turns(PHOTO_TURNS));
});

function photosWith(turns: Turns): Photos {
  return new Photos(world.contents, world.life, previews, new PhotoLimits(() => nowMs), turns);
}

const sender = { address: '192.0.2.1' };

async function added(bytes: Uint8Array): Promise<ContentRef> {
  const [ref] = accepted(await photos.add([{ bytes }], sender));
  return ref!;
}

async function count(table: 'contents' | 'photo_previews'): Promise<number> {
  const { rows } = await world.pool.query<{ n: number }>(`select count(*)::int as n from ${table}`);
  return rows[0]!.n;
}

async function bytesOf(ref: ContentRef): Promise<Uint8Array | undefined> {
  return (await world.contents.read([ref])).get(ref.id)?.bytes;
}

const box: Box = { unit: 'permille', left: 0, top: 0, width: 500, height: 1_000 };

describe('photos', () => {
  it('are kept as they were made anew, with a preview, and never as they were sent', async () => {
    const sent = await telephonePhoto(1_200, 600);
    const { id, commitment } = await added(sent);
    const kept = (await world.contents.read([{ id, commitment }])).get(id)!;
    expect(kept.mediaType).toBe('image/jpeg');
    expect(await sharp(kept.bytes).metadata()).toMatchObject({ width: 600, height: 1_200 });
    const small = await previews.read(id);
    expect(await sharp(small).metadata()).toMatchObject({ format: 'jpeg', width: 400, height: 800 });
    for (const bytes of [kept.bytes, small!]) {
      expect(Buffer.from(bytes).includes('Secretphone')).toBe(false);
      expect((await sharp(bytes).metadata()).exif).toBeUndefined();
    }
  });

  it('are kept all or none', async () => {
    const before = await count('contents');
    const good = await halves(8, 8).png().toBuffer();
    const answer = await photos.add([{ bytes: good }, { bytes: HEIC }], sender);
    expect(answer).toEqual({ rejected: 'photo-is-heic', field: 'photos.1' });
    expect(await count('contents')).toBe(before);
    expect(await photos.add([{ bytes: good, mediaType: 'image/jpeg' }], sender)).toMatchObject({
      rejected: 'file-type-mismatch',
      field: 'photos.0',
    });
  });

  it('are so many from one address and by one link in a day', async () => {
    const limits = new PhotoLimits(() => nowMs);
    const add = (from: { address: string; link?: string }) => limits.count(from);
    for (let n = 0; n < MOST_BY_LINK; n++) add({ ...sender, link: 'a' });
    // Another address does not help who has used up her link, and another link has its own.
    expect(() => add({ address: '192.0.2.2', link: 'a' })).toThrow(
      expect.objectContaining({ code: 'photos-too-many', retryAfterSeconds: DAY_MS / 1_000 }),
    );
    for (let n = MOST_BY_LINK; n < MOST_BY_ADDRESS; n++) add({ ...sender, link: `b${n}` });
    expect(() => add({ ...sender, link: 'c' })).toThrow();
    expect(() => add(sender)).toThrow();
    add({ address: '192.0.2.2', link: 'c' });
    nowMs += DAY_MS;
    add({ ...sender, link: 'a' });
  });

  it('are not even looked at beyond that', async () => {
    const bytes = await halves(8, 8).png().toBuffer();
    const many = Array.from({ length: MOST_BY_LINK + 1 }, () => ({ bytes }));
    const before = await count('contents');
    await expect(photos.add(many, { ...sender, link: 'x' })).rejects.toMatchObject({
      code: 'photos-too-many',
    });
    expect(await count('contents')).toBe(before);
  });

  it('are refused when too many are being made', async () => {
    const bytes = await telephonePhoto(2_000, 1_000);
    const busy = photosWith(new Turns({ ...PHOTO_TURNS, atOnce: 1, waiting: 1 }));
    const answers = await Promise.allSettled([1, 2, 3].map(() => busy.prepare({ bytes })));
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect((answers[2] as PromiseRejectedResult).reason).toMatchObject({ code: 'overloaded' });
  });

  it('that take too long are refused', async () => {
    const hasty = photosWith(new Turns({ ...PHOTO_TURNS, workMs: 1 }));
    const bytes = await telephonePhoto(2_000, 1_000);
    expect(await hasty.prepare({ bytes })).toEqual({ rejected: 'photo-too-costly' });
  });
});

describe('a redacted photo', () => {
  it('is a new content with the boxes in its pixels, and the original stays until its room has said so', async () => {
    const original = await added(await halves(800, 400).png().toBuffer());
    const redacted = accepted(await photos.redact(original, [box]));
    expect(redacted.id).not.toBe(original.id);
    const small = (await previews.read(redacted.id))!;
    for (const bytes of [(await bytesOf(redacted))!, small]) {
      for (const left of [0, 100, 198]) {
        for (const value of await pixelAt(bytes, left, 20)) expect(value).toBeLessThan(8);
      }
      expect((await pixelAt(bytes, bytes === small ? 300 : 600, 20))[2]).toBeGreaterThan(150);
    }
    expect(await bytesOf(original)).toBeDefined();
  });

  it('is the same whatever is below the boxes', async () => {
    const plates = ['#fff', '#f00', '#001'].map(async (background) => {
      const plate = { input: { create: { width: 90, height: 20, channels: 3, background } } } as const;
      const photo = await halves(400, 200)
        .composite([{ ...plate, left: 101, top: 77 }])
        .png()
        .toBuffer();
      const covered = { unit: 'pixel', left: 101, top: 77, width: 90, height: 20 } as const;
      // The original is kept as a JPEG, whose blocks run over the edge of the plate.
      return bytesOf(accepted(await photos.redact(await added(photo), [covered])));
    });
    const [first, ...others] = await Promise.all(plates);
    for (const other of others) expect(Buffer.compare(first!, other!)).toBe(0);
  });

  it.each<[string, Box[]]>([
    ['boxes-missing', []],
    ['box-malformed', [{ ...box, unit: 'pixel', left: 64 }]],
  ])('is refused with %s', async (rejected, boxes) => {
    const original = await added(await halves(64, 32).png().toBuffer());
    expect(await photos.redact(original, boxes)).toMatchObject({ rejected });
  });

  it('needs a photo', async () => {
    const [text] = accepted(await world.contents.addTexts([{ texts: { es: 'x' }, field: 'x' }]));
    for (const ref of [text!, { id: '11111111-1111-4111-8111-111111111111', commitment: 'A'.repeat(43) }]) {
      expect(await photos.redact(ref, [box])).toEqual({ rejected: 'photo-unknown' });
    }
  });

  it('takes the place of its original, which is erased for good, preview and all', async () => {
    const original = await added(await halves(64, 32).png().toBuffer());
    const order: string[] = [];
    const by = world.by();
    const answer = await photos.replace(original, [box], { basis: 'third-person', by }, async (redacted) => {
      order.push((await bytesOf(original)) === undefined ? 'too late' : 'appended');
      return accepted<ContentRef>(redacted);
    });
    expect(order).toEqual(['appended']);
    expect(await bytesOf(accepted(answer))).toBeDefined();
    expect([await bytesOf(original), await previews.read(original.id)]).toEqual([undefined, undefined]);
    expect((await world.types()).at(-1)).toBe('ContentErased');
    expect(await world.erasuresFile.read()).toContainEqual(
      expect.objectContaining({ contentId: original.id, basis: 'third-person' }),
    );

    // The same command again, after its answer was lost: its room has the last word, and nothing is erased twice.
    const events = (await world.types()).length;
    let given: ContentRef | Rejection | undefined;
    const again = await photos.replace(original, [box], { basis: 'third-person', by }, (redacted) => {
      given = redacted;
      return Promise.resolve({ repeated: true });
    });
    expect([given, again]).toEqual([{ rejected: 'photo-unknown' }, { repeated: true }]);
    expect((await world.types()).length).toBe(events);
  });

  it('erases nothing where its room refuses', async () => {
    const original = await added(await halves(64, 32).png().toBuffer());
    const refuse = () => Promise.resolve({ rejected: 'matter-unknown' });
    const answer = await photos.replace(original, [box], { basis: 'x', by: world.by() }, refuse);
    expect(answer).toEqual({ rejected: 'matter-unknown' });
    expect(await bytesOf(original)).toBeDefined();
  });
});

describe('a preview', () => {
  it('is shown as long as its photo is', async () => {
    const { id, commitment } = await added(await halves(800, 400).png().toBuffer());
    const handler = new GetPreviewHandler(world.views, previews);
    const get = async () => {
      await world.seen();
      return handler.execute(new GetPreview(id));
    };
    expect(await get()).toEqual({ state: 'unknown' });
    accepted(await world.life.release([id], world.by()));
    expect(await get()).toEqual({ state: 'public', commitment, bytes: await previews.read(id) });
    accepted(await world.life.hide(id, 'insult', world.by()));
    expect(await get()).toEqual({ state: 'gone', because: 'content-hidden' });
    accepted(await world.life.release([id], world.by(), true));
    accepted(await world.life.erase(id, 'gdpr-17', world.by()));
    expect(await get()).toEqual({ state: 'gone', because: 'content-erased' });
    expect(await previews.read(id)).toBeUndefined();
  });

  it('goes with a photo to which nobody refers', async () => {
    const { id } = await added(await halves(8, 8).png().toBuffer());
    await world.orphans.sweep(new Date(world.time.now.getTime() + 2 * DAY_MS));
    expect(await previews.read(id)).toBeUndefined();
  });
});
