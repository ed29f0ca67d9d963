/** Whether a definition makes sense as a whole, and the sizes that follow from it. Pure. */
import { canonicalText, MAX_CANONICAL_BYTES } from '../../projections/canonical.js';
import { validateRuleset } from '../../projections/tally/rules.js';
import type { Option } from '../../projections/definition.js';
import type { BallotRules } from '../../projections/vote.js';
import type { Rejection } from '../event-store/command-log.js';
import { MAX_APPEND_BYTES } from '../event-store/event-store.js';
import type { DefinitionParts } from './election.js';
import { scheduleProblem } from './schedule-rules.js';

/** Options in one `OptionsListed`: at their longest they fit an event. */
export const OPTIONS_PER_EVENT = 100;

/** The longest padded plaintext that a ballot's event holds, in bytes. */
export const MAX_SEALED_BYTES = 30_000;

/** The first thing that is wrong with a definition, or `undefined`. */
export function definitionProblem(
  { definition, ruleset, options }: DefinitionParts,
  now: string,
): Rejection | undefined {
  const { schedule, areas, ballot } = definition;
  const wrongTimes = scheduleProblem(schedule);
  if (wrongTimes !== undefined) return wrongTimes;
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
  const needed = sealedBytesNeeded(
    ballot,
    areas.map((area) => area.id),
    options,
  );
  // Of an election that was held elsewhere the ballots are there already, and its import makes them fit.
  if (definition.origin === 'live' && needed > MAX_SEALED_BYTES) {
    return {
      rejected: 'ballot-too-long',
      field: 'ballot.max',
      detail: { bytes: needed, limit: MAX_SEALED_BYTES },
    };
  }
  if (ballot.sealedBytes < Math.min(needed, MAX_SEALED_BYTES)) {
    return { rejected: 'sealed-bytes-too-small', field: 'ballot.sealedBytes' };
  }
  const checked = validateRuleset(ruleset, [...ids]);
  if ('rejected' in checked) return checked;
  // It is for comparison: it can be too hard to count, and then there would be no result.
  if (checked.rule === 'welfare-optimum') return { rejected: 'rule-not-supported', field: 'ruleset.rule' };
  // A tie that nothing decides would stop the count when nobody may draw a lot any more. A file of another election says
  // what it says.
  if (definition.origin === 'live' && checked.tieOrder.at(-1) !== 'listed') {
    return { rejected: 'tie-order-not-total', field: 'ruleset.tieOrder' };
  }
  return sizeProblem(definition, ruleset, options);
}

/** What an event holds beside its definition, ruleset or options, at most. */
const AROUND_EVENT = 800;

/** Whether the events of a definition fit the log, before any is written. */
function sizeProblem(
  definition: DefinitionParts['definition'],
  ruleset: Record<string, unknown>,
  options: readonly Option[],
): Rejection | undefined {
  const ofRuleset = sizeOf(ruleset);
  if (ofRuleset === undefined) return { rejected: 'ruleset-malformed', field: 'ruleset' };
  const limit = MAX_CANONICAL_BYTES - AROUND_EVENT;
  if (ofRuleset > limit) {
    return { rejected: 'ruleset-too-large', field: 'ruleset', detail: { bytes: ofRuleset, limit } };
  }
  const ofDefinition = sizeOf(definition);
  const ofOptions = sizeOf(options);
  if (ofDefinition === undefined || ofOptions === undefined) return { rejected: 'invalid-input' };
  const events = 2 + Math.ceil(options.length / OPTIONS_PER_EVENT);
  const room = MAX_APPEND_BYTES - ofDefinition - ofRuleset - events * AROUND_EVENT;
  return ofOptions > room
    ? { rejected: 'options-too-many', field: 'options', detail: { bytes: ofOptions, limit: room } }
    : undefined;
}

/** Canonical bytes, which are all ASCII; `undefined` for what has no canonical form, such as -0. */
function sizeOf(value: unknown): number | undefined {
  try {
    return canonicalText(value).length;
  } catch {
    return undefined;
  }
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
 * ballot of the election, so that a box's length says nothing about what is in it. Where repeats count, the option with
 * the longest id may fill a ballot. May exceed `MAX_SEALED_BYTES`: then there can be no such election.
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
    const [first = -AROUND_OPTION] = longest;
    bytes += AROUND_AREA + area.length;
    bytes +=
      ballot.repeats === 'count'
        ? ballot.max * (first + AROUND_OPTION)
        : longest.reduce((sum, length) => sum + length + AROUND_OPTION, 0);
  }
  return Math.ceil((bytes + 1) / 64) * 64;
}
