/** How many have voted, in a sentence, as a bar chart and as the table that says the same. */
import type { ElectionRow } from '../../projections/elections.view.js';
import type { TurnoutRow } from '../../projections/turnout.view.js';
import type { Frame } from './layout.js';
import { turnoutPeriods, type Period, type Periods } from './turnout-periods.js';

export interface TurnoutProps {
  frame: Frame;
  election: ElectionRow;
  turnout: TurnoutRow | undefined;
}

export function Turnout({ frame, election, turnout }: TurnoutProps) {
  const { m, format } = frame;
  return (
    <section class="turnout">
      <h2 id="turnout">{m.turnout.title}</h2>
      <p>{turnoutInWords(frame, election, turnout)}</p>
      {turnout !== undefined && turnout.hours.length > 0 && (
        <>
          <Chart
            frame={frame}
            {...turnoutPeriods(turnout.hours, format)}
            hasPaper={turnout.paper > 0}
            hasTotal={votersOf(election, turnout) !== undefined}
          />
          <p class="small">
            {m.turnout.ballots(turnout.ballots, format.number(turnout.ballots))}{' '}
            {votersOf(election, turnout) === undefined && m.turnout.both}
          </p>
        </>
      )}
    </section>
  );
}

/**
 * How many have voted, where the turnout tells: where paper prevails, whoever voted by web and then on paper is in both
 * numbers, and their sum may be more than the roll.
 */
export function votersOf(
  { definition }: Pick<ElectionRow, 'definition'>,
  turnout: TurnoutRow | undefined,
): number | undefined {
  const { web, paper } = turnout ?? { web: 0, paper: 0 };
  return paper > 0 && definition.paper === 'prevails' ? undefined : web + paper;
}

/** `Han votado 1.234 personas, el 5,6 % del censo.`, or how many by web and how many on paper. */
export function turnoutInWords(
  { m, format }: Frame,
  election: ElectionRow,
  turnout: TurnoutRow | undefined,
): string {
  const isVoting = election.phase === 'open' || election.phase === 'suspended';
  const voters = votersOf(election, turnout);
  if (voters === 0) return m.turnout.none;
  if (voters === undefined) {
    const says = isVoting ? m.turnout.soFarEach : m.turnout.finalEach;
    return says(format.number(turnout?.web ?? 0), format.number(turnout?.paper ?? 0));
  }
  const says = isVoting ? m.turnout.soFar : m.turnout.final;
  return says(format.number(voters), format.percent(voters, election.roll?.count ?? 0));
}

/** Of the drawing, in its own units. */
const WIDTH = 480;
const HEIGHT = 190;
const LEFT = 64;
const TOP = 12;
const BASE = 160;
/** So many labels fit under the bars. */
const LABELS = 4;

interface ChartProps extends Periods {
  frame: Frame;
  hasPaper: boolean;
  /** Whether web and paper may be added up over time. */
  hasTotal: boolean;
}

function Chart({ frame, unit, periods, hasPaper, hasTotal }: ChartProps) {
  const { m, format } = frame;
  const label = (period: Period) => (unit === 'day' ? format.day(period.at) : format.hour(period.at));
  const title = unit === 'day' ? m.turnout.perDay : m.turnout.perHour;
  const most = periods.reduce((top, period) =>
    period.web + period.paper > top.web + top.paper ? period : top,
  );
  const scale = niceTop(most.web + most.paper);
  const step = (WIDTH - LEFT - 4) / periods.length;
  const width = Math.max(1, Math.min(40, step * 0.75));
  const every = Math.ceil(periods.length / LABELS);
  return (
    <figure>
      <figcaption>
        {title}
        {hasPaper && (
          <span class="legend">
            <Swatch of="web" /> {m.turnout.web} <Swatch of="paper" /> {m.turnout.paper}
          </span>
        )}
      </figcaption>
      <svg
        class="chart"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={m.turnout.chart(title, format.number(most.web + most.paper), label(most))}
      >
        <Hatch id="hatch" />
        {[0, scale / 2, scale].filter(Number.isInteger).map((value) => (
          <g key={value}>
            <line class="grid" x1={LEFT} x2={WIDTH} y1={height(value, scale)} y2={height(value, scale)} />
            <text class="axis" x={LEFT - 6} y={height(value, scale) + 4} text-anchor="end">
              {format.number(value)}
            </text>
          </g>
        ))}
        {periods.map((period, index) => {
          const x = round(LEFT + step * (index + 0.5) - width / 2);
          const webTop = height(period.web, scale);
          const top = height(period.web + period.paper, scale);
          return (
            <g key={period.at}>
              <rect class="web" x={x} y={webTop} width={round(width)} height={round(BASE - webTop)} />
              {period.paper > 0 && (
                <rect
                  class="paper"
                  fill="url(#hatch)"
                  x={x}
                  y={top}
                  width={round(width)}
                  height={round(webTop - top)}
                />
              )}
              {index % every === 0 && (
                <text
                  class="axis"
                  x={round(Math.max(x + width / 2, LEFT + 20))}
                  y={BASE + 20}
                  text-anchor="middle"
                >
                  {label(period)}
                </text>
              )}
            </g>
          );
        })}
      </svg>
      <PeriodTable {...{ frame, unit, periods, hasPaper, hasTotal, title }} />
    </figure>
  );
}

function PeriodTable({ frame, unit, periods, hasPaper, hasTotal, title }: ChartProps & { title: string }) {
  const { m, format } = frame;
  return (
    <details>
      <summary>{m.site.showTable}</summary>
      <table class="periods">
        <caption>{title}</caption>
        <thead>
          <tr>
            <th scope="col">{unit === 'day' ? m.turnout.day : m.turnout.hour}</th>
            <th scope="col" class="number">
              {m.turnout.web}
            </th>
            {hasPaper && (
              <th scope="col" class="number">
                {m.turnout.paper}
              </th>
            )}
            {hasTotal && (
              <th scope="col" class="number">
                {m.turnout.total}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {periods.map((period) => (
            <tr key={period.at}>
              <th scope="row">{unit === 'day' ? format.day(period.at) : format.hour(period.at)}</th>
              <td class="number">{format.number(period.web)}</td>
              {hasPaper && <td class="number">{format.number(period.paper)}</td>}
              {hasTotal && <td class="number">{format.number(period.total)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

function Swatch({ of }: { of: 'web' | 'paper' }) {
  return (
    <svg class="swatch" viewBox="0 0 12 12" aria-hidden="true">
      {of === 'paper' && <Hatch id="hatch-of-legend" />}
      <rect class={of} fill={of === 'paper' ? 'url(#hatch-of-legend)' : undefined} width="12" height="12" />
    </svg>
  );
}

/** Paper is told from web by its pattern, not by its colour. */
function Hatch({ id }: { id: string }) {
  return (
    <defs>
      <pattern id={id} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect class="hatch-ground" width="6" height="6" />
        <rect class="hatch-line" width="3" height="6" />
      </pattern>
    </defs>
  );
}

/** The least of 2, 4, 10, 20, 40, 100 … that is not below. */
function niceTop(most: number): number {
  for (let power = 1; ; power *= 10) {
    for (const step of [2, 4, 10]) if (step * power >= most) return step * power;
  }
}

function height(value: number, scale: number): number {
  return round(BASE - (value / scale) * (BASE - TOP));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
