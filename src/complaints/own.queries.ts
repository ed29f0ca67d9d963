/** What a link leads to: to her own matter for its reporter, for a joiner to what everybody knows. */
import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { isShown } from '../../projections/matter.js';
import { mattersView } from '../../projections/matters.view.js';
import { PublicContents } from '../contents/public-contents.js';
import { Views } from '../views/views.js';
import { RESIDENT } from './matter.js';
import type { PublicStep } from './matters.queries.js';
import { WholeMatters, type WholeMatter } from './whole-matters.js';
import { People } from './people.js';

/** Whether there is an address to write to, and whether it is hers. */
export type EmailState = 'none' | 'given' | 'confirmed';

/** What a link leads to; a joiner knows of the matter what everybody knows. `undefined` for a link that is nobody's. */
export class GetOwnMatter extends Query<
  | { role: 'reporter'; email: EmailState; confirmUntil?: Date; matterId: string; matter: WholeMatter }
  | { role: 'joiner'; email: EmailState; matterId: string }
  | undefined
> {
  constructor(readonly link: string) {
    super();
  }
}

@QueryHandler(GetOwnMatter)
export class GetOwnMatterHandler implements IQueryHandler<GetOwnMatter> {
  constructor(
    @Inject(People) private readonly people: People,
    @Inject(WholeMatters) private readonly matters: WholeMatters,
    @Inject(Views) private readonly views: Views,
    @Inject(PublicContents) private readonly publicContents: PublicContents,
  ) {}

  async execute({ link }: GetOwnMatter) {
    const person = await this.people.byLink(link);
    if (person === undefined) return undefined;
    const { role, matterId, email: address, confirmedAt, confirmUntil } = person;
    const email: EmailState =
      address === undefined ? 'none' : confirmedAt === undefined ? 'given' : 'confirmed';
    if (role === 'joiner') return { role, email, matterId };
    const matter = await this.matters.one(matterId);
    if (matter === undefined) return undefined;
    const waits = confirmedAt === undefined && confirmUntil !== undefined && { confirmUntil };
    const { of, ...own } = matter;
    const other = of === undefined ? undefined : await this.views.get(mattersView, of);
    // Of a case that she may not see she learns nothing.
    const isNamed = other !== undefined && isShown(other);
    const steps = await this.#asTold(own.steps);
    return { role, email, ...waits, matterId, matter: { ...own, steps, ...(isNamed && { of }) } };
  }

  /** What others added she reads where everybody does: nobody has looked at it before. */
  async #asTold(steps: readonly PublicStep[]): Promise<readonly PublicStep[]> {
    const isOfOthers = ({ row }: PublicStep) => row.what === 'MatterAdded' && row.actor !== RESIDENT.id;
    const refs = steps
      .filter(isOfOthers)
      .flatMap(({ row }) => [...(row.photos ?? []), ...(row.words ? [row.words] : [])]);
    const { shown } = await this.publicContents.see([], refs);
    return steps.map((step) => {
      if (!isOfOthers(step)) return step;
      const { words: said, ...rest } = step;
      const isSaid = step.row.words !== undefined && shown.has(step.row.words.id);
      const seen = step.photos.filter((id) => shown.has(id));
      return { ...rest, photos: seen, ...(isSaid && said !== undefined && { words: said }) };
    });
  }
}
