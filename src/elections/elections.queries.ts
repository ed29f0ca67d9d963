/** What pages and REST ask about elections: read tables joined with public texts. Never the event store. */
import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { CountResult } from '../../projections/count.js';
import { electionsView, type ElectionRow } from '../../projections/elections.view.js';
import { optionsView, type OptionRow } from '../../projections/options.view.js';
import { turnoutView, type TurnoutRow } from '../../projections/turnout.view.js';
import { PublicContents, type Texts } from '../contents/public-contents.js';
import { VIEWS } from '../platform.module.js';
import type { Views } from '../views/views.js';
import { Outcomes } from './outcomes.js';

export interface ElectionSummary {
  election: ElectionRow;
  title: Texts;
  turnout: TurnoutRow | undefined;
  /** Position that last changed what is shown here: the ETag. */
  changed: bigint;
}

export interface OptionWithTitle extends OptionRow {
  titles: Texts;
}

export interface ElectionDetails extends ElectionSummary {
  options: readonly OptionWithTitle[];
  areaNames: ReadonlyMap<string, Texts>;
  /** Words of reasons in the history, by content id; what is hidden or erased is absent. */
  reasons: ReadonlyMap<string, Texts>;
}

export interface ElectionResult {
  election: ElectionRow;
  /** The count asked for, with every option's reason. */
  tally: ElectionRow['tallies'][number];
  result: CountResult;
  changed: bigint;
}

export class ListElections extends Query<{ elections: ElectionSummary[]; next: string | undefined; changed: bigint }> {
  constructor(
    readonly limit: number,
    readonly after?: string,
  ) {
    super();
  }
}

export class GetElection extends Query<ElectionDetails | undefined> {
  constructor(readonly electionId: string) {
    super();
  }
}

/** The latest count, or one by its number. */
export class GetResult extends Query<ElectionResult | undefined> {
  constructor(
    readonly electionId: string,
    readonly number?: number,
  ) {
    super();
  }
}
