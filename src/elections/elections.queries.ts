/** What pages and REST ask about elections: read tables joined with public texts. Never the event store. */
import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { areasView } from '../../projections/city.view.js';
import type { CountResult } from '../../projections/count.js';
import { electionsView, type ElectionRow, type TallyEntry } from '../../projections/elections.view.js';
import { optionsView, type OptionRow } from '../../projections/options.view.js';
import { turnoutView, type TurnoutRow } from '../../projections/turnout.view.js';
import { PublicContents, type Texts } from '../contents/public-contents.js';
import type { AnyProjection } from '../views/table.js';
import type { AsOf, PastOf, ViewReader } from '../views/view-reader.js';
import { Views } from '../views/views.js';
import { Explanations, type KeptExplanation } from './explanations.js';
import { Outcomes } from './outcomes.js';

export interface ElectionSummary {
  election: ElectionRow;
  /** By language; empty where it is not public (yet). */
  title: Texts;
  turnout: TurnoutRow | undefined;
}

export interface OptionWithTitle extends OptionRow {
  titles: Texts;
}

export interface ElectionDetails extends ElectionSummary {
  options: readonly OptionWithTitle[];
  /** Names of the election's areas that are areas of the city. */
  areaNames: ReadonlyMap<string, Texts>;
  /** Words of the reasons in the history, by content id; what is hidden or erased is absent. */
  reasons: ReadonlyMap<string, Texts>;
  /** Of a past: what it was folded from. */
  past?: PastOf | undefined;
  /** Changes exactly when anything of this changes: an ETag. */
  tag: string;
}

export interface ElectionResult {
  election: ElectionRow;
  /** The count asked for. */
  tally: TallyEntry;
  /** Absent when it must be worked out again. */
  result: CountResult | undefined;
  /** Of a past: what it was folded from. */
  past?: PastOf | undefined;
}

export interface ElectionExplanation {
  election: ElectionRow;
  tally: TallyEntry;
  /** Absent when it must be worked out again. */
  kept: KeptExplanation | undefined;
}

export interface ElectionList {
  elections: readonly ElectionSummary[];
  /** Give it as `after` to go on; absent at the end. */
  next: string | undefined;
  /** Of a past: what it was folded from. */
  past?: PastOf | undefined;
  tag: string;
}

const LIST_VIEWS: readonly AnyProjection[] = [electionsView, turnoutView];
const ELECTION_VIEWS: readonly AnyProjection[] = [electionsView, turnoutView, optionsView, areasView];

/** Elections, the latest opening first. */
export class ListElections extends Query<ElectionList> {
  constructor(
    readonly limit: number,
    readonly after?: string,
    readonly asOf?: AsOf,
  ) {
    super();
  }
}

export class GetElection extends Query<ElectionDetails | undefined> {
  constructor(
    readonly electionId: string,
    readonly asOf?: AsOf,
  ) {
    super();
  }
}

/** The latest count, or one by its number. */
export class GetResult extends Query<ElectionResult | undefined> {
  constructor(
    readonly electionId: string,
    readonly number?: number,
    readonly asOf?: AsOf,
  ) {
    super();
  }
}

/** Why a count came out as it did; the latest, or one by its number. */
export class GetExplanation extends Query<ElectionExplanation | undefined> {
  constructor(
    readonly electionId: string,
    readonly number?: number,
  ) {
    super();
  }
}

@QueryHandler(ListElections)
export class ListElectionsHandler implements IQueryHandler<ListElections> {
  constructor(
    @Inject(Views) private readonly views: Views,
    @Inject(PublicContents) private readonly contents: PublicContents,
  ) {}

  async execute({ limit, after, asOf }: ListElections): Promise<ElectionList> {
    const order = ['-opens_at'];
    const views = await this.views.asOf(asOf, LIST_VIEWS);
    const changes = await lastChanges(views, LIST_VIEWS);
    const page = await views.list(electionsView, {
      order,
      limit,
      ...(after !== undefined && { after }),
    });
    const elections = page.rows.map(({ row }) => row);
    const ids = elections.map((election) => election.definition.electionId);
    const turnouts = await views.many(turnoutView, ids);
    const seen = await this.contents.see(elections.map((election) => election.definition.title));
    return {
      elections: elections.map((election) => ({
        election,
        title: seen.texts.get(election.definition.title.id) ?? {},
        turnout: turnouts.get(election.definition.electionId),
      })),
      next: page.next,
      past: views.past,
      tag: [...changes, seen.changed].join('.'),
    };
  }
}

@QueryHandler(GetElection)
export class GetElectionHandler implements IQueryHandler<GetElection> {
  constructor(
    @Inject(Views) private readonly views: Views,
    @Inject(PublicContents) private readonly contents: PublicContents,
  ) {}

  async execute({ electionId, asOf }: GetElection): Promise<ElectionDetails | undefined> {
    const views = await this.views.asOf(asOf, ELECTION_VIEWS);
    const changes = await this.#changes(views, electionId);
    const election = await views.get(electionsView, electionId);
    if (election === undefined) return undefined;
    const turnout = await views.get(turnoutView, electionId);
    const options = await this.#options(views, electionId, election.listing);
    const areas = await views.many(
      areasView,
      election.definition.areas.map((area) => area.id),
    );
    const reasons = election.history.flatMap(({ reason }) => reason?.content ?? []);
    const names = [...areas.values()].map((area) => area.name);
    const { texts, changed } = await this.contents.see([
      election.definition.title,
      ...options.map((option) => option.title),
      ...names,
      ...reasons,
    ]);
    return {
      election,
      turnout,
      title: texts.get(election.definition.title.id) ?? {},
      options: options.map((option) => ({ ...option, titles: texts.get(option.title.id) ?? {} })),
      areaNames: new Map([...areas].map(([id, area]) => [id, texts.get(area.name.id) ?? {}])),
      reasons: new Map(reasons.map(({ id }) => [id, texts.get(id) ?? {}])),
      past: views.past,
      tag: [...changes, changed].join('.'),
    };
  }

  /** Asked before the rows: a change in between makes the tag older than the body, never newer. */
  #changes(views: ViewReader, electionId: string): Promise<bigint[]> {
    return Promise.all([
      views.lastChanged(electionsView, electionId),
      views.lastChanged(turnoutView, electionId),
      views.lastChanged(areasView),
    ]);
  }

  async #options(views: ViewReader, electionId: string, listing: number): Promise<OptionRow[]> {
    const options: OptionRow[] = [];
    for (let after: string | undefined; ;) {
      const page = await views.list(optionsView, {
        where: { election_id: electionId, listing },
        order: ['ordinal'],
        limit: 1_000,
        ...(after !== undefined && { after }),
      });
      options.push(...page.rows.map(({ row }) => row));
      if (page.next === undefined) return options;
      after = page.next;
    }
  }
}

@QueryHandler(GetResult)
export class GetResultHandler implements IQueryHandler<GetResult> {
  constructor(
    @Inject(Views) private readonly views: Views,
    @Inject(Outcomes) private readonly outcomes: Outcomes,
  ) {}

  async execute({ electionId, number, asOf }: GetResult): Promise<ElectionResult | undefined> {
    const views = await this.views.asOf(asOf, [electionsView]);
    const found = await tallyOf(views, electionId, number);
    if (found === undefined) return undefined;
    return { ...found, result: await this.outcomes.get(found.tally.outputDigest), past: views.past };
  }
}

@QueryHandler(GetExplanation)
export class GetExplanationHandler implements IQueryHandler<GetExplanation> {
  constructor(
    @Inject(Views) private readonly views: Views,
    @Inject(Explanations) private readonly explanations: Explanations,
  ) {}

  async execute({ electionId, number }: GetExplanation): Promise<ElectionExplanation | undefined> {
    const found = await tallyOf(this.views, electionId, number);
    return found && { ...found, kept: await this.explanations.get(found.tally.outputDigest) };
  }
}

/** Asked before the rows: a change in between makes the tag older than the body, never newer. */
function lastChanges(views: ViewReader, all: readonly AnyProjection[]): Promise<bigint[]> {
  return Promise.all(all.map((view) => views.lastChanged(view)));
}

async function tallyOf(
  views: ViewReader,
  electionId: string,
  number: number | undefined,
): Promise<{ election: ElectionRow; tally: TallyEntry } | undefined> {
  const election = await views.get(electionsView, electionId);
  const tally =
    number === undefined ? election?.tallies.at(-1) : election?.tallies.find((one) => one.number === number);
  return election && tally && { election, tally };
}
