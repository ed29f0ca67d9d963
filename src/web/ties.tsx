/** Which projects had equal scores, and what decided between them. */
import type { OutcomeJson } from '../../projections/tally/outcome.js';
import type { Words } from './languages.js';
import { otherThan, type Frame } from './layout.js';
import { inWords } from './messages.js';

type Tie = OutcomeJson['ties'][number];

export interface TiesProps {
  frame: Frame;
  ties: readonly Tie[];
  title: (optionId: string) => Words;
  /** What the scores are, in words: votes or points. */
  unit: string;
  currency: string;
}

/** Those on which funding hangs stand open; the others can be opened. */
export function Ties({ frame, ties, title, unit, currency }: TiesProps) {
  const { m } = frame;
  if (ties.length === 0) return null;
  return (
    <details class="ties" open={ties.some((tie) => tie.matters)}>
      <summary>{`${m.result.ties} (${frame.format.number(ties.length)})`}</summary>
      <ul>
        {[...ties]
          .sort((a, b) => Number(b.matters) - Number(a.matters))
          .map((tie) => (
            <li key={tie.projects.join()}>
              <OneTie frame={frame} tie={tie} title={title} unit={unit} currency={currency} />
            </li>
          ))}
      </ul>
    </details>
  );
}

function OneTie({ frame, tie, title, unit, currency }: Omit<TiesProps, 'ties'> & { tie: Tie }) {
  const { m, language } = frame;
  const criteria = tie.decidedBy.map((criterion) => inWords(m.result.criteria, criterion)).join(', ');
  return (
    <>
      {m.result.tie(scoreInWords(frame, tie, unit, currency))}{' '}
      {tie.projects.map((id, index) => (
        <span key={id} lang={otherThan(language, title(id).language)}>
          {`${index > 0 ? ', ' : ''}«${title(id).text}»`}
        </span>
      ))}
      . {tie.decidedBy.length === 0 ? m.result.tieUndecided : m.result.tieDecided(criteria)}{' '}
      {tie.matters && <strong>{m.result.tieMatters}</strong>}
    </>
  );
}

/** What they are level at. */
function scoreInWords(
  { m, format }: Frame,
  { score, of, perCost }: Tie,
  unit: string,
  currency: string,
): string {
  switch (of) {
    case 'paid':
    case 'earned':
      return m.result.tieOf[of](format.money(score, currency));
    case 'payers':
      return m.result.tieOf.payers(Number(score), format.number(score));
    case 'worth':
      return m.result.tieOf.worth(format.number(score));
    case undefined: {
      const per = perCost === undefined ? '' : ` / ${format.money(perCost, currency)}`;
      return `${format.number(score)} ${unit}${per}`;
    }
  }
}
