/** What staff asks of all matters, one question after another, as somebody does who looks through them. */
import { aboutOf, textOf } from './matter-contents.js';
import { matterIdOf } from './matter-log.js';
import { percentile } from './raw-http.js';

interface Question {
  readonly what: string;
  readonly path: (i: number) => string;
  readonly form?: (i: number) => Record<string, string>;
  /** How often it is asked at most: some take seconds. */
  readonly most?: number;
}

const QUEUE = '/api/v1/matters/queue';
const QUESTIONS: readonly Question[] = [
  { what: 'the page of the queue, what is due first', path: () => '/staff/matters?shown=open' },
  { what: 'the page of the queue, what is done', path: () => '/staff/matters?shown=done' },
  { what: 'the queue of a department', path: (i) => `${QUEUE}?stateKind=open&${of(i, 'department')}` },
  {
    what: 'the queue of a category in an area',
    path: (i) => `${QUEUE}?stateKind=open&${of(i, 'area')}&${of(i, 'category')}`,
  },
  { what: 'a word of every third in the queue', path: () => `${QUEUE}?stateKind=open&words=farola` },
  {
    what: 'a word of none of the open ones',
    path: () => `${QUEUE}?stateKind=open&words=xilofon`,
    most: 5,
  },
  { what: 'a word of none at all', path: () => `${QUEUE}?words=xilofon`, most: 3 },
  { what: 'what says the same as another', path: (i) => `/api/v1/matters/${matterIdOf(i)}/alike` },
  {
    what: 'what says the same as a form without a point',
    path: () => '/matters/new/near',
    form: (i) => ({ category: aboutOf(i).category, text: textOf(i), address: `Calle ${i % 900}, 3` }),
  },
];

function of(i: number, what: 'area' | 'category' | 'department'): string {
  return `${what}=${aboutOf(i)[what]}`;
}

/** Prints a line for each. @param key of somebody with the role */
export async function askAtDesk(name: string, origin: string, key: string, times: number): Promise<void> {
  const figures: Question = { what: 'the figures of the work', path: () => `${QUEUE}/numbers` };
  console.log(
    `${name}: ${figures.what}, the first time, ${(await ask(origin, key, figures, 0)).toFixed(0)} ms`,
  );
  for (const question of [figures, ...QUESTIONS]) {
    const took = new Float64Array(Math.min(times, question.most ?? times));
    for (let i = 0; i < took.length; i++) took[i] = await ask(origin, key, question, i);
    took.sort();
    const [p50, p95] = [percentile(took, 50), percentile(took, 95)];
    console.log(`${name}: ${question.what}, p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms`);
  }
}

/** @returns milliseconds @throws Error for any answer but 200 */
async function ask(origin: string, key: string, { what, path, form }: Question, i: number): Promise<number> {
  const begun = performance.now();
  const headers = { authorization: `Bearer ${key}`, 'sec-fetch-site': 'same-origin' };
  const posted = form && { method: 'POST', body: new URLSearchParams(form(i)) };
  const response = await fetch(origin + path(i), { headers, ...posted });
  await response.text();
  if (response.status !== 200) throw new Error(`${what}: answered ${response.status}`);
  return performance.now() - begun;
}
