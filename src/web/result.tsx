/** The result of a count: area by area, every project with its votes and the reason why it is funded or not. */
import type { AreaResult, CountResult, Stratum } from '../../projections/count.js';
import type { ElectionDetails } from '../elections/elections.queries.js';
import { areaWords, optionWords } from './areas.js';
import type { Words } from './languages.js';
import { otherThan, type Frame } from './layout.js';
import { reasonInWords } from './reason.js';
import { scoreUnit, type Unit } from './ruleset.js';
import { Ties } from './ties.js';

type Title = (optionId: string) => Words;

export interface ResultProps {
  frame: Frame;
  details: ElectionDetails;
  result: CountResult;
}

export function ResultByArea({ frame, details, result }: ResultProps) {
  const title = optionWords(frame, details);
  const { currency } = details.election.definition;
  return (
    <>
      {result.areas.map((area) => (
        <AreaOutcome
          key={area.area}
          frame={frame}
          area={area}
          name={areaWords(frame, details, area.area)}
          title={title}
          currency={currency}
          score={scoreUnit(details.election)}
        />
      ))}
    </>
  );
}

interface AreaProps {
  frame: Frame;
  area: AreaResult;
  name: Words;
  title: Title;
  currency: string;
  score: Unit;
}

function AreaOutcome({ frame, area, name, title, currency, score }: AreaProps) {
  const { m, format, language } = frame;
  const { together } = area;
  const counted = Number(together.ballots);
  const unit = hasPoints(area) ? m.result.points : m.result.votes;
  return (
    <section class="area-result">
      <h3 lang={otherThan(language, name.language)}>{name.text}</h3>
      <p>
        {m.result.spent(format.money(together.cost, currency), format.money(together.budget, currency))}{' '}
        {together.reserve !== undefined &&
          `${m.result.reservePays(format.money(together.reserve, currency))} `}
        {m.result.countedIn(counted, format.number(together.ballots))}
      </p>
      <OutcomeTable {...{ frame, area, name, title, currency, score }} />
      <Ties
        frame={frame}
        ties={together.ties}
        title={title}
        unit={unit.toLocaleLowerCase()}
        currency={currency}
      />
      {area.paper.ballots !== '0' && <Strata frame={frame} area={area} name={name} title={title} />}
    </section>
  );
}

function OutcomeTable({ frame, area, name, title, currency, score }: AreaProps) {
  const { m, format, language } = frame;
  const { projects } = area.together;
  const most = projects.reduce((top, { score }) => (BigInt(score) > top ? BigInt(score) : top), 1n);
  const withPoints = hasPoints(area);
  return (
    <table class="wide outcome">
      <caption>{m.result.caption(name.text)}</caption>
      <thead>
        <tr>
          <th scope="col">{m.result.outcome}</th>
          <th scope="col" class="number">
            {withPoints ? m.result.points : m.result.votes}
          </th>
          <th scope="col" class="number">
            {m.projects.cost}
          </th>
        </tr>
      </thead>
      <tbody>
        {projects.map((project) => {
          const words = title(project.id);
          return (
            <tr key={project.id} class={project.funded ? 'funded' : undefined}>
              <th scope="row">
                <Mark frame={frame} funded={project.funded} />{' '}
                <span lang={otherThan(language, words.language)}>{words.text}</span>
                <p class="small">{reasonInWords(frame, project.reason, currency, title, score)}</p>
              </th>
              <td class="number">
                {format.number(project.score)}
                {withPoints && <p class="small">{`${m.result.votes}: ${format.number(project.votes)}`}</p>}
                <Bar value={BigInt(project.score)} most={most} />
              </td>
              <td class="number">{format.money(project.cost, currency)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** Whether ballots gave points: then they rank the projects, and votes stand beside. */
export function hasPoints({ together }: Pick<AreaResult, 'together'>): boolean {
  return together.projects.some(({ score, votes }) => score !== votes);
}

/** A sign and a word, so that no colour is needed. */
function Mark({ frame, funded }: { frame: Frame; funded: boolean }) {
  const { m } = frame;
  return (
    <span class={funded ? 'mark yes' : 'mark'}>
      <span aria-hidden="true">{funded ? '✔' : '✘'}</span> {funded ? m.result.funded : m.result.notFunded}
    </span>
  );
}

/** Only repeats the number beside it, so no one hears it twice. */
function Bar({ value, most }: { value: bigint; most: bigint }) {
  return (
    <svg
      class="bar-of-votes"
      viewBox="0 0 100 6"
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
    >
      <rect class="track" width="100" height="6" />
      <rect class="value" width={Number((value * 1_000n) / most) / 10} height="6" />
    </svg>
  );
}

function Strata({ frame, area, name, title }: Omit<AreaProps, 'currency' | 'score'>) {
  const { m, format, language } = frame;
  const web = scores(area.web);
  const paper = scores(area.paper);
  return (
    <details>
      <summary>{m.result.strata}</summary>
      <table>
        <caption>{m.result.strataCaption(name.text)}</caption>
        <thead>
          <tr>
            <th scope="col">{m.projects.project}</th>
            {[m.result.together, m.turnout.web, m.turnout.paper].map((heading) => (
              <th key={heading} scope="col" class="number">
                {heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {area.together.projects.map(({ id, score, funded }) => {
            const words = title(id);
            return (
              <tr key={id}>
                <th scope="row" lang={otherThan(language, words.language)}>
                  {words.text}
                </th>
                <Share frame={frame} score={score} funded={funded} />
                <Share frame={frame} score={web.get(id)} funded={area.web.funded?.includes(id) ?? false} />
                <Share
                  frame={frame}
                  score={paper.get(id)}
                  funded={area.paper.funded?.includes(id) ?? false}
                />
              </tr>
            );
          })}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{m.result.ballots}</th>
            {[area.together.ballots, area.web.ballots, area.paper.ballots].map((ballots, index) => (
              <td key={index} class="number">
                {format.number(ballots)}
              </td>
            ))}
          </tr>
        </tfoot>
      </table>
      <p class="small">{m.result.fundedAlone}</p>
    </details>
  );
}

function Share({ frame, score, funded }: { frame: Frame; score: string | undefined; funded: boolean }) {
  return (
    <td class="number">
      {score === undefined ? '–' : frame.format.number(score)}
      {funded && (
        <>
          {' '}
          <span role="img" aria-label={frame.m.result.funded}>
            ✔
          </span>
        </>
      )}
    </td>
  );
}

function scores(stratum: Stratum): ReadonlyMap<string, string> {
  return new Map(stratum.votes.map(({ id, score }) => [id, score]));
}
