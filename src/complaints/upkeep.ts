/**
 * What must be done again and again: people of matters that were never filed, erasures that a crash interrupted or that a
 * restored backup does not know of, originals of covered photos and notes of erased matters that one left behind, and matters
 * whose addresses were not confirmed in time. When it starts and every hour; two at the same time do no harm.
 */
import { utf8 } from '../../projections/bytes.js';
import { contentsView } from '../../projections/contents.view.js';
import { matterStepsView } from '../../projections/matter-steps.view.js';
import { VOID_STATE } from '../../projections/matter.js';
import { mattersView } from '../../projections/matters.view.js';
import type { Clock } from '../clock.js';
import { isRejection, type By } from '../event-store/command-log.js';
import type { EventStore } from '../event-store/event-store.js';
import { Rounds } from '../rounds.js';
import { SYSTEM } from '../staff/actor.js';
import type { Views } from '../views/views.js';
import type { MatterErasure } from './erasure.js';
import type { MatterNotes } from './matter-notes.js';
import type { Matters } from './matters.js';
import type { Joiners } from './joiners.js';
import type { People } from './people.js';
import { REDACTION } from './redaction.commands.js';
import type { Standing } from './standing-work.js';

const DAY_MS = 24 * 60 * 60 * 1_000;
/** As long as who files has for her code. */
const ASKED_KEPT_MS = 30 * DAY_MS;
const VIEWS_TIMEOUT_MS = 30_000;
const BATCH = 1_000;
/** The ground on which what nobody confirmed is erased. */
const UNCONFIRMED = 'unconfirmed';

export class MattersUpkeep implements Standing {
  readonly #rounds = new Rounds(
    () => this.round(),
    (why) => this.warn(`Matters: ${why}`),
  );

  constructor(
    private readonly store: EventStore,
    private readonly views: Views,
    private readonly people: People,
    private readonly joiners: Pick<Joiners, 'forgetAsked'>,
    private readonly matters: Matters,
    private readonly erasure: MatterErasure,
    private readonly notes: MatterNotes,
    private readonly houses: readonly { keepHouse(): Promise<void> }[],
    private readonly clock: Clock,
    private readonly warn: (message: string) => void,
  ) {}

  /** One round. @throws ViewsBehind */
  async round(): Promise<void> {
    await this.views.atLeast(await this.store.head(), VIEWS_TIMEOUT_MS);
    const dayAgo = new Date(this.clock.now().getTime() - DAY_MS);
    let after: string | undefined;
    do {
      const matters = await this.people.mattersAfter(after, BATCH);
      const rows = await this.views.many(
        mattersView,
        matters.map(({ matterId }) => matterId),
      );
      const details = [...rows.values()].map((row) => row.details.id);
      const contents = await this.views.many(contentsView, details);
      for (const { matterId, createdAt, hasReporter } of matters) {
        const row = rows.get(matterId);
        if (row === undefined) {
          // Taken down before the event, which then never came.
          if (createdAt < dayAgo) await this.people.forget(matterId);
          continue;
        }
        const content = contents.get(row.details.id);
        const ofReporter = hasReporter ? row.reporterErased : undefined;
        const basis = row.erased ?? ofReporter ?? (content?.state === 'erased' ? content.because : undefined);
        if (basis !== undefined) await this.#erase(matterId, basis);
      }
      after = matters.at(-1)?.matterId;
    } while (after !== undefined);
    await this.#eraseUnconfirmed();
    await this.#eraseCovered();
    await this.#eraseNotes();
    await this.joiners.forgetAsked(new Date(this.clock.now().getTime() - ASKED_KEPT_MS));
    for (const house of this.houses) await house.keepHouse();
  }

  /** No matter for the figures, and nothing of hers is kept. */
  async #eraseUnconfirmed(): Promise<void> {
    let after: string | undefined;
    do {
      const matterIds = await this.people.neverConfirmed(after, BATCH);
      for (const matterId of matterIds) {
        const { row } = await this.matters.look(matterId);
        if (row === undefined || row.confirmed !== undefined) continue;
        const by = bySystem(`unconfirmed-${matterId}`, matterId);
        if (row.erased === undefined) await this.matters.run(matterId, { do: 'move', state: VOID_STATE }, by);
        await this.#erase(matterId, row.erased ?? UNCONFIRMED);
      }
      after = matterIds.at(-1);
    } while (after !== undefined);
  }

  /** Originals of photos whose covering ended after its event; few matters have any. */
  async #eraseCovered(): Promise<void> {
    const counted = await this.views.counts(matterStepsView, { what: 'MatterPhotoReplaced' }, ['matter']);
    for (const { values } of counted) {
      const { replaced } = await this.matters.look(values[0] ?? '');
      const originals = Object.keys(replaced);
      const contents = await this.views.many(contentsView, originals);
      const left = originals.filter((id) => contents.get(id)?.state !== 'erased').map((id) => ({ id }));
      for (const original of left)
        await this.matters.erase([original], REDACTION, bySystem(`redaction-${original.id}`, original.id));
    }
  }

  /** Notes that somebody wrote in the moment of an erasure, where the program ended before it looked again. */
  async #eraseNotes(): Promise<void> {
    const rows = await this.views.many(mattersView, await this.notes.noted());
    for (const [matterId, { erased }] of rows) if (erased !== undefined) await this.notes.eraseOf(matterId);
  }

  start(): void {
    this.#rounds.start();
  }

  stop(): Promise<void> {
    return this.#rounds.stop();
  }

  async #erase(matterId: string, basis: string): Promise<void> {
    const by = bySystem(`erasure-${matterId}`, `${matterId}\n${basis}`);
    const answer = await this.erasure.run(matterId, basis, by);
    if (isRejection(answer) && answer.rejected !== 'matter-erased')
      throw new Error(`Erasure of matter ${matterId} was refused: ${answer.rejected}`);
  }
}

function bySystem(commandId: string, request: string): By {
  return { commandId, actor: SYSTEM, request: utf8(request) };
}
