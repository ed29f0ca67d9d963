/** A counted file explained, as data and in sentences: `concejo tally --explain`. Pure. */
import { explain, type Explanation } from '../../projections/tally/explanation.js';
import { Teller } from '../web/explanation-in-words.js';
import { Format } from '../web/format.js';
import type { Language } from '../web/languages.js';
import { MESSAGES } from '../web/messages.js';
import { amountText } from './numbers.js';
import type { FileTally } from './tally-file.js';

export function explainFile({ outcome, ruleset, projects, ballots, budget }: FileTally): Explanation {
  const categories = new Map(
    projects.flatMap(({ id, category }) => (category === undefined ? [] : [[id, category] as const])),
  );
  return explain(ruleset, projects, ballots, budget, outcome, categories);
}

/** A file's amounts have two decimals at most, whatever its currency has. */
class FileFormat extends Format {
  override money(minor: number | bigint | string, currency: string): string {
    const amount = this.decimal(amountText(BigInt(minor)));
    return currency === 'XXX' ? amount : `${amount} ${currency}`;
  }
}

export function explanationText(
  { projects, currency, ruleset }: FileTally,
  explanation: Explanation,
  language: Language,
): string {
  const names = new Map(projects.map(({ id, name }) => [id, name === '' ? id : `${name} (${id})`]));
  const teller = new Teller(
    {
      language,
      m: MESSAGES[language],
      format: new FileFormat(language, 'UTC'),
      currency,
      title: (id) => names.get(id) ?? id,
      unit: ruleset.score.by === 'votes' ? 'votes' : 'points',
    },
    explanation,
  );
  return ['', ...linesOf(teller)].join('\n');
}

function linesOf(teller: Teller): string[] {
  const { words, explanation } = teller;
  const { rounds, purchases, outcome, losers } = explanation;
  const completed = teller.completed();
  const listed = (sentences: readonly string[]) =>
    sentences.length === 0 ? [] : [`  ${sentences.join(' ')}`];
  return [
    words.title,
    '',
    ...teller.intro(),
    ...(rounds ?? []).flatMap((round, index) => listed(teller.round(round, index + 1))),
    ...(purchases ?? []).flatMap((purchase) => listed(teller.purchase(purchase))),
    ...teller.stop(),
    ...(completed.length === 0
      ? []
      : [words.shares.completed, ...completed.flatMap((project) => listed(teller.turn(project)))]),
    ...(teller.isByTurns ? outcome.projects.flatMap((project) => listed(teller.turn(project))) : []),
    ...section(words.losers, [
      ...losers.flatMap((loser) => listed(loserSentences(teller, loser))),
      ...teller.distances(),
    ]),
    ...section(words.fairness, teller.fairness()),
    ...fairnessLines(teller),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines];
}

function loserSentences(teller: Teller, loser: Explanation['losers'][number]): string[] {
  const said = [...teller.missed(loser), ...teller.spent(loser), ...teller.ways(loser)];
  const head = teller.words.loser.costs(
    teller.project(loser.project),
    teller.money(teller.costOf(loser.project)),
  );
  return said.length === 0 ? [] : [head, ...said];
}

/** Tables, a row a line. */
function fairnessLines(teller: Teller): string[] {
  const { fair } = teller.words;
  const table = (title: string, rows: readonly (readonly string[])[]) =>
    section(
      title,
      rows.map(([head = '', ...cells]) => `  ${head}: ${cells.join(', ')}`),
    );
  const levels = teller.levels().map(({ number, voters, share }) => [number, voters, share]);
  const categories = teller
    .categories()
    .map(({ category, ofMoney, ofVotes }) => [category, ofMoney, ofVotes]);
  const represented = teller.represented().map(({ project, share }) => [teller.project(project), share]);
  return [
    ...table(fair.levels, levels),
    ...table(`${fair.categories} (${fair.ofMoney}, ${fair.ofVotes})`, categories),
    ...table(fair.represents, represented),
  ];
}
