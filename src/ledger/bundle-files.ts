/**
 * Bundles that the site gives out: each made when somebody asks for it, one at a time, into a file that all who ask are sent
 * until another head is shown and it has rested for a while, and no moment longer than all its texts are public.
 */
import { createHash } from 'node:crypto';
import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Pool } from 'pg';
import { writeBundle } from '../../projections/audit/bundle.js';
import { contentsView } from '../../projections/contents.view.js';
import type { Crypto } from '../../projections/crypto.js';
import { electionsView } from '../../projections/elections.view.js';
import { Overloaded, type EventStore } from '../event-store/event-store.js';
import { CRYPTO, EVENT_STORE, POOL } from '../platform.module.js';
import { Views } from '../views/views.js';
import { bundleOf, BundleRefused } from './bundle.js';
import { Ledger } from './ledger.js';
import { UnnamedFile } from './unnamed-file.js';

/** Files that are kept: of the whole log, and of the elections that were asked for last. */
const MOST_KEPT = 4;
/** So long after it was made a file goes away, so that none outlives its texts for long. */
const KEPT_MS = 10 * 60_000;
/** Files on the disk: beside those that are kept, of older heads that readers take their time for. */
export const MOST_FILES = 16;
/** Bundles that are asked for and not made yet. */
const MOST_MAKING = 4;
const CONTENT = 'contents/';

interface Made {
  readonly file: UnnamedFile;
  /** SHA-256 of the file, base64url. */
  readonly digest: string;
  /** Events under its head. */
  readonly size: bigint;
  readonly contentIds: readonly string[];
  readonly tookMs: number;
  /** Of `performance.now`. */
  readonly madeAt: number;
}

export interface GivenBundle extends Pick<Made, 'digest'> {
  /** Whoever asked has it, and gives it. */
  readonly file: UnnamedFile;
  /** For how long it was made for this request; 0 where it was there, or another had asked for it. */
  readonly tookMs: number;
}

@Injectable()
export class BundleFiles implements BeforeApplicationShutdown {
  /** By election; of the whole log by the empty string. Those that were made last come last. */
  readonly #kept = new Map<string, Made>();
  readonly #making = new Map<string, Promise<Made>>();
  #last: Promise<unknown> = Promise.resolve();
  /** Nothing newer is made of the same for so many times as long as it took. */
  restTimes = 10;
  /** All that are on the disk. */
  #files: readonly UnnamedFile[] = [];

  constructor(
    @Inject(Ledger) private readonly ledger: Ledger,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CRYPTO) private readonly crypto: Crypto,
    @Inject(POOL) private readonly pool: Pool,
    @Inject(Views) private readonly views: Views,
  ) {}

  /** The bundle of the log, or with contents and results of one election alone. @throws BundleRefused, Overloaded, TileDamaged, DamagedEvent */
  async give(electionId = ''): Promise<GivenBundle> {
    const kept = this.#kept.get(electionId);
    if (kept !== undefined && (this.#mustRest(kept) || (await this.ledger.published())?.size === kept.size)) {
      const given = await this.#taken(kept, 0);
      if (given !== undefined) return given;
    }
    // Reading the whole log to say so would be cheap to ask for.
    if (electionId !== '' && (await this.views.get(electionsView, electionId)) === undefined)
      throw new BundleRefused('election-unknown', `There is no election ${electionId}.`);
    const isFirst = !this.#making.has(electionId);
    const made = await this.#made(electionId);
    const given = await this.#taken(made, isFirst ? made.tookMs : 0);
    if (given !== undefined) return given;
    this.#drop(electionId, made);
    throw new BundleRefused(
      'contents-changed',
      'A text was hidden or erased after the head that is shown was signed. Try again in a moment.',
    );
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#last;
    for (const [electionId, made] of this.#kept) this.#drop(electionId, made);
  }

  /** While people vote every moment has a new head, and what makes a bundle of it is what takes their ballots. */
  #mustRest({ madeAt, tookMs }: Made): boolean {
    return performance.now() - madeAt < this.restTimes * tookMs;
  }

  /** `undefined` where it is gone, or a text in it is not public any more. */
  async #taken({ file, digest, contentIds }: Made, tookMs: number): Promise<GivenBundle | undefined> {
    if (!file.take()) return undefined;
    try {
      const rows = await this.views.many(contentsView, contentIds);
      if (contentIds.every((id) => rows.get(id)?.state === 'released')) return { file, digest, tookMs };
    } catch (error) {
      await file.give();
      throw error;
    }
    await file.give();
    return undefined;
  }

  /** Who asks while it is made waits for the same. */
  async #made(electionId: string): Promise<Made> {
    const underWay = this.#making.get(electionId);
    if (underWay !== undefined) return underWay;
    this.#files = this.#files.filter(({ isGone }) => !isGone);
    if (this.#making.size >= MOST_MAKING || this.#files.length >= MOST_FILES) throw new Overloaded();
    const making = this.#last
      .then(() => this.#make(electionId))
      .finally(() => this.#making.delete(electionId));
    this.#making.set(electionId, making);
    this.#last = making.catch(() => undefined);
    return making;
  }

  async #make(electionId: string): Promise<Made> {
    const started = performance.now();
    const { store, ledger, crypto, pool } = this;
    const { facts, files } = await bundleOf(
      { store, ledger, crypto, pool },
      electionId === '' ? {} : { electionId },
    );
    const hash = createHash('sha256');
    const hashed = async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        yield chunk;
      }
    };
    const made: Made = {
      file: await UnnamedFile.write(hashed(writeBundle(this.crypto, facts, files))),
      digest: hash.digest('base64url'),
      size: BigInt(facts.size),
      contentIds: files.flatMap(({ name }) => (name.startsWith(CONTENT) ? name.slice(CONTENT.length) : [])),
      tookMs: performance.now() - started,
      madeAt: performance.now(),
    };
    this.#files = [...this.#files, made.file];
    this.#keep(electionId, made);
    return made;
  }

  #keep(electionId: string, made: Made): void {
    const before = this.#kept.get(electionId);
    if (before !== undefined) this.#drop(electionId, before);
    this.#kept.set(electionId, made);
    setTimeout(() => this.#drop(electionId, made), KEPT_MS).unref();
    for (const [key, oldest] of this.#kept) {
      if (this.#kept.size <= MOST_KEPT) return;
      this.#drop(key, oldest);
    }
  }

  /** Whoever is being sent it still has it. */
  #drop(electionId: string, made: Made): void {
    if (this.#kept.get(electionId) !== made) return;
    this.#kept.delete(electionId);
    void made.file.give();
  }
}
