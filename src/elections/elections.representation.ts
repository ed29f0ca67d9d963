/** Elections as JSON: positions as decimal strings. */
import type { ElectionDetails, ElectionSummary, OptionWithTitle } from './elections.queries.js';

export function summaryJson({ election, title, turnout }: ElectionSummary) {
  const { definition, schedule, phase, roll } = election;
  return {
    id: definition.electionId,
    title,
    phase,
    schedule,
    currency: definition.currency,
    origin: definition.origin,
    onRoll: roll?.count ?? 0,
    /** Whoever voted by web and then on paper is in both. */
    turnout: { web: turnout?.web ?? 0, paper: turnout?.paper ?? 0 },
  };
}

export function electionJson(details: ElectionDetails) {
  const { election, reasons } = details;
  const { definition, opening, windows: _windows, tallies, annulments, certified, key, history } = election;
  return {
    ...summaryJson(details),
    profile: definition.profile,
    disclosure: definition.disclosure,
    areas: definition.areas,
    ballot: definition.ballot,
    paper: { rule: definition.paper, ...election.paper },
    ruleset: { hash: definition.ruleset, body: election.ruleset },
    /** What a booth needs to make a ballot. */
    opening: opening && { ...opening, position: String(opening.position) },
    key: key && { ...key, position: String(key.position) },
    counts: tallies.map((tally) => ({
      ...tally,
      position: String(tally.position),
      through: String(tally.through),
    })),
    certified: certified && { ...certified, position: String(certified.position) },
    annulments: annulments.map((annulment) => ({
      ...annulment,
      position: String(annulment.position),
      words: annulment.basis.content && reasons.get(annulment.basis.content.id),
    })),
    history: history.map((entry) => ({
      ...entry,
      position: String(entry.position),
      words: entry.reason?.content && reasons.get(entry.reason.content.id),
    })),
  };
}

export function optionJson({
  electionId: _id,
  listing: _listing,
  order: _order,
  title,
  titles,
  ...option
}: OptionWithTitle) {
  return { ...option, title: titles, content: title.id };
}

export function turnoutJson({ election, turnout }: ElectionDetails) {
  return {
    onRoll: election.roll?.count ?? 0,
    perArea: election.roll?.perArea ?? [],
    web: turnout?.web ?? 0,
    paper: turnout?.paper ?? 0,
    ballots: turnout?.ballots ?? 0,
    hours: (turnout?.hours ?? []).map(([hour, web, paper]) => ({ hour, web, paper })),
  };
}
