/** Whether a definition makes sense as a whole, and the sizes that follow from it. Pure. */
import { validateRuleset } from '../../projections/tally/ruleset.js';
import type { Option } from '../../projections/definition.js';
import type { BallotRules } from '../../projections/vote.js';
import type { Rejection } from '../event-store/command-log.js';
import type { DefinitionParts } from './election.js';

/** The first thing that is wrong with a definition, or `undefined`. */
export function definitionProblem(
  { definition, ruleset, options }: DefinitionParts,
  now: string,
): Rejection | undefined {
  const { schedule, areas, ballot } = definition;
  if (schedule.closesAt <= schedule.opensAt)
    return { rejected: 'schedule-out-of-order', field: 'schedule.closesAt' };
  if (schedule.claimsUntil < schedule.closesAt)
    return { rejected: 'claims-before-close', field: 'schedule.claimsUntil' };
  if (definition.origin === 'live' && schedule.closesAt <= now) {
    return { rejected: 'schedule-in-past', field: 'schedule.closesAt' };
  }
  if (options.length === 0) return { rejected: 'no-options', field: 'options' };
  const areaIds = new Set(areas.map((area) => area.id));
  if (areaIds.size !== areas.length) return { rejected: 'area-repeated', field: 'areas' };
  const ids = new Set<string>();
  for (const [index, option] of options.entries()) {
    if (!areaIds.has(option.area)) return { rejected: 'option-area-unknown', field: `options.${index}.area` };
    if (ids.has(option.id)) return { rejected: 'option-repeated', field: `options.${index}.id` };
    ids.add(option.id);
  }
  const limits = limitsProblem(ballot);
  if (limits !== undefined) return limits;
  if (
    ballot.sealedBytes <
    sealedBytesNeeded(
      ballot,
      areas.map((area) => area.id),
      options,
    )
  ) {
    return { rejected: 'sealed-bytes-too-small', field: 'ballot.sealedBytes' };
  }
  const checked = validateRuleset(ruleset, [...ids]);
  if ('rejected' in checked) return checked;
  // A tie that nothing decides would stop the count when nobody may draw a lot any more. A file of another election says
  // what it says.
  if (definition.origin === 'live' && checked.tieOrder.at(-1) !== 'listed') {
    return { rejected: 'tie-order-not-total', field: 'ruleset.tieOrder' };
  }
  return undefined;
}

function limitsProblem(ballot: BallotRules): Rejection | undefined {
  if (ballot.min > ballot.max || ballot.max === 0)
    return { rejected: 'limits-contradict', field: 'ballot.max' };
  if (ballot.type === 'choose-1' && ballot.max !== 1)
    return { rejected: 'limits-contradict', field: 'ballot.max' };
  const cumulative = ballot.type === 'cumulative';
  if (cumulative && ballot.maxSum === undefined)
    return { rejected: 'points-missing', field: 'ballot.maxSum' };
  if (!cumulative && (ballot.minSum ?? ballot.maxSum) !== undefined) {
    return { rejected: 'points-without-cumulative', field: 'ballot.maxSum' };
  }
  if ((ballot.minSum ?? 0) > (ballot.maxSum ?? Infinity))
    return { rejected: 'limits-contradict', field: 'ballot.maxSum' };
  if (ballot.maxCost !== undefined && ballot.type !== 'approval') {
    return { rejected: 'limits-contradict', field: 'ballot.maxCost' };
  }
  return undefined;
}

/** Bytes of a plaintext around its votes: versions, hashes, sequence number and the voter's word at their longest. */
const AROUND = 200;
/** An area's part without its options, and an option without its id, at their longest. */
const AROUND_AREA = 24;
const AROUND_OPTION = 26;

/**
 * The padded length that the longest ballot within the limits needs, in steps of 64 bytes. It is the same for every
 * ballot of the election, so that a box's length says nothing about what is in it.
 */
export function sealedBytesNeeded(
  ballot: Omit<BallotRules, 'sealedBytes'>,
  areas: readonly string[],
  options: readonly Option[],
): number {
  let bytes = AROUND;
  for (const area of areas) {
    const lengths = options.filter((option) => option.area === area).map((option) => option.id.length);
    const longest = lengths.sort((a, b) => b - a).slice(0, ballot.max);
    bytes += AROUND_AREA + area.length + longest.reduce((sum, length) => sum + length + AROUND_OPTION, 0);
  }
  return Math.min(30_000, Math.ceil((bytes + 1) / 64) * 64);
}
