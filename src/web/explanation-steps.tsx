/** The steps of a count: rounds with who paid and what came next, purchases, or projects in their turn. */
import type { Teller } from './explanation-in-words.js';
import type { Words } from './languages.js';
import { otherThan, type Frame } from './layout.js';
import type { Unit } from './ruleset.js';

export interface StepsProps {
  frame: Frame;
  teller: Teller;
  area: string;
  title: (optionId: string) => Words;
  /** What projects are taken by, where they are taken in turn. */
  unit: Unit;
}

export function Steps(props: StepsProps) {
  const { teller } = props;
  const { words, explanation } = teller;
  const completed = teller.completed();
  return (
    <>
      <h3>{explanation.rounds || explanation.purchases ? words.rounds : words.turns}</h3>
      {teller.intro().map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      {explanation.rounds && <Rounds {...props} rounds={explanation.rounds} />}
      {explanation.purchases && <Purchases {...props} purchases={explanation.purchases} />}
      {teller.stop().map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      {teller.isByTurns && <Turns {...props} />}
      {completed.length > 0 && (
        <>
          <p>{words.shares.completed}</p>
          <ul>
            {completed.map((project) => (
              <li key={project.id}>{teller.turn(project).join(' ')}</li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

type Round = NonNullable<Teller['explanation']['rounds']>[number];

function Rounds({ frame, teller, area, title, rounds }: StepsProps & { rounds: readonly Round[] }) {
  const { round: words } = teller.words;
  const byCost = teller.explanation.utility === 'cost';
  const most = Math.max(...rounds.map(({ offers: [first] }) => Number(first?.effective ?? 0)), 1);
  const compared = { cost: words.compared, cardinality: words.comparedPrice, score: words.comparedPoint };
  if (rounds.length === 0) return null;
  return (
    <table class="wide steps">
      <caption>{words.caption(area)}</caption>
      <thead>
        <tr>
          <th scope="col">{words.number}</th>
          <th scope="col">{words.paying}</th>
          <th scope="col">{compared[teller.explanation.utility ?? 'cost']}</th>
        </tr>
      </thead>
      <tbody>
        {rounds.map((round, index) => {
          const [first, second] = round.offers;
          return (
            <tr key={round.project}>
              <td class="number">{frame.format.number(index + 1)}</td>
              <th scope="row">
                <Title frame={frame} words={title(round.project)} />
                <p class="small">
                  {[`${teller.money(teller.costOf(round.project))}.`, ...teller.payers(round)].join(' ')}
                </p>
              </th>
              <td>
                {byCost && first && <Bar value={Number(first.effective)} most={most} />}
                {byCost && second && <Bar value={Number(second.effective)} most={most} isQuiet />}
                <p class="small">{teller.compared(round).join(' ')}</p>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

type Purchase = NonNullable<Teller['explanation']['purchases']>[number];

function Purchases({
  frame,
  teller,
  area,
  title,
  purchases,
}: StepsProps & { purchases: readonly Purchase[] }) {
  const { round, purchase: words } = teller.words;
  if (purchases.length === 0) return null;
  const most = Math.max(...purchases.map(({ earned }) => Number(earned)), 1);
  return (
    <table class="wide steps">
      <caption>{words.caption(area)}</caption>
      <thead>
        <tr>
          <th scope="col">{round.number}</th>
          <th scope="col">{round.project}</th>
          <th scope="col" class="number">
            {words.earned}
          </th>
        </tr>
      </thead>
      <tbody>
        {purchases.map((one, index) => (
          <tr key={one.project}>
            <td class="number">{frame.format.number(index + 1)}</td>
            <th scope="row">
              <Title frame={frame} words={title(one.project)} />
              <p class="small">{teller.purchase(one).join(' ')}</p>
            </th>
            <td class="number">
              {teller.money(one.earned)}
              <Bar value={Number(one.earned)} most={most} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Turns({ frame, teller, area, title, unit }: StepsProps) {
  const { m, format } = frame;
  const { round, turn: words } = teller.words;
  const { turns, outcome } = teller.explanation;
  const remaining = new Map(turns?.map((turn) => [turn.project, turn.remaining]));
  return (
    <table class="wide steps">
      <caption>{words.caption(area)}</caption>
      <thead>
        <tr>
          <th scope="col">{words.place}</th>
          <th scope="col">{round.project}</th>
          <th scope="col" class="number">
            {m.result[unit]}
          </th>
          {turns && (
            <th scope="col" class="number">
              {words.remaining}
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {outcome.projects.map(({ id, rank, funded, cost, score }) => (
          <tr key={id} class={funded ? 'funded' : undefined}>
            <td class="number">{format.number(rank)}</td>
            <th scope="row">
              <Title frame={frame} words={title(id)} />
              <p class="small">
                {`${funded ? `✔ ${m.result.funded}` : `✘ ${m.result.notFunded}`}, ${teller.money(cost)}. ${teller.reason(id)}`}
              </p>
            </th>
            <td class="number">{format.number(score)}</td>
            {turns && (
              <td class="number">
                {teller.money(remaining.get(id) ?? '0')}
                <Bar value={Number(remaining.get(id) ?? 0)} most={Math.max(Number(outcome.budget), 1)} />
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Title({ frame, words }: { frame: Frame; words: Words }) {
  return <span lang={otherThan(frame.language, words.language)}>{words.text}</span>;
}

/** Only repeats a number beside it, so no one hears it twice. @param isQuiet for what is only compared with */
export function Bar({ value, most, isQuiet = false }: { value: number; most: number; isQuiet?: boolean }) {
  const width = Math.round((1_000 * Math.min(value, most)) / most) / 10;
  return (
    <svg
      class={isQuiet ? 'bar-of-votes quiet' : 'bar-of-votes'}
      viewBox="0 0 100 6"
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
    >
      <rect class="track" width="100" height="6" />
      <rect class="value" width={width} height="6" />
    </svg>
  );
}
