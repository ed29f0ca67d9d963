/** The step between: what is open near there already, to join instead of filing it again. */
import type { PublicMatter } from '../complaints/matters.queries.js';
import type { Typed } from './filing-form.js';
import { Layout, type Frame } from './layout.js';
import { MatterText, PeopleCount, StateLabel, titleOf } from './matter-parts.js';
import type { MatterNames } from './matter-names.js';
import { MATTER_WORDS } from './matter-words.js';

export interface NearMattersPageProps {
  frame: Frame;
  names: MatterNames;
  /** With the id of the command with which one joins it. */
  near: readonly { matter: PublicMatter; metres: number; commandId: string }[];
  typed: Typed;
}

export function NearMattersPage({ frame, names, near, typed }: NearMattersPageProps) {
  const { language, format } = frame;
  const words = MATTER_WORDS[language];
  return (
    <Layout frame={frame} title={words.file.near} isPrivate>
      <p class="lead">{words.file.nearSay}</p>
      <ul class="cards">
        {near.map(({ matter: { matterId, row, text }, metres, commandId }) => (
          <li key={matterId} class="card">
            <h2>
              {titleOf(frame, names, row)}{' '}
              <span class="small">{words.file.nearMetres(format.number(metres))}</span>
            </h2>
            <p>
              <StateLabel frame={frame} names={names} row={row} /> <PeopleCount frame={frame} row={row} />
            </p>
            <MatterText frame={frame} texts={text} most={400} />
            <form method="post" action={`/matters/${matterId}/joinings`}>
              <input type="hidden" name="commandId" value={commandId} />
              <input type="hidden" name="email" value={typed.email} />
              <button aria-label={`${words.joinButton}: ${titleOf(frame, names, row)}`}>
                {words.joinButton}
              </button>
            </form>
          </li>
        ))}
      </ul>
      <h2>{words.file.notNear}</h2>
      <form method="post" action="/matters/new">
        <TypedBefore typed={typed} />
        <input type="hidden" name="isOther" value="1" />
        <button>{words.file.sendMine}</button>
      </form>
    </Layout>
  );
}

/** Everything that was typed, for the same form once more. */
function TypedBefore({ typed }: { typed: Typed }) {
  const { answers, photos, isPrivate, ...texts } = typed;
  const fields = [
    ...Object.entries(texts),
    ...(isPrivate ? [['private', '1'] as const] : []),
    ...photos.map((id) => ['photos', id] as const),
    ...Object.entries(answers).flatMap(([code, said]) =>
      said.map((one) => [`answers.${code}`, one] as const),
    ),
  ];
  return (
    <>
      {fields.map(([name, value], index) => (
        <input key={index} type="hidden" name={name} value={value} />
      ))}
    </>
  );
}
