/** How staff's own work goes, a row for each department. */
import type { DepartmentNumbers } from '../desk/desk-numbers.js';
import type { DeskPageProps } from './desk.page.js';
import { DESK_WORDS } from './desk-words.js';
import { otherThan } from './layout.js';
import type { Words } from './languages.js';

const FIGURES = ['open', 'overdue', 'soon', 'answered'] as const;

export function DeskStatistics({
  frame,
  names,
  numbers,
}: Pick<DeskPageProps, 'frame' | 'names' | 'numbers'>) {
  const { language, format } = frame;
  const { statistics: words } = DESK_WORDS[language];
  const own = (text: string): Words => ({ text, language });
  const row = (key: string, name: Words, of: DepartmentNumbers) => (
    <tr key={key}>
      <th scope="row" lang={otherThan(language, name.language)}>
        {name.text}
      </th>
      {FIGURES.map((figure) => (
        <td key={figure} class="number">
          {format.number(of[figure])}
        </td>
      ))}
      <td class="number">{of.medianDays === undefined ? '–' : format.decimal(String(of.medianDays))}</td>
    </tr>
  );
  return (
    <details>
      <summary>{words.title}</summary>
      <div class="scroll" tabindex={0} role="group" aria-label={words.title}>
        <table>
          <caption>{words.title}</caption>
          <thead>
            <tr>
              <th scope="col">{words.department}</th>
              {FIGURES.map((figure) => (
                <th key={figure} scope="col" class="number">
                  {words[figure]}
                </th>
              ))}
              <th scope="col" class="number">
                {words.median}
              </th>
            </tr>
          </thead>
          <tbody>
            {row('', own(words.all), numbers.all)}
            {[...numbers.departments].map(([id, of]) =>
              row(`d-${id}`, id === '' ? own(words.none) : names.department(id), of),
            )}
          </tbody>
        </table>
      </div>
    </details>
  );
}
