/** The list of public matters: filters that work by the address alone, the newest first. */
import type { MatterFilter, PublicMatter } from '../complaints/matters.queries.js';
import { FollowList } from './follow.js';
import { Field, Select } from './form-field.js';
import { Layout, otherThan, type Frame } from './layout.js';
import { MatterMap } from './matter-map.js';
import type { ShownMap } from './matter-maps.js';
import { MatterCard } from './matter-parts.js';
import type { MatterNames } from './matter-names.js';
import { MATTER_WORDS } from './matter-words.js';

export interface MattersPageProps {
  frame: Frame;
  names: MatterNames;
  filter: MatterFilter;
  matters: readonly PublicMatter[];
  /** Cursor of the next page. */
  next: string | undefined;
  /** Of all that came in this year, and of all that is overdue now. */
  counts: { filed: number; overdue: number } | undefined;
  /** Absent where there is nothing to draw. */
  map: ShownMap | undefined;
  /** The address of the script that moves the map. */
  script: string | undefined;
}

export function MattersPage({ frame, names, filter, matters, next, counts, map, script }: MattersPageProps) {
  const { language, format } = frame;
  const words = MATTER_WORDS[language];
  const isFiltered = Object.keys(filter).length > 0;
  return (
    <Layout frame={frame} title={words.title} script={map && script} feed={feedOf(frame, filter)}>
      <p class="lead">{words.lead}</p>
      <ul class="actions">
        <li>
          <a class="button primary" href="/matters/new">
            {words.fileOne}
          </a>
        </li>
        <li>
          <a class="button" href="/matters/own">
            {words.ownLink}
          </a>
        </li>
        <li>
          <a class="button" href="/matters/numbers">
            {words.numbersLink}
          </a>
        </li>
      </ul>
      {counts !== undefined && (
        <p>
          {words.filedSay(counts.filed, format.number(counts.filed))} <Overdue {...{ frame, counts }} />
        </p>
      )}
      <Filters frame={frame} names={names} filter={filter} isOpen={isFiltered} />
      {map && (
        <MatterMap
          frame={frame}
          names={names}
          {...map}
          query={queryOf(filter)}
          filter={queryOf(onMapOnly(filter))}
        />
      )}
      {matters.length === 0 ? (
        <div class="empty">
          <p>
            <strong>{isFiltered ? words.emptyFiltered : words.empty}</strong>
          </p>
          <p>{isFiltered ? <a href="/matters">{words.showAll}</a> : words.emptyNext}</p>
        </div>
      ) : (
        <section aria-label={words.title}>
          <h2>{isFiltered ? chosenInWords(frame, names, filter) : words.title}</h2>
          <ul class="cards">
            {matters.map((matter) => (
              <MatterCard key={matter.matterId} frame={frame} names={names} matter={matter} />
            ))}
          </ul>
        </section>
      )}
      {next !== undefined && (
        <p>
          <a href={addressOf(filter, next)} rel="next">
            {words.older}
          </a>
        </p>
      )}
      <Areas frame={frame} names={names} />
      <FollowList frame={frame} feed={feedOf(frame, filter)} />
    </Layout>
  );
}

/** Leads to those that everybody may see. */
function Overdue({ frame, counts: { overdue } }: { frame: Frame; counts: { overdue: number } }) {
  const said = MATTER_WORDS[frame.language].overdueSay(overdue, frame.format.number(overdue));
  return overdue === 0 ? <>{said}</> : <a href={addressOf({ overdue: 'true' })}>{said}</a>;
}

function Filters({
  frame,
  names,
  filter,
  isOpen,
}: Pick<MattersPageProps, 'frame' | 'names' | 'filter'> & { isOpen: boolean }) {
  const { language } = frame;
  const words = MATTER_WORDS[language];
  const own = (labels: Record<string, string>) =>
    Object.entries(labels).map(([id, text]) => ({ id, name: { text, language } }));
  const fields = [
    { name: 'kind', label: words.kind, choices: own(words.kindsMany) },
    { name: 'category', label: words.category, choices: names.categories() },
    { name: 'area', label: words.area, choices: names.areas() },
    { name: 'department', label: words.department, choices: names.departments() },
    { name: 'stateKind', label: words.state, choices: own(words.stateKinds) },
  ] as const;
  return (
    <details class="screen-only" open={isOpen}>
      <summary>{words.filters}</summary>
      <form method="get" action="/matters">
        {fields.map(({ name, label, choices }) => (
          <Field key={name} id={name} label={label}>
            {(described) => (
              <Select
                described={described}
                name={name}
                choices={choices}
                chosen={filter[name]}
                none={words.any}
              />
            )}
          </Field>
        ))}
        <p>
          <label class="tick">
            <input type="checkbox" name="overdue" value="true" checked={filter.overdue !== undefined} />{' '}
            {words.overdueOnly}
          </label>
        </p>
        <button>{words.filter}</button>
      </form>
    </details>
  );
}

/** What is public in each part of the city, by its name. */
function Areas({ frame, names }: Pick<MattersPageProps, 'frame' | 'names'>) {
  const areas = names.areas();
  if (areas.length === 0) return null;
  return (
    <section>
      <h2 id="areas">{MATTER_WORDS[frame.language].byArea}</h2>
      <ul>
        {areas.map(({ id, name }) => (
          <li key={id}>
            <a href={addressOf({ area: id })} lang={otherThan(frame.language, name.language)}>
              {name.text}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Of what the list is. */
export function chosenInWords({ language }: Frame, names: MatterNames, filter: MatterFilter): string {
  const words = MATTER_WORDS[language];
  const { kind, category, area, department, stateKind, overdue } = filter;
  const chosen = [
    kind && words.kindsMany[kind],
    category && names.category(category).text,
    area && names.area(area).text,
    department && names.department(department).text,
    stateKind && words.stateKinds[stateKind],
    overdue && words.overdueOnly,
  ].filter((text) => text !== undefined && text !== '');
  return chosen.length === 0 ? words.title : chosen.join(' · ');
}

/** What the map tells apart; an area is where it begins. */
function onMapOnly({ kind, category, stateKind }: MatterFilter): MatterFilter {
  return {
    ...(kind !== undefined && { kind }),
    ...(category !== undefined && { category }),
    ...(stateKind !== undefined && { stateKind }),
  };
}

function feedOf({ language }: Frame, filter: MatterFilter): string {
  return `/feeds/matters.atom?${queryOf({ ...filter, lang: language })}`;
}

/** Of what is said: a filter that came over REST has every name. */
function queryOf(filter: MatterFilter & { lang?: string; cursor?: string | undefined }): string {
  const said = Object.entries(filter).filter(([, value]) => value !== undefined);
  return new URLSearchParams(said as [string, string][]).toString();
}

/** A list's own address. */
export function addressOf(filter: MatterFilter, cursor?: string): string {
  const query = queryOf({ ...filter, cursor });
  return query === '' ? '/matters' : `/matters?${query}`;
}
