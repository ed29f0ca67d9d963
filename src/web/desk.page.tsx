/** The queue of staff: what is to be published, open, overdue or done, found by what it is about, and how the work goes. */
import type { DeskNumbers } from '../desk/desk-numbers.js';
import type { QueuedMatter } from '../complaints/whole-matters.js';
import type { QueueCounts } from '../desk/queue-counts.queries.js';
import { QUEUE_ORDERS, type QueueFilter, type QueueOrder } from '../desk/queue.queries.js';
import { DESK_WORDS } from './desk-words.js';
import { Field, Select } from './form-field.js';
import { Layout, type Frame } from './layout.js';
import { Deadline, MatterNumber, StateLabel, titleOf } from './matter-parts.js';
import type { MatterNames } from './matter-names.js';
import { MATTER_WORDS } from './matter-words.js';
import { inWords } from './messages.js';
import { wordsIn } from './languages.js';
import { DeskStatistics } from './desk-statistics.js';
import { MATTER_KINDS } from '../../projections/matter.js';

export const SHOWN = ['release', 'open', 'overdue', 'done', 'hidden'] as const;
export type Shown = (typeof SHOWN)[number];
export type DeskFilter = Pick<QueueFilter, 'kind' | 'category' | 'department' | 'area' | 'words'>;

export interface DeskPageProps {
  frame: Frame;
  names: MatterNames;
  shown: Shown;
  filter: DeskFilter;
  order: QueueOrder;
  matters: readonly QueuedMatter[];
  next: string | undefined;
  numbers: DeskNumbers;
  /** Of all there are; absent where a filter shows some of them. */
  counts: QueueCounts | undefined;
  /** Whether she may do more than read. */
  mayAct: boolean;
  commandId: string;
}

const MOST_WORDS = 160;

export function DeskPage(props: DeskPageProps) {
  const { frame, names, shown, filter, order, matters, next, counts, mayAct, commandId } = props;
  const { language } = frame;
  const { desk } = MATTER_WORDS[language];
  const { bulk, queue, statistics, templates } = DESK_WORDS[language];
  const titles = {
    release: desk.toRelease,
    open: desk.open,
    overdue: statistics.overdue,
    done: desk.done,
    hidden: queue.hidden,
  };
  const counted = (one: Shown) =>
    counts === undefined || one === 'done' ? '' : ` (${frame.format.number(counts[one])})`;
  const table = (
    <table class="wide">
      <caption>
        {titles[shown]}: {inWords(queue.orders, order)}
      </caption>
      <thead>
        <tr>
          <th scope="col">{desk.matter}</th>
          <th scope="col">{MATTER_WORDS[language].deadline}</th>
        </tr>
      </thead>
      <tbody>
        {matters.map((matter) => (
          <Row key={matter.matterId} frame={frame} names={names} matter={matter} mayAct={mayAct} />
        ))}
      </tbody>
    </table>
  );
  return (
    <Layout frame={frame} title={desk.title} isPrivate>
      {mayAct && (
        <p>
          <a href="/staff/matters/templates">{templates.link}</a>
        </p>
      )}
      <DeskStatistics {...props} />
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
                {counted(one)}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <Filters {...props} />
      {matters.length === 0 ? (
        <p class="empty">{desk.empty}</p>
      ) : mayAct ? (
        <form method="post" action="/staff/matters/answers">
          <input type="hidden" name="commandId" value={commandId} />
          {table}
          <p class="small">{bulk.chosenSay}</p>
          <button>{bulk.chosen}</button>
        </form>
      ) : (
        table
      )}
      {next !== undefined && (
        <p>
          <a href={deskAddress(shown, { ...filter, order }, next)} rel="next">
            {desk.next}
          </a>
        </p>
      )}
    </Layout>
  );
}

function Filters({ frame, names, shown, filter, order }: DeskPageProps) {
  const { language } = frame;
  const words = MATTER_WORDS[language];
  const { queue } = DESK_WORDS[language];
  const named = (ids: readonly string[], inLanguage: Readonly<Record<string, string>>) =>
    ids.map((id) => ({ id, name: { text: inWords(inLanguage, id), language } }));
  const choices = {
    kind: named(MATTER_KINDS, words.kinds),
    category: names.everyCategory(),
    department: names.departments(),
    area: names.areas(),
  };
  const isChosen = Object.keys(filter).length > 0;
  return (
    <details open={isChosen}>
      <summary>{words.filters}</summary>
      <form method="get" action="/staff/matters">
        <input type="hidden" name="shown" value={shown} />
        {(['kind', 'category', 'department', 'area'] as const).map((name) => (
          <Field key={name} id={name} label={words[name]}>
            {(described) => (
              <Select
                described={described}
                name={name}
                choices={choices[name]}
                chosen={filter[name]}
                none={words.any}
              />
            )}
          </Field>
        ))}
        <Field id="words" label={queue.words} hint={queue.wordsHint}>
          {(described) => <input {...described} name="words" maxLength={200} value={filter.words} />}
        </Field>
        <Field id="order" label={queue.order}>
          {(described) => (
            <Select
              described={described}
              name="order"
              choices={named(QUEUE_ORDERS, queue.orders)}
              chosen={order}
            />
          )}
        </Field>
        <button>{words.filter}</button>
      </form>
    </details>
  );
}

function Row({
  frame,
  names,
  matter,
  mayAct,
}: Pick<DeskPageProps, 'frame' | 'names' | 'mayAct'> & { matter: QueuedMatter }) {
  const { language, format } = frame;
  const words = MATTER_WORDS[language];
  const { row, matterId, category, area, department, text, photos } = matter;
  const said = wordsIn(text, language);
  const title = titleOf(frame, names, { kind: row.kind, category, area });
  return (
    <tr>
      <th scope="row">
        {mayAct && (
          <input
            type="checkbox"
            name="matter"
            value={matterId}
            aria-label={DESK_WORDS[language].bulk.choose(title)}
          />
        )}{' '}
        <a href={`/staff/matters/${matterId}`}>{title}</a>
        <p>
          <StateLabel frame={frame} names={names} row={row} /> {inWords(words.kinds, row.kind)} ·{' '}
          <MatterNumber matterId={matterId} />
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

export function queueQuery(shown: Shown, filter: DeskFilter & { order?: QueueOrder }): URLSearchParams {
  return new URLSearchParams({ shown, ...filter });
}

function deskAddress(shown: Shown, filter: DeskFilter & { order?: QueueOrder }, cursor?: string): string {
  const query = queueQuery(shown, filter);
  if (cursor !== undefined) query.set('cursor', cursor);
  return `/staff/matters?${query.toString()}`;
}
