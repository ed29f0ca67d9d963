/** An election of one area with two projects, over REST: for tests that are about something else than its rules. */
import type { Clock } from '../../src/clock.js';
import type { Client } from '../rest/site.js';
import { DAY_MS, electionWhen, HOUR_MS, json, newCommandId, rollLine, type VoterKeys } from './booth.js';

/** Its roll is committed, and it opens by itself at its time; by default an hour ago, closing in a day. @returns its id */
export async function defineOneArea(
  site: Client,
  clock: Pick<Clock, 'now'>,
  voters: readonly VoterKeys[],
  { opensInMs = -HOUR_MS, paper = 'prevails' }: { opensInMs?: number; paper?: 'none' | 'prevails' } = {},
): Promise<string> {
  const instant = (ms: number) => new Date(clock.now().getTime() + ms).toISOString();
  const definition = {
    title: { en: 'One area' },
    areas: [{ id: 'city', budget: 1_000 }],
    ballot: { type: 'approval', min: 1, max: 2, repeats: 'refuse', limits: 'refuse' },
    ruleset: { v: 1, rule: 'greedy', score: { by: 'votes' }, tieOrder: ['listed'], ties: ['bench', 'trees'] },
    schedule: { opensAt: instant(opensInMs), closesAt: instant(DAY_MS), claimsUntil: instant(2 * DAY_MS) },
    paper,
    options: [
      { id: 'bench', area: 'city', cost: 300, title: { en: 'Benches' } },
      { id: 'trees', area: 'city', cost: 500, title: { en: 'Trees' } },
    ],
  };
  const post = (path: string, body: unknown) =>
    site.as('ana', 'POST', `/api/v1/elections${path}`, { body, id: newCommandId() });
  const { electionId } = await json<{ electionId: string }>(post('', definition), 201);
  const lines = voters.map((keys) => rollLine(keys, ['city']));
  await json(post(`/${electionId}/roll`, { lines, last: true }));
  return electionId;
}

/** As `defineOneArea`, when voting is open. */
export async function openOneArea(
  site: Client,
  clock: Pick<Clock, 'now'>,
  voters: readonly VoterKeys[],
  paper: 'none' | 'prevails' = 'prevails',
): Promise<string> {
  const electionId = await defineOneArea(site, clock, voters, { paper });
  await electionWhen(site, electionId, ({ phase }) => phase === 'open');
  return electionId;
}
