/**
 * Bundles that the site gives out: each made when somebody asks for it, one at a time, into a file that all who ask are sent.
 * It is given out until the log has moved on, and for some time after, so that those who ask do not keep the server busy; but
 * no moment longer than all its texts are public.
 */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Pool } from 'pg';
import { writeBundle } from '../../projections/audit/bundle.js';
import { contentsView } from '../../projections/contents.view.js';
import type { Crypto } from '../../projections/crypto.js';
import type { EventStore } from '../event-store/event-store.js';
import { CRYPTO, EVENT_STORE, POOL } from '../platform.module.js';
import { Views } from '../views/views.js';
import { bundleOf, BundleRefused } from './bundle.js';
import { Ledger } from './ledger.js';

/** Files that are kept: of the whole log, and of the elections that were asked for last. */
const MOST_KEPT = 4;
/** For so many times as long as it took to make, a bundle is given out also when the log has moved on. */
const OUTLIVES = 9;
const CONTENT = 'contents/';

interface Made {
  readonly path: string;
  readonly bytes: number;
  /** SHA-256 of the file, base64url. */
  readonly digest: string;
  /** Events under its head. */
  readonly size: bigint;
  readonly contentIds: readonly string[];
  /** Monotonic, milliseconds: until then it is given out whatever the log does. */
  readonly until: number;
}

export interface OpenedBundle extends Pick<Made, 'bytes' | 'digest' | 'size'> {
  /** Whoever asked closes it. */
  readonly file: FileHandle;
}

@Injectable()
export class BundleFiles implements BeforeApplicationShutdown {
  /** By election; of the whole log by the empty string. Those that were made last come last. */
  readonly #kept = new Map<string, Made>();
  readonly #making = new Map<string, Promise<Made>>();
  #last: Promise<unknown> = Promise.resolve();
  #folder: Promise<string> | undefined;
  #number = 0;

  constructor(
    @Inject(Ledger) private readonly ledger: Ledger,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CRYPTO) private readonly crypto: Crypto,
    @Inject(POOL) private readonly pool: Pool,
    @Inject(Views) private readonly views: Views,
  ) {}

  /** The bundle of the log, or with contents and results of one election alone. @throws BundleRefused, TileDamaged, DamagedEvent */
  async open(electionId = ''): Promise<OpenedBundle> {
    const kept = this.#kept.get(electionId);
    if (kept !== undefined && (await this.#isGood(kept))) {
      const file = await open(kept.path).catch(() => undefined);
      if (file !== undefined) return { ...kept, file };
    }
    const made = await this.#made(electionId);
    const file = await open(made.path);
    if (await this.#areShown(made)) return { ...made, file };
    await file.close();
    throw new BundleRefused(
      'contents-changed',
      'A text was hidden or erased after the head that is shown was signed. Try again in a moment.',
    );
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#last;
    if (this.#folder !== undefined) await rm(await this.#folder, { recursive: true, force: true });
  }

  async #isGood(made: Made): Promise<boolean> {
    const isOfHead = performance.now() < made.until || (await this.ledger.published())?.size === made.size;
    return isOfHead && (await this.#areShown(made));
  }

  async #areShown({ contentIds }: Made): Promise<boolean> {
    const rows = await this.views.many(contentsView, contentIds);
    return contentIds.every((id) => rows.get(id)?.state === 'released');
  }

  /** Who asks while it is made waits for the same. */
  #made(electionId: string): Promise<Made> {
    const underWay = this.#making.get(electionId);
    if (underWay !== undefined) return underWay;
    const making = this.#last
      .then(() => this.#make(electionId))
      .finally(() => this.#making.delete(electionId));
    this.#making.set(electionId, making);
    this.#last = making.catch(() => undefined);
    return making;
  }

  async #make(electionId: string): Promise<Made> {
    const started = performance.now();
    const { facts, files } = await bundleOf(
      {
        store: this.store,
        tiles: this.ledger.tiles,
        crypto: this.crypto,
        pool: this.pool,
        published: await this.ledger.published(),
        policy: this.ledger.policy(),
      },
      electionId === '' ? {} : { electionId },
    );
    const path = join(
      await (this.#folder ??= mkdtemp(join(tmpdir(), 'concejo-bundles-'))),
      `${this.#number++}`,
    );
    const hash = createHash('sha256');
    let bytes = 0;
    const written = async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        bytes += chunk.length;
        yield chunk;
      }
    };
    try {
      await pipeline(Readable.from(writeBundle(this.crypto, facts, files)), written, createWriteStream(path));
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
    const ended = performance.now();
    const made: Made = {
      path,
      bytes,
      digest: hash.digest('base64url'),
      size: BigInt(facts.size),
      contentIds: files.flatMap(({ name }) => (name.startsWith(CONTENT) ? name.slice(CONTENT.length) : [])),
      until: ended + OUTLIVES * (ended - started),
    };
    await this.#keep(electionId, made);
    return made;
  }

  /** Whoever is being sent a file that goes away here has it open. */
  async #keep(electionId: string, made: Made): Promise<void> {
    const before = this.#kept.get(electionId);
    this.#kept.delete(electionId);
    this.#kept.set(electionId, made);
    const gone = before === undefined ? [] : [before];
    for (const [key, oldest] of this.#kept) {
      if (this.#kept.size <= MOST_KEPT) break;
      this.#kept.delete(key);
      gone.push(oldest);
    }
    for (const { path } of gone) await rm(path, { force: true });
  }
}
