/** Matters that say the same, as staff looks for them: public or not. */
import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { type MatterRow } from '../../projections/matter.js';
import { mattersView } from '../../projections/matters.view.js';
import type { Where } from '../views/list.js';
import { Views } from '../views/views.js';
import type { Place } from '../complaints/details.js';
import { WholeMatters, type WholeMatter, type QueuedMatter } from '../complaints/whole-matters.js';
import { People } from '../complaints/people.js';
import { metresBetween } from '../map/place-map.js';
import { PublicPlaces } from '../map/public-places.js';
import { staffs } from './queue.queries.js';
import { RulesInForce } from '../categories/rules-in-force.js';
import { likeness, pieces } from '../complaints/similar-words.js';

/** How alike two matters are. */
export interface Likeness {
  /** Absent where one of them has no point. */
  readonly metres?: number;
  /** Of the words, in thousandths: 1000 for the same. */
  readonly likeness: number;
}

export interface AlikeMatter extends Likeness {
  readonly matter: QueuedMatter;
}

/** Open matters near another one, or that say much the same, the most alike first; `undefined` where there is no such matter. */
export class FindAlike extends Query<readonly AlikeMatter[] | undefined> {
  constructor(readonly matterId: string) {
    super();
  }
}

export interface Compared extends Likeness {
  /** In the order in which they were asked for, with how many people wrote or joined each. */
  readonly both: readonly { readonly matter: WholeMatter; readonly people: number }[];
}

/** Two matters side by side; `undefined` where one of them is not there. */
export class CompareMatters extends Query<Compared | undefined> {
  constructor(
    readonly one: string,
    readonly other: string,
  ) {
    super();
  }
}

/** Compared at most: of those that nobody else sees, of the area, and of those around the place. */
const MOST_WAITING = 1_000;
const MOST_OF_AREA = 200;
const MOST_NEAR = 200;
const MOST_TOLD = 20;
/** Thousandths: from here on words say much the same. */
const ALIKE = 400;
/** Of a category that says none; metres. */
const RADIUS = 250;

@QueryHandler(FindAlike)
export class FindAlikeHandler implements IQueryHandler<FindAlike> {
  constructor(
    @Inject(Views) private readonly views: Views,
    @Inject(WholeMatters) private readonly matters: WholeMatters,
    @Inject(PublicPlaces) private readonly places: PublicPlaces,
    @Inject(RulesInForce) private readonly rules: RulesInForce,
    @Inject(People) private readonly people: People,
  ) {}

  async execute({ matterId }: FindAlike): Promise<AlikeMatter[] | undefined> {
    const own = (await this.matters.byIds([matterId])).get(matterId);
    if (own === undefined) return undefined;
    const { categories } = await this.rules.now();
    const category = own.category ?? '';
    const radius = categories.get(category)?.radius ?? RADIUS;
    const wanted = piecesOf(own.text);
    const candidates = await this.#candidates(matterId, own, radius);
    return (await this.matters.many(candidates))
      .map(({ answers: _answers, ...matter }): AlikeMatter => {
        const metres = metresApart(own.place, matter.place);
        const alike = likeness(wanted, piecesOf(matter.text));
        return { matter, likeness: alike, ...(metres !== undefined && { metres }) };
      })
      .filter(({ matter, metres, likeness: alike }) => {
        const isNear = metres !== undefined && metres <= radius && matter.category === own.category;
        return matter.of === undefined && (isNear || alike >= ALIKE);
      })
      .sort(
        (a, b) => scoreOf(b, radius) - scoreOf(a, radius) || (a.matter.matterId < b.matter.matterId ? -1 : 1),
      )
      .slice(0, MOST_TOLD);
  }

  async #candidates(
    matterId: string,
    { category, area, place }: Omit<WholeMatter, 'steps'>,
    radius: number,
  ): Promise<{ key: string; row: MatterRow }[]> {
    const open = (where: Where, limit: number) =>
      this.views.list(mattersView, {
        where: { state_kind: 'open', ...where },
        order: ['-filed_at'],
        limit,
      });
    const { lat, long } = place ?? {};
    const near =
      lat !== undefined && long !== undefined
        ? this.places.near({ lat, long }, radius, MOST_NEAR, {
            ...(category !== undefined && { categories: [category] }),
            stateKinds: ['open'],
          })
        : Promise.resolve([]);
    const [waiting, ofArea, around] = await Promise.all([
      open({ shown_at: undefined }, MOST_WAITING),
      category === undefined || area === undefined
        ? { rows: [] }
        : open({ shown_at: { gte: '' }, category, area }, MOST_OF_AREA),
      near,
    ]);
    const all = new Map([...waiting.rows, ...ofArea.rows, ...around].map(({ key, row }) => [key, row]));
    all.delete(matterId);
    const alive = [...all].filter(([, row]) => row.erased === undefined).map(([key, row]) => ({ key, row }));
    return staffs(this.people, alive);
  }
}

@QueryHandler(CompareMatters)
export class CompareMattersHandler implements IQueryHandler<CompareMatters> {
  constructor(
    @Inject(WholeMatters) private readonly matters: WholeMatters,
    @Inject(People) private readonly people: People,
  ) {}

  async execute({ one, other }: CompareMatters): Promise<Compared | undefined> {
    const [first, second] = await Promise.all([this.matters.one(one), this.matters.one(other)]);
    if (first === undefined || second === undefined) return undefined;
    const metres = metresApart(first.place, second.place);
    return {
      both: [await this.#counted(first), await this.#counted(second)],
      likeness: likeness(piecesOf(first.text), piecesOf(second.text)),
      ...(metres !== undefined && { metres }),
    };
  }

  async #counted(matter: WholeMatter) {
    const people = await this.people.ofMatter(matter.matterId);
    // Who left nothing of herself wrote all the same.
    return { matter, people: 1 + people.filter(({ role }) => role === 'joiner').length };
  }
}

function piecesOf(text: Readonly<Record<string, string>>): ReadonlySet<string> {
  return pieces(Object.values(text).join(' '));
}

function metresApart(one: Place | undefined, other: Place | undefined): number | undefined {
  if (one?.lat === undefined || one.long === undefined) return undefined;
  if (other?.lat === undefined || other.long === undefined) return undefined;
  return metresBetween({ lat: one.lat, long: one.long }, { lat: other.lat, long: other.long });
}

/** In thousandths: the same words are worth as much as lying at the very place. */
function scoreOf({ metres, likeness: alike }: Likeness, radius: number): number {
  const closeness =
    metres === undefined || metres > radius || radius === 0
      ? 0
      : 1_000 - Math.round((1_000 * metres) / radius);
  return alike + closeness;
}
