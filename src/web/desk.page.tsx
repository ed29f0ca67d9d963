/** The queue of staff: what is to be published, what is open and what is done, by department and area, due first. */
import type { QueuedMatter, QueueFilter } from '../complaints/own.queries.js';
import { Field, Select } from './form-field.js';
import { Layout, type Frame } from './layout.js';
import { Deadline, StateLabel, titleOf } from './matter-parts.js';
import type { MatterNames } from './matter-names.js';
import { MATTER_WORDS } from './matter-words.js';
import { inWords } from './messages.js';
import { wordsIn } from './languages.js';

export const SHOWN = ['release', 'open', 'done'] as const;
export type Shown = (typeof SHOWN)[number];

export interface DeskPageProps {
  frame: Frame;
  names: MatterNames;
  shown: Shown;
  filter: Pick<QueueFilter, 'kind' | 'department' | 'area'>;
  matters: readonly QueuedMatter[];
  next: string | undefined;
}

const MOST_WORDS = 160;

export function DeskPage({ frame, names, shown, filter, matters, next }: DeskPageProps) {
  const { language } = frame;
  const { desk, ...words } = MATTER_WORDS[language];
  const titles = { release: desk.toRelease, open: desk.open, done: desk.done };
  return (
    <Layout frame={frame} title={desk.title} isPrivate>
      <nav aria-label={desk.which}>
        <ul class="choices">
          {SHOWN.map((one) => (
            <li key={one}>
              <a
                class="button"
                href={deskAddress(one, filter)}
                aria-current={one === shown ? 'true' : undefined}
              >
                {titles[one]}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <form method="get" action="/staff/matters">
        <input type="hidden" name="shown" value={shown} />
        <Field id="department" label={words.department}>
          {(described) => (
            <Select
              described={described}
              name="department"
              choices={names.departments()}
              chosen={filter.department}
              none={words.any}
            />
          )}
        </Field>
        <Field id="area" label={words.area}>
          {(described) => (
            <Select
              described={described}
              name="area"
              choices={names.areas()}
              chosen={filter.area}
              none={words.any}
            />
          )}
        </Field>
        <button>{words.filter}</button>
      </form>
      {matters.length === 0 ? (
        <p class="empty">{desk.empty}</p>
      ) : (
        <table class="wide">
          <caption>
            {titles[shown]}: {desk.caption}
          </caption>
          <thead>
            <tr>
              <th scope="col">{desk.matter}</th>
              <th scope="col">{words.deadline}</th>
            </tr>
          </thead>
          <tbody>
            {matters.map((matter) => (
              <Row key={matter.matterId} frame={frame} names={names} matter={matter} />
            ))}
          </tbody>
        </table>
      )}
      {next !== undefined && (
        <p>
          <a href={deskAddress(shown, filter, next)} rel="next">
            {desk.next}
          </a>
        </p>
      )}
    </Layout>
  );
}

function Row({ frame, names, matter }: Pick<DeskPageProps, 'frame' | 'names'> & { matter: QueuedMatter }) {
  const { language, format } = frame;
  const words = MATTER_WORDS[language];
  const { row, matterId, category, area, department, text, photos } = matter;
  const said = wordsIn(text, language);
  return (
    <tr>
      <th scope="row">
        <a href={`/staff/matters/${matterId}`}>{titleOf(frame, names, { kind: row.kind, category, area })}</a>
        <p>
          <StateLabel frame={frame} names={names} row={row} /> {inWords(words.kinds, row.kind)}
          {department !== undefined && ` · ${names.department(department).text}`}
        </p>
        {said !== undefined && (
          <p class="small" lang={said.language}>
            {said.text.slice(0, MOST_WORDS)}
            {said.text.length > MOST_WORDS && '…'}
          </p>
        )}
        {photos.length > 0 && (
          <p class="small">{words.desk.unsharedPhotos(photos.length, format.number(photos.length))}</p>
        )}
        {matter.private && <p class="small">{words.desk.isPrivate}</p>}
      </th>
      <td>
        <Deadline frame={frame} names={names} row={row} />
      </td>
    </tr>
  );
}

function deskAddress(shown: Shown, filter: DeskPageProps['filter'], cursor?: string): string {
  const query = new URLSearchParams({ shown, ...filter, ...(cursor !== undefined && { cursor }) });
  return `/staff/matters?${query.toString()}`;
}
