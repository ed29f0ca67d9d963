import { randomUUID } from 'node:crypto';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { fromBase64url, utf8 } from '../../projections/bytes.js';
import { contentsView } from '../../projections/contents.view.js';
import type { NewEvent } from '../../projections/event.js';
import { taggedHash } from '../../projections/hash.js';
import { DamagedContent, type ContentRef } from '../../src/contents/contents.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { insertAct, writeAct, type ActState } from '../../src/staff/act-rows.js';
import { accepted, openWorld, write, type World } from './world.js';

let world: World;
beforeAll(async () => (world = await openWorld()));
afterAll(() => world.close());

const HOUR_MS = 60 * 60 * 1_000;
const unknownId = '11111111-1111-4111-8111-111111111111';

async function shown(...refs: ContentRef[]) {
  await world.seen();
  return [...(await world.public.many(refs)).values()];
}

async function kept(ref: ContentRef): Promise<boolean> {
  return (await world.contents.refs([ref.id])).has(ref.id);
}

/** An event that refers to a content, as a room would append it. */
async function refer(ref: ContentRef): Promise<void> {
  const described: NewEvent = { type: 'DepartmentDescribed', data: { departmentId: 'works', name: ref } };
  const { commandId, request } = world.by();
  accepted(
    await world.log.run<null>({
      stream: 'city',
      meta: { commandId, actor: 'ana', at: world.time.now.toISOString(), request },
      initial: null,
      evolve: () => null,
      decide: () => [described],
    }),
  );
}

describe('contents', () => {
  it('are behind the salted commitment that the log holds', async () => {
    const ref = await write(world, { es: 'Árboles', ast: 'Árboles' });
    const content = (await world.contents.read([ref])).get(ref.id)!;
    expect(Buffer.from(content.bytes).toString()).toBe('{"ast":"Árboles","es":"Árboles"}');
    expect(content.salt).toHaveLength(32);
    const commitment = taggedHash(nodeCrypto, 'content', utf8(ref.id), content.salt, content.bytes);
    expect(Buffer.from(fromBase64url(ref.commitment)!)).toEqual(Buffer.from(commitment));
    // The same words twice have nothing in common outside.
    expect((await write(world, { es: 'Árboles', ast: 'Árboles' })).commitment).not.toBe(ref.commitment);
  });

  it('are written many at once, in order, all or none', async () => {
    const texts = Array.from({ length: 2_500 }, (_, i) => ({
      texts: { es: `Proyecto ${i}` },
      field: `options.${i}.title`,
    }));
    const refs = accepted(await world.contents.addTexts(texts));
    const read = await world.contents.readTexts(refs);
    expect(refs.map((ref) => read.get(ref.id)?.es)).toEqual(texts.map((item) => item.texts.es));

    const before = await world.pool.query('select count(*) from contents');
    const answer = await world.contents.addTexts([
      { texts: { es: 'bien' }, field: 'title' },
      { texts: { es: '\u0007' }, field: 'options.0.title' },
    ]);
    expect(answer).toEqual({ rejected: 'text-control-character', field: 'options.0.title.es' });
    expect((await world.pool.query('select count(*) from contents')).rows).toEqual(before.rows);
    expect(await world.contents.addTexts([])).toEqual([]);
  });

  it('are public from release to hiding, and from release again to erasure', async () => {
    const ref = await write(world, { es: 'uno', en: 'one' });
    expect(await shown(ref)).toEqual([]);
    accepted(await world.life.release([ref.id], world.by()));
    expect(await shown(ref)).toEqual([{ en: 'one', es: 'uno' }]);
    expect(await world.public.text(ref, ['fr', 'en'])).toBe('one');
    const { changed } = await world.public.see([ref]);
    expect(changed).toBe(await world.store.head());

    accepted(await world.life.hide(ref.id, 'insult', world.by()));
    expect(await shown(ref)).toEqual([]);
    expect((await world.public.see([ref])).changed).toBeGreaterThan(changed);
    expect(await kept(ref)).toBe(true);
    // A room that shows all its words leaves it hidden.
    expect(await world.life.release([ref.id], world.by())).toEqual({ released: 0, position: -1n });
    accepted(await world.life.release([ref.id], world.by(), true));
    expect(await shown(ref)).toHaveLength(1);

    accepted(await world.life.erase(ref.id, 'gdpr-17', world.by()));
    expect(await shown(ref)).toEqual([]);
    expect(await kept(ref)).toBe(false);
    expect(await world.life.release([ref.id], world.by(), true)).toMatchObject({
      rejected: 'content-erased',
    });
    expect(await world.life.release([ref.id], world.by())).toEqual({ released: 0, position: -1n });
    expect((await world.views.get(contentsView, ref.id))?.because).toBe('gdpr-17');
    expect(await world.erasuresFile.read()).toContainEqual({
      contentId: ref.id,
      basis: 'gdpr-17',
      at: world.time.now.toISOString(),
    });
  });

  it('are released by the thousand, once', async () => {
    const refs = accepted(
      await world.contents.addTexts(
        Array.from({ length: 1_000 }, (_, i) => ({ texts: { es: `T${i}` }, field: `${i}` })),
      ),
    );
    const ids = refs.map((ref) => ref.id);
    const before = await world.store.head();
    const by = world.by();
    const first = accepted(await world.life.release(ids, by));
    expect(first).toEqual({ released: 1_000, position: before + 1_000n });
    // The same request again, and another one.
    expect(await world.life.release(ids, by)).toEqual(first);
    expect(await world.life.release(ids, world.by())).toEqual({ released: 1_000, position: -1n });
    expect(await world.store.head()).toBe(before + 1_000n);
    expect(await shown(...refs)).toHaveLength(1_000);
  });

  it('are released all or none when one is not known', async () => {
    const ref = await write(world, { es: 'x' });
    const head = await world.store.head();
    expect(await world.life.release([ref.id, unknownId], world.by())).toEqual({
      rejected: 'content-unknown',
      field: 'ids.1',
    });
    expect(await world.life.release([ref.id, 'no uuid'], world.by())).toMatchObject({ field: 'ids.1' });
    expect(await world.store.head()).toBe(head);
  });

  it('keep files, and refuse those that are not what they say', async () => {
    const pdf = { mediaType: 'application/pdf', bytes: Buffer.from('%PDF-1.7 …') };
    const ref = accepted(await world.contents.addFile(pdf));
    accepted(await world.life.release([ref.id], world.by()));
    await world.seen();
    const { content, texts } = await world.public.one(ref.id);
    expect(content).toMatchObject({ ...ref, mediaType: 'application/pdf' });
    expect(Buffer.from(content!.bytes)).toEqual(pdf.bytes);
    expect(texts).toBeUndefined();
    // A file among texts is no text.
    expect((await world.public.many([ref])).size).toBe(0);
    expect(await world.contents.addFile({ ...pdf, mediaType: 'image/png' })).toMatchObject({
      rejected: 'file-type-mismatch',
    });
  });

  it('whose bytes were changed are shown to nobody, and do not spoil the others', async () => {
    const [one, other] = [await write(world, { es: 'sí' }), await write(world, { es: 'bien' })];
    accepted(await world.life.release([one.id, other.id], world.by()));
    // Only the owner of the table can do this: the program's role may not.
    const change = 'update contents set bytes = \'{"es":"no"}\' where id = $1';
    await expect(world.pool.query(change, [one.id])).rejects.toThrow('permission denied');
    const admin = new Client({ connectionString: world.adminUrl });
    await admin.connect();
    await admin.query(change, [one.id]);
    await admin.end();
    expect(await shown(one, other)).toEqual([{ es: 'bien' }]);
    expect(world.damaged.map((found) => found.id)).toEqual([one.id]);
    await expect(world.contents.readTexts([one])).rejects.toThrow(DamagedContent);
  });
});

describe('an erasure', () => {
  it('that was cut off after its event is completed', async () => {
    const ref = await write(world, { es: 'cortado' });
    accepted(await world.life.release([ref.id], world.by()));
    // What a crash leaves behind: the event alone.
    accepted(
      await world.log.run<null>({
        stream: `content-${ref.id}`,
        meta: { ...world.by('cut'), actor: 'ana', at: world.time.now.toISOString() },
        initial: null,
        evolve: () => null,
        decide: () => [{ type: 'ContentErased', data: { contentId: ref.id, basis: 'court' } }],
      }),
    );
    expect(await kept(ref)).toBe(true);
    await world.seen();
    expect(await world.erasures.complete()).toBe(1);
    expect(await kept(ref)).toBe(false);
    expect((await world.erasuresFile.read()).at(-1)).toMatchObject({ contentId: ref.id, basis: 'court' });
    expect(await world.erasures.complete()).toBe(0);
  });

  it('is repeated after a backup from before it was restored, also where the log lost it', async () => {
    const refs = [await write(world, { es: 'en el log' }), await write(world, { es: 'sin log' })];
    const [known, lost] = refs as [ContentRef, ContentRef];
    accepted(await world.life.release([known.id, lost.id], world.by()));
    accepted(await world.life.erase(known.id, 'gdpr-17', world.by()));
    // The backup: bytes are there again, the table of erasures does not know, and one erasure is not in the log at all.
    await world.erasuresFile.append({ contentId: lost.id, basis: 'gdpr-17', at: '2026-02-01T00:00:00.000Z' });
    const admin = new Client({ connectionString: world.adminUrl });
    await admin.connect();
    await admin.query('delete from erasures where content_id = $1', [known.id]);
    await admin.query(
      `insert into contents (id, media_type, bytes, salt, commitment, created_at)
       select $1, media_type, bytes, salt, commitment, created_at from contents where id = $2`,
      [known.id, lost.id],
    );
    await admin.end();

    expect(await world.erasures.reapply()).toBe(2);
    expect([await kept(known), await kept(lost)]).toEqual([false, false]);
    await world.seen();
    expect((await world.views.get(contentsView, lost.id))?.state).toBe('erased');
    const head = await world.store.head();
    expect(await world.erasures.reapply()).toBe(0);
    expect(await world.store.head()).toBe(head);
  });

  it('survives a line of the list that a crash tore', async () => {
    const list = await readFile(world.erasuresPath, 'utf8');
    const before = await world.erasuresFile.read();
    await appendFile(world.erasuresPath, '\n{"contentId":"1111');
    await world.erasuresFile.append({ contentId: unknownId, basis: 'court', at: '2026-02-01T00:00:00.000Z' });
    const after = await world.erasuresFile.read();
    expect(after).toEqual([...before, expect.objectContaining({ contentId: unknownId })]);
    await writeFile(world.erasuresPath, list);
  });
});

describe('the sweep', () => {
  it('deletes after a day what nobody refers to, and nothing else', async () => {
    const later = (hours: number) => new Date(world.time.now.getTime() + hours * HOUR_MS);
    // Away with what the tests above left behind: 2,500 texts, a batch at a time.
    const batches: number[] = [];
    do batches.push((await world.orphans.sweep(later(48))).deleted);
    while (batches.at(-1) !== 0);
    expect(batches.length).toBeGreaterThan(3);

    const orphan = await write(world, { es: 'de nadie' });
    const referred = await write(world, { es: 'Obras' });
    const draft = await write(world, { es: 'borrador' });
    const released = await write(world, { es: 'publicado' });
    await refer(referred);
    await world.contents.keep([draft.id]);
    accepted(await world.life.release([released.id], world.by()));

    expect(await world.orphans.sweep(later(23))).toEqual({ deleted: 0, kept: 0 });
    expect(await kept(orphan)).toBe(true);
    expect(await world.orphans.sweep(later(25))).toEqual({ deleted: 1, kept: 2 });
    expect(await Promise.all([orphan, referred, draft, released].map(kept))).toEqual([
      false,
      true,
      true,
      true,
    ]);
    expect(await world.orphans.sweep(later(25))).toEqual({ deleted: 0, kept: 0 });
  });

  it('leaves the words of an act that two persons may still carry out', async () => {
    const hours = (n: number) => new Date(world.time.now.getTime() + n * HOUR_MS);
    const propose = async (expiresAt: Date) => {
      const ref = await write(world, { es: 'motivo' });
      const data = { reason: { code: 'storm', content: ref } };
      const row = { actId: randomUUID(), kind: 'close-early', kept: {}, requestDigest: new Uint8Array(32) };
      const act = { type: 'VotingClosed', data };
      const proposed = {
        ...row,
        act,
        proposedBy: 'ana',
        proposedAt: world.time.now,
        approvals: [],
        expiresAt,
      };
      await insertAct(world.pool, proposed);
      const end = (state: ActState) =>
        writeAct(world.pool, { ...row, approvals: [], state, withdrawnBy: undefined, outcome: undefined });
      return { ref, end };
    };
    const pending = await propose(hours(7 * 24));
    const approved = await propose(hours(24));
    const withdrawn = await propose(hours(7 * 24));
    const refused = await propose(hours(7 * 24));
    await approved.end('approved');
    await withdrawn.end('withdrawn');
    await refused.end('refused');
    const all = [pending, approved, withdrawn, refused];

    expect(await world.orphans.sweep(hours(7 * 24 - 1))).toEqual({ deleted: 2, kept: 0 });
    expect(await Promise.all(all.map(({ ref }) => kept(ref)))).toEqual([true, true, false, false]);
    // A day after it expired nobody can be approving it any more.
    expect(await world.orphans.sweep(hours(8 * 24 + 1))).toEqual({ deleted: 1, kept: 0 });
    expect(await Promise.all(all.map(({ ref }) => kept(ref)))).toEqual([false, true, false, false]);
  });
});
