/** What each project that is not funded missed, where the money of its supporters went, and how far it was. */
import type { Teller } from './explanation-in-words.js';
import { Bar, Title } from './explanation-steps.js';
import type { Words } from './languages.js';
import type { Frame } from './layout.js';

export interface LosersProps {
  frame: Frame;
  teller: Teller;
  title: (optionId: string) => Words;
}

export function Losers({ frame, teller, title }: LosersProps) {
  const { words, explanation } = teller;
  const known = explanation.losers
    .map((loser) => ({
      ...loser,
      says: [...teller.missed(loser), ...teller.ways(loser)].join(' '),
      spent: teller.spent(loser).join(' '),
    }))
    .filter(({ says }) => says !== '');
  const distances = teller.distances();
  if (known.length === 0 && distances.length === 0) return null;
  return (
    <>
      <h3>{words.losers}</h3>
      {distances.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      <ul class="losers">
        {known.map(({ project, left, says, spent }) => {
          const cost = teller.costOf(project);
          return (
            <li key={project}>
              <p>
                <strong>
                  <Title frame={frame} words={title(project)} />
                </strong>{' '}
                {teller.money(cost)}
              </p>
              {left !== undefined && Number(cost) > 0 && <Bar value={Number(left)} most={Number(cost)} />}
              <p>{says}</p>
              {spent !== '' && (
                <details>
                  <summary>{words.loser.where}</summary>
                  <p class="small">{spent}</p>
                </details>
              )}
            </li>
          );
        })}
      </ul>
    </>
  );
}
