/** The figures of a year: how much came in, how long it took, and what is late. */
import type { Numbers, YearNumbers } from '../complaints/numbers.js';
import type { Words } from './languages.js';
import { Layout, otherThan, type Frame } from './layout.js';
import type { MatterNames } from './matter-names.js';
import { MATTER_WORDS } from './matter-words.js';
import { inWords } from './messages.js';

export interface MatterNumbersPageProps {
  frame: Frame;
  names: MatterNames;
  /** The latest first. */
  years: readonly number[];
  numbers: YearNumbers | undefined;
}

const FIGURES = [
  'filed',
  'released',
  'answered',
  'inTime',
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
          <Kinds frame={frame} numbers={numbers} />
          {numbers.void > 0 && <p>{words.void(numbers.void, format.number(numbers.void))}</p>}
          {DIMENSIONS.map((dimension) => (
            <By
              key={dimension}
              frame={frame}
              title={inWords(words.by, dimension)}
              rows={numbers.all.by[dimension]}
              nameOf={(id) => names[dimension](id)}
            />
          ))}
        </>
      )}
    </Layout>
  );
}

function Years({ frame, years, shown }: { frame: Frame; years: readonly number[]; shown: number }) {
  return (
    <nav aria-label={MATTER_WORDS[frame.language].numbers.years}>
      <ul class="actions">
        {years.map((year) => (
          <li key={year}>
            <a href={`/matters/numbers?year=${year}`} aria-current={year === shown ? 'true' : undefined}>
              {year}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Kinds({ frame, numbers }: { frame: Frame; numbers: YearNumbers }) {
  const { language } = frame;
  const { numbers: words, kindsMany } = MATTER_WORDS[language];
  const columns = [
    { title: words.all, figures: numbers.all.whole },
    ...[...numbers.kinds].map(([kind, { whole }]) => ({ title: inWords(kindsMany, kind), figures: whole })),
  ];
  const daysIn = (days: number | undefined) =>
    days === undefined ? '–' : frame.format.decimal(String(days));
  const rows: readonly { title: string; value: (figures: Numbers) => string }[] = [
    ...FIGURES.map((name) => ({
      title: words[name],
      value: (figures: Numbers) => frame.format.number(figures[name]),
    })),
    { title: words.medianAnswer, value: ({ medianDaysToAnswer }) => daysIn(medianDaysToAnswer) },
    { title: words.medianFix, value: ({ medianDaysToFix }) => daysIn(medianDaysToFix) },
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
  title: string;
  rows: ReadonlyMap<string, Numbers>;
  nameOf: (id: string) => Words;
}

function By({ frame, title, rows, nameOf }: ByProps) {
  const { language, format } = frame;
  const words = MATTER_WORDS[language].numbers;
  if (rows.size === 0) return null;
  const columns = [words.filed, words.answered, words.share, words.overdue, words.fixed];
  return (
    <section>
      <h2>{title}</h2>
      <div class="scroll" tabindex={0} role="region" aria-label={title}>
        <table>
          <caption>{words.bySay}</caption>
          <thead>
            <tr>
              <th scope="col">{title}</th>
              {columns.map((column) => (
                <th key={column} scope="col" class="number">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {[...rows].map(([id, figures]) => {
              const name = id === '' ? { text: words.without, language } : nameOf(id);
              const decided = figures.inTime + figures.late + figures.overdue;
              return (
                <tr key={id}>
                  <th scope="row" lang={otherThan(language, name.language)}>
                    {name.text}
                  </th>
                  <td class="number">{format.number(figures.filed)}</td>
                  <td class="number">{format.number(figures.answered)}</td>
                  <td class="number">{format.percent(figures.inTime, decided)}</td>
                  <td class="number">{format.number(figures.overdue)}</td>
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
