/** A process that freezes keeps its connections: what it did for all is done by another one all the same. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.js';
import { Booth, json, voterKeys } from '../elections/booth.js';
import { openOneArea } from '../elections/one-area.js';
import { until } from '../views/world.js';
import { Fleet, type Served } from './fleet.js';

const [ida, jon] = ['ida', 'jon'].map((name) => voterKeys(name)) as [
  ReturnType<typeof voterKeys>,
  ReturnType<typeof voterKeys>,
];
const BENCH = [{ a: 'city', ids: ['bench'] }];

let fleet: Fleet;
let holder: Served;
let other: Served;
beforeAll(async () => {
  fleet = await Fleet.start();
  // The first one has the lock of the views.
  holder = await fleet.serve();
  other = await fleet.serve();
}, 120_000);
afterAll(() => fleet.stop());

it('the views go on at the other one when the process that moves them is frozen, and after it thaws', async () => {
  const electionId = await openOneArea(other, systemClock, [ida, jon], 'none');
  holder.child.process.kill('SIGSTOP');
  const isShown = async (ballotId: string) =>
    (await other.fetch(`/api/v1/elections/${electionId}/ballots/${ballotId}`)).ok;
  const booth = await Booth.at(other, electionId);
  const first = await booth.cast(ida, { vote: BENCH });
  const begun = performance.now();
  while (!(await isShown(first.ballotId))) {
    // Ten seconds of silence, one until the other one tries again, and what a busy machine takes.
    expect(performance.now() - begun).toBeLessThan(30_000);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  holder.child.process.kill('SIGCONT');
  await until('it is ready again', () => holder.isReady());
  const second = await (await Booth.at(holder, electionId)).cast(jon, { vote: BENCH });
  const query = `?atLeast=${second.position}`;
  expect(
    await json(holder.fetch(`/api/v1/elections/${electionId}/ballots/${second.ballotId}${query}`)),
  ).toMatchObject({ status: 'counted' });
}, 120_000);
