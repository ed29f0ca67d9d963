/** Where an election stands, in plain words, and its annulments before anything else. */
import type { AnnulmentEntry, ElectionRow } from '../../projections/elections.view.js';
import { wordsIn } from './languages.js';
import { Said, When, type Frame } from './layout.js';
import { inSameTime } from './past.js';

type Texts = Readonly<Record<string, string>>;

/** The phase as a label; its words say it, its colour only repeats them. */
export function PhaseLabel({ frame, phase }: { frame: Frame; phase: ElectionRow['phase'] }) {
  return <span class={`phase ${phase}`}>{frame.m.phase[phase]}</span>;
}

export function PhaseNote({ frame, election }: { frame: Frame; election: ElectionRow }) {
  return (
    <p class="phase-note">
      <PhaseLabel frame={frame} phase={election.phase} /> {phaseInWords(frame, election)}
    </p>
  );
}

/** Whether nobody can claim any more. @param now UTC with milliseconds */
export function claimsAreOver({ schedule }: Pick<ElectionRow, 'schedule'>, now: string): boolean {
  return schedule.claimsUntil <= now;
}

function phaseInWords({ m, format, now }: Frame, election: ElectionRow): string {
  const { phase, schedule, certified } = election;
  switch (phase) {
    case 'defined':
      return m.phaseSays.defined(format.instant(schedule.opensAt));
    case 'open':
      return m.phaseSays.open(format.instant(schedule.closesAt));
    case 'counted':
      return (claimsAreOver(election, now) ? m.phaseSays.claimsOver : m.phaseSays.counted)(
        format.instant(schedule.claimsUntil),
      );
    case 'certified':
      return m.phaseSays.certified(format.instant(certified?.at ?? schedule.claimsUntil));
    case 'suspended':
    case 'closed':
    case 'opened':
    case 'annulled':
      return m.phaseSays[phase];
  }
}

/** What was annulled, by which rule and why; every entry has an anchor that look-ups point to. */
export function Annulments(props: {
  frame: Frame;
  election: ElectionRow;
  reasons: ReadonlyMap<string, Texts>;
}) {
  const { frame, election, reasons } = props;
  const { m } = frame;
  return (
    <>
      {election.annulled && (
        <section class="alert" id="annulled">
          <h2>{m.history.acts.ElectionAnnulled}</h2>
          <p>
            <When frame={frame} at={election.annulled.at} />.{' '}
            <Because frame={frame} reason={election.annulled.basis} reasons={reasons} />
          </p>
        </section>
      )}
      {election.annulments.length > 0 && (
        <section class="alert" id="annulments">
          <h2>{m.annulment.title}</h2>
          <ul>
            {election.annulments.map((entry) => (
              <li key={entry.actId} id={`annulment-${entry.actId}`}>
                <strong>{m.annulment.count(entry.count, frame.format.number(entry.count))}</strong>,{' '}
                <When frame={frame} at={entry.at} />.{' '}
                <Because frame={frame} reason={entry.basis} reasons={reasons} />{' '}
                {ruleInWords(frame, entry.rule)} {m.annulment.scope[entry.scope]}{' '}
                {entry.afterKey ? m.annulment.afterKey : m.annulment.beforeKey}
              </li>
            ))}
          </ul>
          <p>
            <a href={inSameTime(frame, `/elections/${election.definition.electionId}/ballots`)}>
              {m.annulment.check}
            </a>
          </p>
        </section>
      )}
    </>
  );
}

/** A reason in its words; where they are not public (any more), by its code. */
export function Because(props: {
  frame: Frame;
  reason: { code: string; content?: { id: string } | undefined };
  reasons: ReadonlyMap<string, Texts>;
}) {
  const { frame, reason, reasons } = props;
  const words = reason.content && wordsIn(reasons.get(reason.content.id), frame.language);
  return (
    <span>
      {frame.m.history.reason}: {words ? <Said frame={frame} words={words} /> : <code>{reason.code}</code>}
      {!(words && isSentence(words.text)) && '.'}
    </span>
  );
}

/** Whether a text brings its own full stop. */
function isSentence(text: string): boolean {
  return /[.!?…][)\]»”’"']*\s*$/u.test(text);
}

function ruleInWords({ m, format }: Frame, rule: AnnulmentEntry['rule']): string {
  switch (rule.name) {
    case 'single':
      return m.annulment.single(rule.claim);
    case 'positions':
      return m.annulment.positions(format.number(rule.first), format.number(rule.last));
    case 'hours':
      return m.annulment.hours(format.instant(rule.from), format.instant(rule.until));
    case 'more-than':
      return m.annulment.moreThan(format.number(rule.ballots));
  }
}
