/** Everything that became of a matter, step by step, with what was said. */
import { hasEarlierSteps } from '../complaints/history.js';
import type { PublicStep } from '../complaints/matters.queries.js';
import type { Language } from './languages.js';
import { otherThan, When, type Frame } from './layout.js';
import { MatterText, Photos, type PhotoAddresses } from './matter-parts.js';
import type { MatterNames } from './matter-names.js';
import { MATTER_WORDS } from './matter-words.js';
import { inWords } from './messages.js';

const GRAVE: readonly string[] = ['MatterHidden', 'ReporterErased', 'MatterErased'];

interface HistoryProps {
  frame: Frame;
  names: MatterNames;
  steps: readonly PublicStep[];
  /** Photos that the page has shown already. */
  shown?: readonly string[];
  /** Where the pictures are, if not where everybody's are. */
  photosAt?: PhotoAddresses | undefined;
}

export function MatterHistory({ frame, names, steps, shown, photosAt }: HistoryProps) {
  return (
    <section class="history">
      <h2 id="history">{MATTER_WORDS[frame.language].history}</h2>
      {hasEarlierSteps(steps) && <p class="note">{MATTER_WORDS[frame.language].earlierSteps}</p>}
      <ol>
        {steps.map((step) => (
          <Step
            key={String(step.position)}
            frame={frame}
            names={names}
            step={step}
            shown={shown}
            photosAt={photosAt}
          />
        ))}
      </ol>
    </section>
  );
}

/** What happened, with the state that it came to and the department that got it. */
export function stepInWords({ language }: Frame, names: MatterNames, row: PublicStep['row']): string {
  const what = inWords(MATTER_WORDS[language].steps, row.what);
  return [what, ...namesIn(language, names, row).map(({ before, name }) => `${before}${name.text}`)].join('');
}

/** Steps of which their words say already what is named. */
const TELLS_STATE = 'MatterMoved';
const TELLS_DEPARTMENT = 'MatterAssigned';

/** With what stands before each name. A state that is called as the step is said once. */
function namesIn(language: Language, names: MatterNames, { what, state, department }: PublicStep['row']) {
  const words = MATTER_WORDS[language];
  const parts = [
    {
      label: what === TELLS_STATE ? undefined : words.state,
      name: state === undefined ? undefined : names.state(state),
    },
    {
      label: what === TELLS_DEPARTMENT ? undefined : words.department,
      name: department === undefined ? undefined : names.department(department),
    },
  ];
  return parts.flatMap(({ label, name }) =>
    name === undefined || name.text === inWords(words.steps, what)
      ? []
      : [{ before: label === undefined ? ': ' : ` · ${label}: `, name }],
  );
}

function Step({
  frame,
  names,
  step,
  shown = [],
  photosAt,
}: Omit<HistoryProps, 'steps'> & { step: PublicStep }) {
  const { language, format } = frame;
  const words = MATTER_WORDS[language];
  const { row, words: said, photos } = step;
  const { what, at, actor, happenedAt, responsible, reason, due, stars, fixed, other } = row;
  return (
    <li id={`step-${step.position}`} class={GRAVE.includes(what) ? 'grave' : undefined}>
      <p>
        <strong>{inWords(words.steps, what)}</strong>
        {namesIn(language, names, row).map(({ before, name }) => (
          <span key={before}>
            {before}
            <span lang={otherThan(language, name.language)}>{name.text}</span>
          </span>
        ))}
      </p>
      <p>
        <When frame={frame} at={at} />. {words.by}: <Actor frame={frame} id={actor} />.
        {happenedAt !== undefined && happenedAt !== at && ` ${words.happenedAt(format.instant(happenedAt))}`}
      </p>
      {said !== undefined && <MatterText frame={frame} texts={said} />}
      <Photos
        frame={frame}
        photos={photos.filter((id) => !shown.includes(id))}
        about={inWords(words.steps, what)}
        at={photosAt}
      />
      {reason !== undefined && (
        <p>
          {words.reason}: {inWords(words.reasons, reason)}.
        </p>
      )}
      {responsible !== undefined && (
        <p>
          {words.responsible}:{' '}
          {names.isDepartment(responsible) ? names.department(responsible).text : <code>{responsible}</code>}.
        </p>
      )}
      {stars !== undefined && <p>{words.stars(stars, format.number(stars))}</p>}
      {fixed !== undefined && <p>{fixed ? words.fixedYes : words.fixedNo}</p>}
      {due !== undefined && what !== 'MatterFiled' && <p>{words.until(format.date(due))}</p>}
      {other !== undefined && (
        <p>
          <a href={`/matters/${other}`}>{words.seeIt}</a>
        </p>
      )}
    </li>
  );
}

/** Ids of staff are public; of who wrote, nobody knows who she is. */
function Actor({ frame, id }: { frame: Frame; id: string }) {
  const words = MATTER_WORDS[frame.language];
  if (id === 'resident') return <>{words.resident}</>;
  return id === 'system' ? <>{words.system}</> : <code>{id}</code>;
}
