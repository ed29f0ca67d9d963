/** A matter as staff sees it, with who filed and joined it. */
import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { contentsView } from '../../projections/contents.view.js';
import { isShown } from '../../projections/matter.js';
import { Views } from '../views/views.js';
import { WholeMatters, type WholeMatter } from '../complaints/whole-matters.js';
import { People, type Person } from '../complaints/people.js';
import { Showing } from '../complaints/showing.js';

/** As staff sees it, who has the role for it. */
export interface StaffMatter {
  readonly matter: WholeMatter;
  /** Who filed and joined it. */
  readonly people: readonly Person[];
  /** Ids of answers that wait for being shown, though it is public: given to a case that is not. */
  readonly withheld: readonly string[];
}

export class GetStaffMatter extends Query<StaffMatter | undefined> {
  constructor(readonly matterId: string) {
    super();
  }
}

@QueryHandler(GetStaffMatter)
export class GetStaffMatterHandler implements IQueryHandler<GetStaffMatter> {
  constructor(
    @Inject(People) private readonly people: People,
    @Inject(WholeMatters) private readonly matters: WholeMatters,
    @Inject(Views) private readonly views: Views,
    @Inject(Showing) private readonly showing: Showing,
  ) {}

  async execute({ matterId }: GetStaffMatter) {
    const matter = await this.matters.one(matterId);
    if (matter === undefined) return undefined;
    const people = await this.people.ofMatter(matterId);
    return { matter, people, withheld: isShown(matter.row) ? await this.#withheld(matter) : [] };
  }

  async #withheld({ matterId, steps }: WholeMatter): Promise<string[]> {
    const said = steps
      .filter(({ row }) => row.what === 'MatterAnswered')
      .flatMap(({ row }) => row.words?.id ?? []);
    const ofCase = await this.showing.withheld(matterId);
    const contents = await this.views.many(contentsView, said);
    // Never shown, or hidden with the case.
    return said.filter((id) => {
      const state = contents.get(id)?.state ?? 'mentioned';
      return state === 'mentioned' || (state === 'hidden' && ofCase.has(id));
    });
  }
}
