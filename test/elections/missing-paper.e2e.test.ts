/** Marks without sheets, over HTTP: who marked the roll has voided web ballots, so nobody alone may shut the paper out. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RollLines } from '../../src/elections/roll-lines.js';
import { problem, Site } from '../rest/site.js';
import {
  DAY_MS,
  electionAt,
  electionWhen,
  HOUR_MS,
  json,
  newCommandId,
  rollLine,
  storyClock,
  together,
  voterKeys,
} from './booth.js';

const clock = storyClock();
const after = (ms: number) => new Date(clock.now().getTime() + ms).toISOString();

let site: Site;
beforeAll(async () => (site = await Site.start({ clock })));
afterAll(() => site.stop());

describe('paper that is missing', () => {
  let id: string;
  const post = (who: Parameters<Site['as']>[0], path: string, body: unknown = {}) =>
    site.as(who, 'POST', path, { body, id: newCommandId() });
  const codeOf = async (response: Promise<Response>) => String((await problem(await response)).code);
  const reason = { code: 'not-cast', texts: { es: 'No llegó a votar' } };

  it('is closed with one mark and no sheet', async () => {
    const definition = {
      title: { en: 'A mark too many' },
      areas: [{ id: 'city', budget: 1_000 }],
      ballot: { type: 'approval', min: 1, max: 1, repeats: 'refuse', limits: 'refuse' },
      ruleset: { v: 1, rule: 'greedy', score: { by: 'votes' }, tieOrder: ['listed'], ties: ['bench'] },
      schedule: {
        opensAt: after(HOUR_MS),
        closesAt: after(DAY_MS),
        claimsUntil: after(2 * DAY_MS),
      },
      paper: 'prevails',
      options: [{ id: 'bench', area: 'city', cost: 300, title: { en: 'Benches' } }],
    };
    id = (await json<{ electionId: string }>(post('ana', '/api/v1/elections', definition), 201)).electionId;
    const lines = [rollLine(voterKeys('ana'), ['city'])];
    await json(post('ana', `/api/v1/elections/${id}/roll`, { lines, last: true }));
    clock.advance(HOUR_MS);
    await electionWhen(site, id, ({ phase }) => phase === 'open');
    const rollLines = site.running.app.get(RollLines, { strict: false });
    const [v] = await rollLines.pseudonyms(id, ['person ana']);
    await json(post('pia', `/api/v1/elections/${id}/voters/${v ?? ''}/paper`));
    clock.advance(DAY_MS);
    await electionWhen(site, id, ({ phase }) => phase === 'closed');
  });

  it('is not reconciled by one person, nor by two while a batch waits', async () => {
    const alone = () => codeOf(post('bea', `/api/v1/elections/${id}/reconciliations`));
    const act = { kind: 'reconcile-missing', body: { electionId: id, reason } };
    expect(await alone()).toBe('paper-missing');
    const sheets = [{ s: 1, vote: [{ a: 'city', ids: ['bench'] }] }];
    const body = { electionId: id, batch: 'centre-1', sheets };
    const batch = await json<{ id: string }>(
      post('pia', '/api/v1/acts', { kind: 'record-batch', body }),
      201,
    );
    expect(await alone()).toBe('batch-pending');
    expect(await codeOf(post('ana', '/api/v1/acts', act))).toBe('batch-pending');
    expect((await site.as('quim', 'DELETE', `/api/v1/acts/${batch.id}`)).ok).toBe(true);
    expect(await alone()).toBe('paper-missing');
    expect((await electionAt(site, id)).key).toBeUndefined();
  });

  it('is reconciled by two persons with a reason that everybody reads, and then counted', async () => {
    const act = await together(site, ['ana', 'bea'], 'reconcile-missing', { electionId: id, reason });
    expect(act).toMatchObject({ state: 'done' });
    const election = await electionWhen(site, id, ({ phase }) => phase === 'counted');
    expect(election.paper.reconciled).toEqual({ marks: 1, surplus: 0 });
    expect(election.history.find(({ what }) => what === 'PaperReconciled')).toMatchObject({
      approvedBy: ['ana', 'bea'],
      words: reason.texts,
    });
  });
});
