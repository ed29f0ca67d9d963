/** Why a project is funded or not, as a sentence. */
import type { ReasonJson } from '../../projections/tally/outcome.js';
import type { Words } from './languages.js';
import type { Frame } from './layout.js';

/** @param title words of another project that the reason names */
export function reasonInWords(
  { m, format }: Frame,
  reason: ReasonJson,
  currency: string,
  title: (optionId: string) => Words,
): string {
  const { reasons } = m.result;
  const money = (minor: string | undefined) => format.money(minor ?? '0', currency);
  switch (reason.code) {
    case 'funded':
      return reasons.funded(money(reason.remaining));
    case 'withdrawn':
      return reasons.withdrawn;
    case 'below-threshold': {
      const unit = (reason.of === 'votes' ? m.result.votes : m.result.points).toLocaleLowerCase();
      return reasons.belowThreshold(
        `${format.number(reason.needed ?? '0')} ${unit}`,
        format.number(reason.missing ?? '0'),
      );
    }
    case 'conflict':
      return reasons.conflict(title(reason.with ?? '').text);
    case 'does-not-fit':
      return reasons.doesNotFit(money(reason.remaining), money(reason.missing));
    case 'after-stop':
      return reasons.afterStop(title(reason.stoppedBy ?? '').text);
  }
}
