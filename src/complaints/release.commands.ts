/** What of a matter everybody sees: released by staff (role `listener`), hidden again by them and by moderators. */
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { ContentRef } from '../contents/contents.js';
import type { Texts } from '../contents/text.js';
import { isRejection, type By, type Receipt, type Rejection } from '../event-store/command-log.js';
import { Gathering } from './gathering.js';
import { isListener, type MatterCommand, type MatterState } from './matter.js';
import { Matters } from './matters.js';
import { Showing } from './showing.js';

type Answer = Receipt | Rejection;
const ROLE_MISSING: Rejection = { rejected: 'role-missing' };
const UNKNOWN: Rejection = { rejected: 'matter-unknown' };

export interface Release {
  /** Instead of what the reporter chose. */
  readonly category?: string;
  /** In place of the reporter's words, where these name somebody or insult; what was shown before stays in their place. */
  readonly text?: Texts;
  /** Ids of those of her photos that are shown; all where nothing is said. */
  readonly photos?: readonly string[];
  /** Whether the exact place is shown; the area is in any case. */
  readonly place: boolean;
}

/** Shows a matter to everybody, or again what was hidden. */
export class ReleaseMatter extends Command<Answer> {
  constructor(
    readonly matterId: string,
    readonly release: Release,
    readonly by: By,
  ) {
    super();
  }
}

/** Shows words and photos that came into a public matter later. */
export class ReleaseAdditions extends Command<{ released: number; position: bigint } | Rejection> {
  constructor(
    readonly matterId: string,
    /** Ids of contents. */
    readonly ids: readonly string[],
    readonly by: By,
  ) {
    super();
  }
}

export class HideMatter extends Command<Answer> {
  constructor(
    readonly matterId: string,
    /** A code. */
    readonly reason: string,
    readonly by: By,
  ) {
    super();
  }
}

@CommandHandler(ReleaseMatter)
export class ReleaseMatterHandler implements ICommandHandler<ReleaseMatter> {
  constructor(
    @Inject(Matters) private readonly matters: Matters,
    @Inject(Gathering) private readonly gathering: Gathering,
    @Inject(Showing) private readonly showing: Showing,
  ) {}

  async execute({ matterId, release, by }: ReleaseMatter): Promise<Answer> {
    if (!isListener(by)) return ROLE_MISSING;
    const answer =
      (await this.matters.find(matterId, by)) ??
      (await this.matters.fromDetails(matterId, (state, from) => this.#command(state, from, release), by));
    if (isRejection(answer)) return answer;
    // What the event names, also when the first try ended before it was shown.
    const { row, said, wasHidden } = await this.matters.look(matterId);
    if (row?.hidden !== undefined) return answer;
    const own = [row?.text, ...(row?.photos ?? []), row?.place].flatMap((ref) => ref ?? []);
    const withheld = await this.showing.withheld(matterId);
    const words = [...said.values()].filter(({ id }) => !withheld.has(id));
    const about = { by, evenHidden: wasHidden };
    const receipt = await this.showing.show(matterId, answer, [...own, ...words], about);
    const named = await this.gathering.name(matterId, by);
    return named > receipt.position ? { ...receipt, position: named } : receipt;
  }

  async #command(
    state: MatterState,
    from: string | undefined,
    release: Release,
  ): Promise<MatterCommand | Rejection> {
    const details = await this.matters.details(state);
    if (details === undefined) return { rejected: 'matter-erased' };
    const { categories } = await this.matters.rules();
    // What is shown again is what was shown, where nothing else is said.
    const category = release.category ?? state.row?.category ?? details.category;
    const { withdrawn = false } = categories.get(category) ?? { withdrawn: true };
    if (withdrawn && category !== state.row?.category)
      return { rejected: 'category-unknown', field: 'category' };
    const photos = chosen(details.photos, release.photos, state.row?.photos);
    if (isRejection(photos)) return photos;
    const before = state.row?.text ?? details.text;
    const text = release.text === undefined ? before : await this.matters.write(release.text, 'text');
    // Nobody's words are left: the city says what it is about.
    if (text === undefined) return { rejected: 'text-empty', field: 'text' };
    if (isRejection(text)) return text;
    const isPlaced = release.place && details.place !== undefined;
    const place = isPlaced ? (state.row?.place ?? (await this.matters.record(details.place))) : undefined;
    const { area, department } = details;
    return {
      do: 'release',
      from,
      category,
      isPrivate: details.private,
      text,
      photos,
      ...(area !== undefined && { area }),
      ...(department !== undefined && { department }),
      ...(place !== undefined && { place }),
    };
  }
}

function chosen(
  photos: readonly ContentRef[],
  ids: readonly string[] | undefined,
  shown = photos,
): readonly ContentRef[] | Rejection {
  if (ids === undefined) return shown;
  const some = photos.filter(({ id }) => ids.includes(id));
  return some.length === new Set(ids).size ? some : { rejected: 'photo-unknown', field: 'photos' };
}

@CommandHandler(ReleaseAdditions)
export class ReleaseAdditionsHandler implements ICommandHandler<ReleaseAdditions> {
  constructor(
    @Inject(Matters) private readonly matters: Matters,
    @Inject(Showing) private readonly showing: Showing,
  ) {}

  async execute({
    matterId,
    ids,
    by,
  }: ReleaseAdditions): Promise<{ released: number; position: bigint } | Rejection> {
    if (!isListener(by)) return ROLE_MISSING;
    const { row, own, said, others, replaced } = await this.matters.look(matterId);
    if (row === undefined) return UNKNOWN;
    if (row.releasedAt === undefined || row.hidden !== undefined) return { rejected: 'matter-not-released' };
    if (row.erased !== undefined) return { rejected: 'matter-erased' };
    // The original of a covered photo stands in no event from then on, and is not shown even where it was not erased yet.
    const there = [...own, ...said.values(), ...others].filter(({ id }) => replaced[id] === undefined);
    const refs = there.filter(({ id }) => ids.includes(id));
    if (refs.length < new Set(ids).size) return { rejected: 'content-unknown', field: 'ids' };
    const shown = await this.matters.showThese(refs, by);
    await this.showing.hideAgain(matterId, by);
    return shown;
  }
}

@CommandHandler(HideMatter)
export class HideMatterHandler implements ICommandHandler<HideMatter> {
  constructor(
    @Inject(Matters) private readonly matters: Matters,
    @Inject(Showing) private readonly showing: Showing,
  ) {}

  async execute({ matterId, reason, by }: HideMatter): Promise<Answer> {
    if (!isListener(by) && !by.actor.roles.includes('moderator')) return ROLE_MISSING;
    const answer = await this.matters.run(matterId, { do: 'hide', reason }, by);
    if (isRejection(answer)) return answer;
    const { row } = await this.matters.look(matterId);
    if (row?.hidden !== undefined) await this.showing.hideAll(matterId, reason, by);
    return answer;
  }
}
