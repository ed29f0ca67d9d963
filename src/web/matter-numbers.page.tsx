/** The figures of a year: how much came in, how long it took, and what is late. */
import type { Numbers, YearNumbers } from '../numbers/numbers.js';
import type { Words } from './languages.js';
import { Layout, otherThan, type Frame } from './layout.js';
import type { MatterNames } from './matter-names.js';
import { MATTER_WORDS } from './matter-words.js';
import { inWords } from './messages.js';

export interface MatterNumbersPageProps {
  frame: Frame;
  names: MatterNames;
  /** With how many came in, the latest first. */
  years: readonly (readonly [year: number, filed: number])[];
  numbers: YearNumbers | undefined;
}

const FIGURES = [
  'filed',
  'released',
  'answered',
  'inTime',
  'late',
  'overdue',
  'erasedUnanswered',
  'fixed',
  'closed',
  'duplicates',
  'reopened',
  'joined',
] as const;
const DIMENSIONS = ['category', 'area', 'department'] as const;

export function MatterNumbersPage({ frame, names, years, numbers }: MatterNumbersPageProps) {
  const { language, format } = frame;
  const words = MATTER_WORDS[language].numbers;
  return (
    <Layout frame={frame} title={words.title}>
      <p class="lead">{words.lead}</p>
      {numbers === undefined ? (
        <p class="empty">{words.empty}</p>
      ) : (
        <>
          {years.length > 1 && <Years frame={frame} years={years} shown={numbers.year} />}
          <h2 id="year">{words.year(String(numbers.year))}</h2>
          <Headline frame={frame} figures={numbers.all.whole} />
          <Kinds frame={frame} numbers={numbers} />
          {numbers.void > 0 && <p>{words.void(numbers.void, format.number(numbers.void))}</p>}
          {DIMENSIONS.map((dimension) => (
            <By
              key={dimension}
              frame={frame}
              dimension={dimension}
              rows={numbers.all.by[dimension]}
              nameOf={(id) => names[dimension](id)}
            />
          ))}
          <h2 id="report">{words.report}</h2>
          <p>
            <a href={`/api/v1/matters/years/${numbers.year}/report.csv`} download>
              {words.reportLink(String(numbers.year))}
            </a>
            . {words.reportSay}
          </p>
          <p>
            <a href={`/api/v1/matters/years/${numbers.year}/report.csv?for=excel`} download>
              {words.excelLink(String(numbers.year))}
            </a>
            . {words.excelSay}
          </p>
        </>
      )}
    </Layout>
  );
}

/** Each with a bar as long as it had much. */
function Years({ frame, years, shown }: Pick<MatterNumbersPageProps, 'frame' | 'years'> & { shown: number }) {
  const words = MATTER_WORDS[frame.language].numbers;
  const most = Math.max(...years.map(([, filed]) => filed));
  return (
    <nav aria-label={words.years}>
      <ol class="years">
        {years.map(([year, filed]) => (
          <li key={year}>
            <a href={`/matters/numbers?year=${year}`} aria-current={year === shown ? 'true' : undefined}>
              {year}
            </a>
            <span>
              {words.filed}: {frame.format.number(filed)}
            </span>
            <Bar part={filed} whole={most} isQuiet={year !== shown} />
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** What a reader asks first. */
function Headline({ frame, figures }: { frame: Frame; figures: Numbers }) {
  const words = MATTER_WORDS[frame.language].numbers;
  const { inTime, late, overdue, medianDaysToAnswer, medianDaysToFix } = figures;
  const decided = inTime + late + overdue;
  const facts = [
    { name: words.medianAnswer, value: daysIn(frame, medianDaysToAnswer) },
    { name: words.medianFix, value: daysIn(frame, medianDaysToFix) },
    { name: words.shareLong, value: frame.format.percent(inTime, decided), part: inTime, whole: decided },
    { name: words.overdue, value: frame.format.number(overdue), isGrave: overdue > 0 },
  ];
  return (
    <dl class="headline">
      {facts.map(({ name, value, part, whole, isGrave }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd class={isGrave === true ? 'fault' : undefined}>
            {value}
            {part !== undefined && whole > 0 && <Bar part={part} whole={whole} />}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function daysIn({ format }: Frame, days: number | undefined): string {
  return days === undefined ? '–' : format.days(days);
}

/** Only repeats a number beside it, so no one hears it twice. */
function Bar({ part, whole, isQuiet = false }: { part: number; whole: number; isQuiet?: boolean }) {
  return (
    <svg
      class={isQuiet ? 'bar-of-votes quiet' : 'bar-of-votes'}
      viewBox="0 0 100 6"
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
    >
      <rect class="track" width="100" height="6" />
      <rect class="value" width={whole === 0 ? 0 : Math.round((1_000 * part) / whole) / 10} height="6" />
    </svg>
  );
}

function Kinds({ frame, numbers }: { frame: Frame; numbers: YearNumbers }) {
  const { language } = frame;
  const { numbers: words, kindsMany } = MATTER_WORDS[language];
  const columns = [
    { title: words.all, figures: numbers.all.whole },
    ...[...numbers.kinds].map(([kind, { whole }]) => ({ title: inWords(kindsMany, kind), figures: whole })),
  ];
  const rows: readonly { title: string; value: (figures: Numbers) => string }[] = [
    ...FIGURES.map((name) => ({
      title: words[name],
      value: (figures: Numbers) => frame.format.number(figures[name]),
    })),
    { title: words.medianAnswer, value: ({ medianDaysToAnswer }) => daysIn(frame, medianDaysToAnswer) },
    { title: words.medianFix, value: ({ medianDaysToFix }) => daysIn(frame, medianDaysToFix) },
  ];
  return (
    <div class="scroll" tabindex={0} role="region" aria-label={words.year(String(numbers.year))}>
      <table>
        <caption>{words.year(String(numbers.year))}</caption>
        <thead>
          <tr>
            <th scope="col">{words.what}</th>
            {columns.map(({ title }) => (
              <th key={title} scope="col" class="number">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ title, value }) => (
            <tr key={title}>
              <th scope="row">{title}</th>
              {columns.map((column) => (
                <td key={column.title} class="number">
                  {value(column.figures)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface ByProps {
  frame: Frame;
  dimension: (typeof DIMENSIONS)[number];
  rows: ReadonlyMap<string, Numbers>;
  nameOf: (id: string) => Words;
}

/** What came in most first. Nobody answers faster by leaving the late ones out: what is overdue counts against the share. */
function By({ frame, dimension, rows, nameOf }: ByProps) {
  const { language, format } = frame;
  const words = MATTER_WORDS[language].numbers;
  const title = inWords(words.by, dimension);
  if (rows.size === 0) return null;
  const inOrder = [...rows].sort(([, a], [, b]) => b.filed - a.filed);
  const most = inOrder[0]?.[1].filed ?? 0;
  const columns = [
    words.filed,
    words.share,
    words.overdueShort,
    words.medianAnswerShort,
    words.medianFixShort,
    words.fixed,
  ];
  return (
    <section>
      <h2 id={`by-${dimension}`}>{title}</h2>
      <div class="scroll" tabindex={0} role="region" aria-label={title}>
        <table class="figures">
          <caption>{words.bySay}</caption>
          <thead>
            <tr>
              <th scope="col">{MATTER_WORDS[language][dimension]}</th>
              {columns.map((column) => (
                <th key={column} scope="col" class="number">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {inOrder.map(([id, figures]) => {
              const name = id === '' ? { text: words.without, language } : nameOf(id);
              const decided = figures.inTime + figures.late + figures.overdue;
              return (
                <tr key={id}>
                  <th scope="row" lang={otherThan(language, name.language)}>
                    {id === '' ? (
                      name.text
                    ) : (
                      <a href={`/matters?${dimension}=${encodeURIComponent(id)}`}>{name.text}</a>
                    )}
                  </th>
                  <td class="number">
                    {format.number(figures.filed)}
                    <Bar part={figures.filed} whole={most} />
                  </td>
                  <td class="number">
                    {format.percent(figures.inTime, decided)}
                    {decided > 0 && <Bar part={figures.inTime} whole={decided} />}
                  </td>
                  <td class={figures.overdue > 0 ? 'number fault' : 'number'}>
                    {format.number(figures.overdue)}
                  </td>
                  <td class="number">{daysIn(frame, figures.medianDaysToAnswer)}</td>
                  <td class="number">{daysIn(frame, figures.medianDaysToFix)}</td>
                  <td class="number">{format.number(figures.fixed)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}
