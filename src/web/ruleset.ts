/** The published ruleset in words: the rule, the least support and what decides between equals. */
import type { Score, Threshold } from '../../projections/tally/ruleset.js';
import type { ElectionRow } from '../../projections/elections.view.js';
import type { Frame } from './layout.js';
import { inWords } from './messages.js';

/** What projects are ranked by. */
export type Unit = 'votes' | 'points';

/**
 * Points, unless the ruleset says that a score is votes. An election whose options are not listed yet has no ruleset, and a
 * rule of another version may have another shape.
 */
export function scoreUnit({ ruleset }: Pick<ElectionRow, 'ruleset'>): Unit {
  const score = ruleset?.score as Score | undefined;
  return score?.by === 'votes' ? 'votes' : 'points';
}

/** `Se financia cada uno que quepa. Apoyo mínimo: 20 votos.`; a rule that the pages do not know by its code. */
export function ruleInWords(
  frame: Frame,
  election: Pick<ElectionRow, 'ruleset' | 'definition'>,
): readonly string[] {
  const { m } = frame;
  const { ruleset, definition } = election;
  const rules: Readonly<Record<string, string>> = m.election.rules;
  const code = typeof ruleset?.rule === 'string' ? ruleset.rule : definition.ruleset;
  const rule = (Object.hasOwn(rules, code) ? rules[code] : undefined) ?? m.election.ruleOther(code);
  const threshold = ruleset?.threshold as Threshold | undefined;
  const support = threshold && leastSupport(frame, threshold, scoreUnit(election));
  const tieOrder = ruleset?.tieOrder;
  return [
    rule,
    ...moneyInWords(frame, ruleset ?? {}, definition.currency),
    ...(support === undefined ? [] : [m.election.leastSupport(support)]),
    ...(Array.isArray(tieOrder)
      ? [
          m.election.tieOrder(
            tieOrder.map((criterion) => inWords(m.result.criteria, String(criterion))).join(', '),
          ),
        ]
      : []),
  ];
}

/** What a rule says about money that does not come from the budget, or covers a project only in part. */
function moneyInWords(
  { m, format }: Frame,
  { reserveShareBasisPoints, reserve, leastShareBasisPoints }: Readonly<Record<string, unknown>>,
  currency: string,
): string[] {
  const said: string[] = [];
  if (typeof reserveShareBasisPoints === 'number') {
    said.push(m.election.reserveShare(format.basisPoints(reserveShareBasisPoints)));
  }
  if (typeof reserve === 'number') said.push(m.election.reserve(format.money(String(reserve), currency)));
  if (typeof leastShareBasisPoints === 'number') {
    said.push(m.election.partShare(format.basisPoints(leastShareBasisPoints)));
  }
  return said;
}

function leastSupport({ m, format }: Frame, threshold: Threshold, unit: Unit): string {
  if ('votes' in threshold) return m.result.amount.votes(threshold.votes, format.number(threshold.votes));
  if ('score' in threshold) return m.result.amount[unit](threshold.score, format.number(threshold.score));
  return m.election.shareOfBallots[unit](format.basisPoints(threshold.basisPoints));
}
