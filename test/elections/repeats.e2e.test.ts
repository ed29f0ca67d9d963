/** Every write of an election's life sent once more at its end, under its first idempotency key: first receipts, nothing new. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toBase64url } from '../../projections/bytes.js';
import { RollLines } from '../../src/elections/roll-lines.js';
import { DigestPublisher } from '../../src/digests/publisher.js';
import { ElectionScheduler } from '../../src/elections/scheduler.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { EVENT_STORE } from '../../src/platform.module.js';
import { Site } from '../rest/site.js';
import {
  Booth,
  DAY_MS,
  fast,
  HOUR_MS,
  json,
  newCommandId,
  rollLine,
  storyClock,
  together,
  voterKeys,
} from './booth.js';

const clock = storyClock();
const instant = (ms: number) => new Date(clock.now().getTime() + ms).toISOString();
const VOTE = [{ a: 'city', ids: ['bench'] }];
const [ana, bea] = [voterKeys('ana', fast), voterKeys('bea', fast)];

type Sent = () => Promise<Record<string, unknown>>;

let site: Site;
beforeAll(async () => {
  site = await Site.start({ clock });
  // Nothing happens by itself: every step is a request of this test.
  await site.running.app.get(ElectionScheduler, { strict: false }).beforeApplicationShutdown();
  await site.running.app.get(DigestPublisher, { strict: false }).beforeApplicationShutdown();
});
afterAll(() => site.stop());

const head = () => site.running.app.get<EventStore>(EVENT_STORE, { strict: false }).head();

describe('a request that is sent again', () => {
  const sent = new Map<string, { again: Sent; first: Record<string, unknown> }>();

  /** Sends a request and keeps it with its answer. */
  async function first(name: string, again: Sent): Promise<Record<string, unknown>> {
    const answer = await again();
    expect([name, answer.repeated]).toEqual([name, false]);
    sent.set(name, { again, first: answer });
    return answer;
  }

  it('is answered with its first receipt, whatever became of the election', async () => {
    const definition = {
      title: { en: 'Said twice' },
      areas: [{ id: 'city', budget: 1_000 }],
      ballot: { type: 'approval', min: 1, max: 2, repeats: 'refuse', limits: 'refuse' },
      ruleset: { v: 1, rule: 'greedy', score: { by: 'votes' }, tieOrder: ['listed'], ties: ['bench'] },
      schedule: { opensAt: instant(-HOUR_MS), closesAt: instant(DAY_MS), claimsUntil: instant(2 * DAY_MS) },
      paper: 'prevails',
      options: [{ id: 'bench', area: 'city', cost: 300, title: { en: 'Benches' } }],
    };
    const post = (path: string, body: unknown = {}, who: 'ana' | 'pia' = 'ana', status = 200): Sent => {
      const id = newCommandId();
      return () => json(site.as(who, 'POST', `/api/v1/elections${path}`, { body, id }), status);
    };
    const { electionId } = await first('define', post('', definition, 'ana', 201));
    const at = `/${String(electionId)}`;
    const line = (keys: typeof ana) => rollLine(keys, ['city']);
    await first('roll', post(`${at}/roll`, { lines: [line(ana)] }));
    await first('whole roll', post(`${at}/roll`, { lines: [line(bea)], last: true }));
    const opening = await first('open', post(`${at}/openings`));
    await site.fetch(`/api/v1/elections${at}?atLeast=${String(opening.position)}`);
    const booth = await Booth.at(site, String(electionId), fast);
    const lines = site.running.app.get(RollLines, { strict: false });
    const [anas, beas] = await lines.pseudonyms(String(electionId), ['person ana', 'person bea']);
    const ballot = booth.bytes(ana, { vote: VOTE });
    const cast: Sent = async () => (await booth.send(ballot)).json() as Promise<Record<string, unknown>>;
    await first('ballot', cast);
    const keyOf = (name: string) => ({ key: toBase64url(voterKeys(name, fast).publicKey) });
    await first('key', post(`${at}/voters/${anas ?? ''}/key`, keyOf('ana, second')));
    await first('another key', post(`${at}/voters/${anas ?? ''}/key`, keyOf('ana, third')));
    await first('paper', post(`${at}/voters/${beas ?? ''}/paper`, {}, 'pia'));
    await first('suspend', post(`${at}/suspensions`, { reason: { code: 'storm' } }));
    await first('resume', post(`${at}/resumptions`, { reason: { code: 'over' } }));
    clock.advance(DAY_MS);
    await first('close', post(`${at}/closings`));
    // Somebody who was marked has a sheet: without it reconciling takes two persons.
    const sheets = [{ s: 1, vote: [{ a: 'city', ids: ['bench'] }] }];
    const batch = { electionId, batch: 'centre-1', sheets };
    const act = await together(site, ['pia', 'quim'], 'record-batch', batch, { sheets });
    expect(act).toMatchObject({ state: 'done' });
    await first('reconcile', post(`${at}/reconciliations`));
    await first('publish the key', post(`${at}/key`));
    await first('count', post(`${at}/counts`));

    const before = await head();
    for (const [name, { again, first: receipt }] of sent) {
      expect([name, await again()]).toEqual([name, { ...receipt, repeated: true }]);
    }
    expect(await head()).toBe(before);
  });
});
