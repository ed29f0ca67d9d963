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
  near: readonly { matter: PublicMatter; metres?: number; commandId: string }[];
  typed: Typed;
}

type Near = Pick<NearMattersPageProps, 'frame' | 'names' | 'near'> & { email: string };

export function NearMattersPage({ frame, names, near, typed }: NearMattersPageProps) {
  const words = MATTER_WORDS[frame.language];
  return (
    <Layout frame={frame} title={words.file.near} isPrivate>
      <NearCards frame={frame} names={names} near={near} email={typed.email} heading="h2" />
      <h2>{words.file.notNear}</h2>
      <form method="post" action="/matters/new">
        <TypedBefore typed={typed} />
        <input type="hidden" name="isOther" value="1" />
        <button>{words.file.sendMine}</button>
      </form>
    </Layout>
  );
}

/** The same while the form is being filled in, for a script to put in its place. Who has seen it is not asked again. */
export function NearWhileTyping({ frame, names, near }: Omit<Near, 'email'>) {
  if (near.length === 0) return <></>;
  return (
    <section aria-labelledby="near">
      <h2 id="near">{MATTER_WORDS[frame.language].file.near}</h2>
      <NearCards frame={frame} names={names} near={near} email="" heading="h3" />
      <input type="hidden" form="filing" name="isOther" value="1" />
    </section>
  );
}

function NearCards({ frame, names, near, email, heading: Heading }: Near & { heading: 'h2' | 'h3' }) {
  const { language, format } = frame;
  const words = MATTER_WORDS[language];
  return (
    <>
      <p class="lead">{words.file.nearSay}</p>
      <ul class="cards">
        {near.map(({ matter: { matterId, row, text, place }, metres, commandId }) => (
          <li key={matterId} class="card">
            <Heading>
              {titleOf(frame, names, row)}{' '}
              {metres !== undefined && (
                <span class="small">{words.file.nearMetres(format.number(metres))}</span>
              )}
            </Heading>
            <p>
              <StateLabel frame={frame} names={names} row={row} /> <PeopleCount frame={frame} row={row} />
            </p>
            {place?.address !== undefined && <p class="small">{place.address}</p>}
            <MatterText frame={frame} texts={text} most={400} />
            <form method="post" action={`/matters/${matterId}/joinings`}>
              <input type="hidden" name="commandId" value={commandId} />
              <input type="hidden" name="email" value={email} />
              <button aria-label={`${words.joinButton}: ${titleOf(frame, names, row)}`}>
                {words.joinButton}
              </button>
            </form>
          </li>
        ))}
      </ul>
    </>
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
