/** What tests of staff's work on matters share: matters with photos, and the queue as it is once the log was read. */
import sharp from 'sharp';
import { halves } from '../photos/pictures.js';
import { Photos } from '../../src/photos/photos.js';
import { accepted } from '../contents/world.js';
import { json } from '../elections/booth.js';
import type { Site } from '../rest/site.js';
import { act, file, LAMP, type Filed, type Receipt } from '../complaints/story.js';

export interface Queued {
  id: string;
  photos: string[];
  due?: string;
  category?: string;
  clock?: { urgency: string };
}

/** As many photos as are asked for, each half red and half blue, and nobody's yet. */
export async function photosAt(site: Site, count: number): Promise<string[]> {
  const bytes = await halves(320, 160).jpeg({ quality: 95 }).toBuffer();
  const files = Array.from({ length: count }, () => ({ mediaType: 'image/jpeg', bytes }));
  const refs = accepted(
    await site.running.app.get(Photos, { strict: false }).add(files, { address: '203.0.113.7' }),
  );
  return refs.map(({ id }) => id);
}

export async function fileWithPhotos(site: Site, count: number): Promise<Filed & { photos: string[] }> {
  const photos = await photosAt(site, count);
  return { ...(await file(site, { ...LAMP, photos })), photos };
}

/** Staff's answer to an act that must be done. */
export function done(site: Site, matterId: string, what: string, body?: object): Promise<Receipt> {
  return json<Receipt>(act(site, 'lin', matterId, what, body));
}

export function queueOf(site: Site, query: string): Promise<{ items: Queued[]; next?: string }> {
  return json(site.as('lin', 'GET', `/api/v1/matters/queue?${query}`));
}

/** Waits until reads show what was written up to there. */
export async function until(site: Site, { position }: { position: string }): Promise<void> {
  await site.fetch(`/api/v1/matters?atLeast=${position}`);
}

/** Whether the left half of a photo is black, and the right one is not. */
export async function isCovered(bytes: ArrayBuffer | Uint8Array): Promise<boolean> {
  const { data, info } = await sharp(Buffer.from(bytes as Uint8Array))
    .raw()
    .toBuffer({ resolveWithObject: true });
  const brightest = (x: number) => {
    const start = (Math.floor(info.height / 2) * info.width + Math.floor(x * info.width)) * info.channels;
    return Math.max(...data.subarray(start, start + 3));
  };
  return brightest(0.2) < 20 && brightest(0.9) > 100;
}
