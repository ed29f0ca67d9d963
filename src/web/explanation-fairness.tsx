/** Whom a result serves: voters by what they got, categories, and what part of the voters each project stands for. */
import { Bar, Title, type StepsProps } from './explanation-steps.js';

export function FairnessOf({ frame, teller, area, title }: Omit<StepsProps, 'unit'>) {
  const { fair, fairness } = teller.words;
  const levels = teller.levels();
  const categories = teller.categories();
  const represented = teller.represented();
  return (
    <>
      <h3>{fairness}</h3>
      {teller.fairness().map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      <table class="shares">
        <caption>{`${fair.levels}: ${area}`}</caption>
        <thead>
          <tr>
            <th scope="col">{fair.funded}</th>
            <th scope="col" class="number">
              {fair.voters}
            </th>
          </tr>
        </thead>
        <tbody>
          {levels.map(({ number, voters, share, part }) => (
            <tr key={number}>
              <th scope="row">{number}</th>
              <td class="number">
                {`${voters} (${share})`}
                <Bar value={part} most={1} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {categories.length > 0 && (
        <table class="shares">
          <caption>{`${fair.categories}: ${area}`}</caption>
          <thead>
            <tr>
              <th scope="col">{fair.category}</th>
              <th scope="col" class="number">
                {fair.ofMoney}
              </th>
              <th scope="col" class="number">
                {fair.ofVotes}
              </th>
            </tr>
          </thead>
          <tbody>
            {categories.map(({ category, ofMoney, ofVotes }) => (
              <tr key={category}>
                <th scope="row">{category}</th>
                <td class="number">{ofMoney}</td>
                <td class="number">{ofVotes}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {represented.length > 0 && (
        <table class="shares">
          <caption>{`${fair.represents}: ${area}`}</caption>
          <thead>
            <tr>
              <th scope="col">{frame.m.projects.project}</th>
              <th scope="col" class="number">
                {fair.part}
              </th>
            </tr>
          </thead>
          <tbody>
            {represented.map(({ project, share, part }) => (
              <tr key={project}>
                <th scope="row">
                  <Title frame={frame} words={title(project)} />
                </th>
                <td class="number">
                  {share}
                  <Bar value={part} most={1} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
