/** What anybody needs to check a count. */
import type { TallyEntry } from '../../projections/elections.view.js';
import { AUDIT_WORDS } from './audit-words.js';
import { When, type Frame } from './layout.js';

export function Proof({ frame, tally, ruleset }: { frame: Frame; tally: TallyEntry; ruleset: string }) {
  const { m, format, language } = frame;
  return (
    <section>
      <h3>{m.result.proof}</h3>
      <p>
        {m.result.proofSays} <a href="/api/v1/events">{m.result.wholeLog}</a>{' '}
        <a href="/audit">{AUDIT_WORDS[language].title}</a>
      </p>
      <dl>
        <dt>{m.result.at}</dt>
        <dd>
          <When frame={frame} at={tally.at} />
        </dd>
        <dt>{m.result.through}</dt>
        <dd>{format.number(tally.through)}</dd>
        <dt>{m.result.position}</dt>
        <dd>{format.number(tally.position)}</dd>
        <dt>{m.result.cast}</dt>
        <dd>{format.number(tally.cast)}</dd>
        <dt>{m.result.counted}</dt>
        <dd>{format.number(tally.counted)}</dd>
        <dt>{m.result.ruleset}</dt>
        <dd>
          <code>{ruleset}</code>
        </dd>
        <dt>{m.result.input}</dt>
        <dd>
          <code>{tally.inputDigest}</code>
        </dd>
        <dt>{m.result.output}</dt>
        <dd>
          <code>{tally.outputDigest}</code>
        </dd>
      </dl>
    </section>
  );
}
