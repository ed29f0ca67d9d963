/** What a matter goes with, as staff sees it: public or not. */
import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Cases } from '../complaints/cases.js';
import { WholeMatters, type QueuedMatter } from '../complaints/whole-matters.js';

export interface Together {
  /** That it goes with; absent where others go with it. */
  readonly case?: QueuedMatter;
  /** That go with it, or with the same case as it does. */
  readonly members: readonly QueuedMatter[];
}

export class GetTogether extends Query<Together> {
  constructor(
    readonly matterId: string,
    /** The case that it is in. */
    readonly of: string | undefined,
  ) {
    super();
  }
}

@QueryHandler(GetTogether)
export class GetTogetherHandler implements IQueryHandler<GetTogether> {
  constructor(
    @Inject(Cases) private readonly cases: Pick<Cases, 'members'>,
    @Inject(WholeMatters) private readonly matters: Pick<WholeMatters, 'byIds'>,
  ) {}

  async execute({ matterId, of }: GetTogether): Promise<Together> {
    const ids = (await this.cases.members(of ?? matterId)).filter((id) => id !== matterId);
    const found = await this.matters.byIds([...ids, ...(of === undefined ? [] : [of])]);
    const whole = of === undefined ? undefined : found.get(of);
    const members = ids.flatMap((id) => found.get(id) ?? []);
    return { members, ...(whole !== undefined && { case: whole }) };
  }
}
