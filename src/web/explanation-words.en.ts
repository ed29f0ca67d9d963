/** How a count is explained, in English. */
import type { ExplanationWords } from './explanation-words.es.js';

const one = (n: number, singular: string, plural: string) => (n === 1 ? singular : plural);
const voters = (n: number, written: string) => `${written} ${one(n, 'voter', 'voters')}`;
const supporters = (n: number, written: string) => `${written} ${one(n, 'supporter', 'supporters')}`;

export const en: ExplanationWords = {
  title: 'How it was counted, step by step',
  of: (election) => `How it was counted: ${election}`,
  intro:
    'This page comes of the ballots and the rule, and of nothing else: anybody can work it out again from the log. Amounts are rounded.',
  data: 'The same data, for programs',
  back: 'Back to the result',
  missing: 'The explanation of this count was not kept. It appears with the next count.',
  rounds: 'Rounds',
  turns: 'Order of counting',
  losers: 'What is not funded, and what it missed',
  fairness: 'Whom the result serves',
  quoted: (project) => `“${project}”`,
  list: (items) =>
    items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`,
  shares: {
    held: (n, written, share) =>
      `Each of the ${voters(n, written)} held ${share} at first, to pay for the projects that she supports.`,
    raised: (share) =>
      `An equal part of the budget would be ${share}. It was raised step by step, as long as what is bought did not cost more than the budget.`,
    lowered: (share) => `An equal part of the budget would be ${share}. It was rounded down.`,
    compared: (forGreedy, forShares) =>
      `It was compared with counting from most to least support: ${forGreedy} voters prefer that result, and ${forShares} that of equal shares. So the first stands.`,
    keptShares: (forShares, forGreedy) =>
      `It was compared with counting from most to least support: ${forShares} voters prefer this result, and ${forGreedy} the other. So this one stands.`,
    completed: 'The money that is left goes to the others, from most to least support, as far as they fit:',
    effective:
      'Effective votes of a project: how many votes would be enough to pay for it if all paid alike, which is its cost over what those pay who pay in full. Each round buys the project that has most.',
    byPrice: 'Each round buys the project that costs each of its supporters least.',
    byPoint: 'Each round buys the project that costs least for each point that it was given.',
  },
  round: {
    bought: (round, project, cost) => `Round ${round}: ${project}, for ${cost}.`,
    free: 'It costs nothing and is funded at once.',
    inFull: (n, written, price) => `${supporters(n, written)} ${one(n, 'pays', 'pay')} ${price} each.`,
    perPoint: (n, written, price) => `${supporters(n, written)} ${one(n, 'pays', 'pay')} ${price} per point.`,
    allTheyHad: (n, written) =>
      n === 1
        ? 'One more has less, and pays all that she has left.'
        : `${written} more have less, and pay all that they have left.`,
    onlyAllTheyHad: (n, written) =>
      `${supporters(n, written)} ${one(n, 'pays', 'pay')} all that they have left.`,
    effective: (votes) => `It has ${votes} effective votes.`,
    next: (project, votes, behind) => `Next was ${project}, with ${votes}: ${behind} fewer.`,
    nextLevel: (project) => `Next was ${project}, which was level.`,
    nextPrice: (project, price, behind) => `Next was ${project}, at ${price}: ${behind} more.`,
    alone: 'No other could be paid for then.',
    number: 'Round',
    project: 'Project',
    paying: 'Who pays',
    compared: 'Effective votes, and the next',
    comparedPrice: 'What it costs each, and the next',
    comparedPoint: 'What it costs per point, and the next',
    caption: (area) => `Rounds in: ${area}`,
  },
  overspending: {
    rule: 'A project can be funded although its supporters cannot pay all of it: nobody is charged for what is missing, which is overspent and leaves less for the others. The less of its cost they can pay, the higher its price counts.',
    effective:
      'Effective votes of a project: its cost over the price as it counts. If its supporters can pay all of it, these are the votes that would be enough to pay for it if all paid alike. Each round buys the project that has most.',
    byPrice: 'Each round buys the project whose price for each supporter, as it counts, is least.',
    byPoint: 'Each round buys the project whose price per point, as it counts, is least.',
    overspent: (amount) => `${amount} of its cost are overspent.`,
    countsAt: (price) => `Its price counts as ${price}.`,
    alone: 'No other that fitted had anybody left to pay for it.',
    left: (held, left) => `Its supporters held ${held} in all and have ${left} left.`,
  },
  purchase: {
    earning:
      'All voters earn the same at the same pace. A project is funded when its supporters together have what it costs.',
    bought: (earned, project, cost) =>
      `When everybody had earned ${earned}, the supporters of ${project} had the ${cost} that it costs.`,
    next: (project, earned) => `Next would have been ${project}, at ${earned}.`,
    stop: (earned, n, projects) =>
      `At ${earned} came ${projects}, which no longer fitted the budget${one(n, '', ' together')}: there it stops.`,
    caption: (area) => `Purchases in: ${area}`,
    earned: 'Earned by each',
  },
  turn: {
    place: 'Place',
    remaining: 'Left before it',
    caption: (area) => `Order of counting in: ${area}`,
  },
  loser: {
    costs: (project, cost) => `${project} costs ${cost}.`,
    left: (held, left, missing) =>
      `Its supporters held ${held} in all and have ${left} left: ${missing} are missing.`,
    parts: (held, left, missing) =>
      `Its supporters held ${held} in all and have ${left} left; to pay equal parts they lack ${missing}.`,
    stopped: (left, missing) => `Its supporters had ${left} when the count stopped: ${missing} were missing.`,
    enough: 'Its supporters had what it costs when the count stopped, but it did not fit.',
    where: 'Where the money of its supporters went',
    wentTo: (list) => `They paid ${list}.`,
    share: (amount, project) => `${amount} for ${project}`,
    others: (n, written, amount) => `${amount} for ${one(n, 'another project', `${written} other projects`)}`,
    spentNothing: 'They paid for no other.',
    support: {
      voters: (n, written) =>
        `with ${written} more ${one(n, 'voter who supports', 'voters who support')} only it`,
      votes: (n, written) => `with ${written} more ${one(n, 'vote', 'votes')}`,
      points: (n, written) => `with ${written} more ${one(n, 'point', 'points')}`,
    },
    cost: (cost) => `at a cost of at most ${cost}`,
    free: 'at no cost',
    would: (ways) => `It would have been funded ${ways.join(', or ')}.`,
    never: 'Neither more support nor a lower cost would have funded it.',
    sameShares:
      'This is said with the same share for each voter and the rounds before as they were: it measures how close a project was, and forecasts no other count.',
    allElseEqual: 'This is said with all else equal.',
    closest: (n, projects) => `Closest to being funded, by support: ${projects}.`,
    none: 'All projects are funded.',
  },
  fair: {
    nothing: (n, all, written, share) =>
      `Of ${all} voters, ${written} (${share}) ${one(n, 'has', 'have')} no project funded that they chose.`,
    levels: 'Voters by how many of their projects are funded',
    level: (n, written) => `${written} ${one(n, 'project', 'projects')}`,
    funded: 'Funded of theirs',
    voters: 'Voters',
    categories: 'Money and votes by kind',
    category: 'Kind',
    noCategory: '(none)',
    ofMoney: 'Of the money',
    ofVotes: 'Of the votes',
    represents: 'What part of the voters each project stands for',
    part: 'Of the voters',
    everyGroup:
      'Every group of voters large enough for a project got its part (EJR+ up to one project, by cost).',
    notEveryGroup: (projects) =>
      `Not every group of voters large enough for a project got its part (EJR+ up to one project, by cost): see ${projects}.`,
  },
};
