/** Why a project is funded or not, as a sentence. */
import type { ReasonJson } from '../../projections/tally/outcome.js';
import type { Words } from './languages.js';
import type { Frame } from './layout.js';
import type { Unit } from './ruleset.js';

/**
 * @param title words of another project that the reason names
 * @param score what a score of this election is
 */
export function reasonInWords(
  { m, format }: Pick<Frame, 'm' | 'format'>,
  reason: ReasonJson,
  currency: string,
  title: (optionId: string) => Words,
  score: Unit,
): string {
  const { reasons } = m.result;
  const money = (minor: string | undefined) => format.money(minor ?? '0', currency);
  switch (reason.code) {
    case 'funded':
      return reasons.funded(money(reason.remaining));
    case 'funded-with-reserve':
      return reasons.fundedWithReserve(money(reason.remaining), money(reason.missing));
    case 'funded-from-reserve':
      return reason.remaining === '0'
        ? reasons.fundedFromReserve(money(reason.missing))
        : reasons.fundedWithReserve(money(reason.remaining), money(reason.missing));
    case 'part-funded':
      return reasons.partFunded(money(reason.remaining), money(reason.missing));
    case 'withdrawn':
      return reasons.withdrawn;
    case 'below-threshold': {
      const needed = reason.needed ?? '0';
      const amount = m.result.amount[reason.of === 'votes' ? 'votes' : score];
      return reasons.belowThreshold(
        amount(Number(needed), format.number(needed)),
        format.number(reason.missing ?? '0'),
      );
    }
    case 'conflict':
      return reasons.conflict(title(reason.with ?? '').text);
    case 'does-not-fit':
      return reasons.doesNotFit(money(reason.remaining), money(reason.missing));
    case 'after-stop':
      return reasons.afterStop(title(reason.stoppedBy ?? '').text);
    case 'bought':
      return reasons.bought(format.number(reason.round ?? '0'), money(reason.paid));
    case 'completed':
      return reasons.completed(money(reason.remaining));
    case 'supporters-short':
      return reasons.supportersShort(money(reason.money), money(reason.missing));
    case 'no-support':
      return reasons.noSupport;
    case 'below-cost-support':
      return reasons.belowCostSupport(
        format.number(reason.needed ?? '0'),
        format.number(reason.missing ?? '0'),
      );
    case 'supporters-cannot-pay':
      return reasons.supportersCannotPay(money(reason.missing));
    case 'not-in-optimum':
      return reasons.notInOptimum;
    case 'allocated':
      return reasons.allocated(money(reason.money), money(reason.missing));
    case 'not-whole':
      return reasons.notWhole(money(reason.money), money(reason.missing));
  }
}
