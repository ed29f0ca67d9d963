/** Check 9: an election's definition makes sense, and every hash that is stated over it comes out again. */
import type { Crypto } from '../crypto.js';
import { definitionHash, optionsRoot, rulesetHash, type Option } from '../definition.js';
import type { ElectionRow } from '../elections.view.js';
import type { LogEvent } from '../event.js';
import type { DataOf } from '../events/catalogue.js';
import { validateRuleset } from '../tally/rules.js';
import type { FindingCode } from './finding-codes.js';
import type { Findings } from './report.js';

const CHECK = 9;
type Schedule = DataOf<'ElectionDefined'>['schedule'];

export class DefinitionChecks {
  #options: Option[] = [];
  /** Chunks of the listing under way; -1 when its last one stands. */
  #nextChunk = 0;
  #rulesetHash: string | undefined;

  constructor(
    private readonly crypto: Pick<Crypto, 'sha256'>,
    private readonly findings: Findings,
  ) {}

  /** `row` is the election before the event. */
  see(event: LogEvent, row: ElectionRow | undefined): void {
    const faults = [...this.#faultsOf(event, row)];
    if (EXAMINED.has(event.type)) this.findings.examine(CHECK);
    for (const code of faults)
      this.findings.fail(CHECK, { code, index: Number(event.position), id: event.id });
  }

  *#faultsOf(event: LogEvent, row: ElectionRow | undefined): Generator<FindingCode> {
    switch (event.type) {
      case 'ElectionDefined':
      case 'ElectionAmended': {
        const { areas, schedule } = event.data;
        if (!isInOrder(schedule)) yield 'schedule-out-of-order';
        if (new Set(areas.map(({ id }) => id)).size !== areas.length) yield 'area-repeated';
        break;
      }
      case 'RulesetPublished':
        this.#rulesetHash = rulesetHash(this.crypto, event.data.ruleset);
        if (this.#rulesetHash !== event.data.hash) yield 'ruleset-hash-wrong';
        break;
      case 'OptionsListed':
        yield* this.#listed(event.data, row);
        break;
      case 'VotingOpened':
        // A second opening is none, which check 8 says.
        if (row !== undefined && row.opening === undefined) yield* this.#opened(event.data, row);
        break;
      case 'VotingExtended':
      case 'VotingReopened':
        if (row !== undefined)
          yield* moved(row.schedule, event.data.schedule, event.type === 'VotingExtended');
        break;
      case 'BallotCast':
        if (row?.opening !== undefined && event.data.ballot.e !== row.opening.e)
          yield 'ballot-of-another-definition';
        break;
      default:
    }
  }

  *#listed(data: DataOf<'OptionsListed'>, row: ElectionRow | undefined): Generator<FindingCode> {
    if (data.chunk === 0) {
      if (data.listing !== (row?.listing ?? 0) + 1) yield 'listing-number-wrong';
      this.#options = [];
      this.#nextChunk = 0;
    } else if (data.listing !== row?.listing) yield 'listing-number-wrong';
    if (data.chunk !== this.#nextChunk) yield 'listing-chunk-wrong';
    this.#nextChunk = data.last ? -1 : data.chunk + 1;
    this.#options.push(...data.options);
  }

  *#opened(data: DataOf<'VotingOpened'>, row: ElectionRow): Generator<FindingCode> {
    const { definition, roll } = row;
    const areas = new Set(definition.areas.map(({ id }) => id));
    const ids = this.#options.map(({ id }) => id);
    if (this.#nextChunk !== -1) yield 'listing-incomplete';
    if (new Set(ids).size !== ids.length) yield 'option-repeated';
    if (this.#options.some(({ area }) => !areas.has(area))) yield 'option-area-unknown';
    if (this.#rulesetHash !== definition.ruleset) yield 'ruleset-not-of-definition';
    if ('rejected' in validateRuleset(row.ruleset, ids)) yield 'ruleset-invalid';
    if (data.rollRoot !== roll?.root) yield 'roll-root-wrong';
    if (data.optionsRoot !== optionsRoot(this.crypto, this.#options)) yield 'options-root-wrong';
    // With the facts as they are stated, so that one wrong root is one finding.
    const { boxKey, rollRoot, optionsRoot: stated } = data;
    if (data.e !== definitionHash(this.crypto, definition, { boxKey, rollRoot, optionsRoot: stated }))
      yield 'definition-hash-wrong';
  }
}

const EXAMINED: ReadonlySet<string> = new Set([
  'ElectionDefined',
  'ElectionAmended',
  'RulesetPublished',
  'OptionsListed',
  'VotingOpened',
  'VotingExtended',
  'VotingReopened',
  'BallotCast',
]);

function isInOrder({ opensAt, closesAt, claimsUntil }: Schedule): boolean {
  return opensAt < closesAt && closesAt <= claimsUntil;
}

/** A moved close: nothing else of the schedule moves, and the claims period becomes neither shorter nor earlier. */
function* moved(before: Schedule, after: Schedule, isExtension: boolean): Generator<FindingCode> {
  if (after.opensAt !== before.opensAt || !isInOrder(after)) yield 'schedule-out-of-order';
  if (isExtension && after.closesAt <= before.closesAt) yield 'extension-not-later';
  const length = ({ closesAt, claimsUntil }: Schedule) => Date.parse(claimsUntil) - Date.parse(closesAt);
  if (length(after) < length(before) || after.claimsUntil < before.claimsUntil) yield 'claims-shortened';
}
