/**
 * A roll-call, over HTTP: yes, no or abstain, every choice public at once, paper only for who has not voted on the web.
 * In the end it is annulled whole, and says so wherever it is shown.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openEvent, type LogEvent } from '../../projections/event.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { RollLines } from '../../src/elections/roll-lines.js';
import { problem, Site } from '../rest/site.js';
import {
  Booth,
  DAY_MS,
  electionWhen,
  HOUR_MS,
  json,
  newCommandId,
  rollLine,
  storyClock,
  together,
  voterKeys,
  type Receipt,
} from './booth.js';
import { recordedFrom, wholeLog } from './public-log.js';

const clock = storyClock();
const after = (ms: number) => new Date(clock.now().getTime() + ms).toISOString();
type Choice = 'yes' | 'no' | 'abstain';

let site: Site;
beforeAll(async () => (site = await Site.start({ clock })));
afterAll(() => site.stop());

describe('a roll-call', () => {
  let id: string;
  let booth: Booth;
  const cast: Record<string, Receipt> = {};
  const post = (who: Parameters<Site['as']>[0], path: string, body: unknown = {}) =>
    site.as(who, 'POST', `/api/v1/elections${path}`, { body, id: newCommandId() });
  const refusal = async (response: Promise<Response>) => {
    const { status, code } = await problem(await response);
    return `${String(status)} ${String(code)}`;
  };
  const vote = (market: Choice, square: Choice) => [
    {
      a: 'city',
      choice: [
        ['market', market],
        ['square', square],
      ] as [string, Choice][],
    },
  ];
  const says = (name: string, market: Choice, square: Choice, n = 1, previous?: string) =>
    booth.bytes(voterKeys(name), {
      vote: vote(market, square),
      n,
      ...(previous !== undefined && { previous }),
    });
  const mark = (v: string) => post('pia', `/${id}/voters/${v}/paper`);

  it('is defined with yes, no or abstain, and paper that yields', async () => {
    const definition = {
      title: { es: 'Votación nominal', en: 'A roll-call' },
      disclosure: 'immediate',
      areas: [{ id: 'city', budget: 1_000 }],
      ballot: { type: 'yes-no', min: 2, max: 2, repeats: 'refuse', limits: 'refuse' },
      ruleset: {
        v: 1,
        rule: 'greedy',
        score: { by: 'votes' },
        tieOrder: ['listed'],
        ties: ['market', 'square'],
      },
      schedule: { opensAt: after(HOUR_MS), closesAt: after(DAY_MS), claimsUntil: after(2 * DAY_MS) },
      paper: 'yields',
      options: [
        { id: 'market', area: 'city', cost: 600, title: { en: 'The market' } },
        { id: 'square', area: 'city', cost: 700, title: { en: 'The square' } },
      ],
    };
    id = (await json<{ electionId: string }>(post('ana', '', definition), 201)).electionId;
    const lines = ['ana', 'bea', 'cai', 'dora'].map((name) => rollLine(voterKeys(name), ['city']));
    await json(post('ana', `/${id}/roll`, { lines, last: true }));
    clock.advance(HOUR_MS);
    await electionWhen(site, id, ({ phase }) => phase === 'open');
    booth = await Booth.at(site, id);
  });

  it('takes choices in the clear and shows them at once in the public log', async () => {
    cast.ana = await json<Receipt>(booth.send(says('ana', 'yes', 'abstain')), 201);
    cast.bea = await json<Receipt>(booth.send(says('bea', 'no', 'yes')), 201);
    cast.ana = await json<Receipt>(booth.send(says('ana', 'yes', 'no', 2, cast.ana.ballotId)), 201);
    const events = (await wholeLog(site)).map((entry) => openEvent(nodeCrypto, recordedFrom(entry)));
    const ballots = events.filter((event): event is LogEvent<'BallotCast'> => event.type === 'BallotCast');
    expect(ballots.map(({ data }) => ('t' in data.ballot ? data.ballot.t.vote : undefined))).toEqual([
      vote('yes', 'abstain'),
      vote('no', 'yes'),
      vote('yes', 'no'),
    ]);
  });

  it('refuses a choice that there is not, and half a ballot', async () => {
    const half = [{ a: 'city', choice: [['market', 'yes']] as [string, Choice][] }];
    expect(await refusal(booth.send(booth.bytes(voterKeys('cai'), { vote: half })))).toBe(
      '422 too-few-options',
    );
    const perhaps = says('cai', 'perhaps' as Choice, 'yes');
    expect(await refusal(booth.send(perhaps))).toBe('400 ballot-malformed');
  });

  it('lets nobody vote on paper after the web, nor on the web after paper', async () => {
    expect(await refusal(mark(cast.bea?.v ?? ''))).toBe('409 ballot-exists');
    const lines = site.running.app.get(RollLines, { strict: false });
    const [cai = ''] = await lines.pseudonyms(id, ['person cai']);
    await json(mark(cai));
    expect(await refusal(booth.send(says('cai', 'yes', 'yes')))).toBe('409 voted-on-paper');
  });

  it('counts yes alone, of web and paper', async () => {
    clock.advance(DAY_MS);
    await electionWhen(site, id, ({ phase }) => phase === 'closed');
    const sheets = [{ s: 1, vote: vote('yes', 'yes') }];
    const batch = { electionId: id, batch: 'centre-1', sheets };
    expect(await together(site, ['pia', 'quim'], 'record-batch', batch, { sheets })).toMatchObject({
      state: 'done',
    });
    await json(post('ana', `/${id}/reconciliations`));
    await electionWhen(site, id, ({ phase }) => phase === 'counted');
    const { result } = await json<{ result: { areas: object[]; ballots: object } }>(
      site.fetch(`/api/v1/elections/${id}/results`),
    );
    expect(result.ballots).toMatchObject({ cast: 3, counted: 2, superseded: 1, spoiled: 0 });
    expect(result.areas).toMatchObject([
      {
        web: {
          ballots: '2',
          votes: [
            { id: 'market', votes: '1' },
            { id: 'square', votes: '1' },
          ],
        },
        paper: { ballots: '1', funded: ['market'] },
        together: { ballots: '3', funded: ['market'], projects: [{ votes: '2' }, { votes: '2' }] },
      },
    ]);
  });

  it('is annulled whole by two persons, and says so in REST and on its pages, results kept', async () => {
    const reason = { code: 'court-order', texts: { es: 'Sentencia firme', en: 'By order of the court' } };
    await together(site, ['ana', 'bea'], 'annul-election', { electionId: id, reason });
    // The words are shown by an event of their own, which the view may see a moment later.
    const hasWords = (words: unknown) => Object.keys(words ?? {}).length > 0;
    const election = await electionWhen(
      site,
      id,
      ({ phase, history }) => phase === 'annulled' && hasWords(history.at(-1)?.words),
    );
    expect(election.history.at(-1)).toMatchObject({ what: 'ElectionAnnulled', words: reason.texts });
    expect(election.counts).toHaveLength(1);
    const ballot = `/api/v1/elections/${id}/ballots/${cast.bea?.ballotId ?? ''}`;
    expect(await json(site.fetch(ballot))).toMatchObject({ status: 'annulled' });
    for (const page of [`/elections/${id}?lang=en`, `/elections/${id}/record?lang=en`]) {
      const shown = await (await site.fetch(page)).text();
      expect([page, shown.includes('annulled'), shown.includes('By order of the court')]).toEqual([
        page,
        true,
        true,
      ]);
    }
    expect(await refusal(post('ana', `/${id}/counts`))).toBe('409 wrong-phase');
  });
});
