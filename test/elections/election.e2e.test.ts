/** The whole life of an election with web and paper, over HTTP, on a clock that the test moves. Each step needs those before. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { Compile } from 'typebox/compile';
import type { TSchema } from 'typebox';
import { BallotBox, openAll } from '../../projections/ballot-box.js';
import { countElection, type CountResult } from '../../projections/count.js';
import type { Crypto } from '../../projections/crypto.js';
import { explainCount, type CountExplanation } from '../../projections/explained-count.js';
import { openEvent } from '../../projections/event.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { ContentsUpkeep } from '../../src/contents/upkeep.js';
import { countFromLog, fillBox } from '../../src/elections/counting.js';
import { Explanations } from '../../src/elections/explanations.js';
import { RollLines } from '../../src/elections/roll-lines.js';
import { ExplanationAnswer } from '../../src/elections/explanation.answers.js';
import {
  ElectionAnswer,
  ElectionListAnswer,
  OptionListAnswer,
  ResultAnswer,
  TurnoutAnswer,
} from '../../src/elections/elections.answers.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { CRYPTO, EVENT_STORE } from '../../src/platform.module.js';
import { problem, Site } from '../rest/site.js';
import {
  Booth,
  DAY_MS,
  electionAt,
  type ElectionJson,
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
const begin = clock.now().getTime();
const after = (ms: number) => new Date(begin + ms).toISOString();
const CLOSES_MS = 7 * DAY_MS;

const DEFINITION = {
  title: { es: 'Presupuesto de prueba', en: 'Budget for a test' },
  disclosure: 'at-close',
  areas: [
    { id: 'city', budget: 1_000 },
    { id: 'north', budget: 400 },
  ],
  ballot: { type: 'approval', min: 1, max: 2, repeats: 'refuse', limits: 'refuse' },
  ruleset: {
    v: 1,
    rule: 'greedy',
    score: { by: 'votes' },
    tieOrder: ['lowest-cost', 'most-votes', 'listed'],
    ties: ['bench', 'bridge', 'trees', 'mural', 'swing'],
  },
  schedule: {
    opensAt: after(HOUR_MS),
    closesAt: after(CLOSES_MS),
    claimsUntil: after(CLOSES_MS + 7 * DAY_MS),
  },
  paper: 'prevails',
  options: [
    { id: 'bench', area: 'city', cost: 300, title: { en: 'Benches' } },
    { id: 'bridge', area: 'city', cost: 800, title: { en: 'A bridge' } },
    { id: 'trees', area: 'city', cost: 500, title: { en: 'Trees' } },
    { id: 'mural', area: 'north', cost: 400, title: { en: 'A mural' } },
    { id: 'swing', area: 'north', cost: 200, title: { en: 'Swings' } },
  ],
};

const ana = voterKeys('ana');
const bea = voterKeys('bea');
const cai = voterKeys('cai');
const dora = voterKeys('dora');
const eva = voterKeys('eva');
const fina = voterKeys('fina');
const gil = voterKeys('gil');
const voters = [ana, bea, cai, dora, eva, fina, gil];
const BOTH = ['city', 'north'];
const STORM = { code: 'storm', texts: { es: 'Temporal', en: 'Storm' } };

function vote(city: readonly string[], north?: readonly string[]) {
  return [{ a: 'city', ids: [...city] }, ...(north === undefined ? [] : [{ a: 'north', ids: [...north] }])];
}

const SHEETS = [
  { s: 1, vote: vote(['bridge'], ['mural']) },
  { s: 2, vote: vote(['bridge']) },
];

interface ResultJson {
  tally: { number: number; outputDigest: string; through: number };
  certified: boolean;
  result: CountResult;
}

describe('an election with web and paper', () => {
  let site: Site;
  let id: string;
  let booth: Booth;
  let early: { id: string };
  const cast: Record<string, Receipt> = {};

  beforeAll(async () => (site = await Site.start({ clock })));
  afterAll(() => site.stop());

  const path = (rest = '') => `/api/v1/elections/${id}${rest}`;
  const post = (who: Parameters<Site['as']>[0], rest: string, body?: unknown) =>
    site.as(who, 'POST', path(rest), { body: body ?? {}, id: newCommandId() });
  const statusOf = async (receipt: Receipt | undefined) =>
    (await json(site.fetch(path(`/ballots/${receipt?.ballotId ?? ''}?atLeast=${await head()}`)))).status;
  const head = async () =>
    String(await site.running.app.get<EventStore>(EVENT_STORE, { strict: false }).head());
  const pseudonym = async (person: string) => {
    const lines = site.running.app.get(RollLines, { strict: false });
    const [v] = await lines.pseudonyms(id, [person]);
    return v ?? '';
  };
  const asOwner = async () => {
    const owner = new Client({ connectionString: site.settings.ownerUrl });
    await owner.connect();
    return owner;
  };
  const refusal = async (response: Promise<Response>) => {
    const { status, code } = await problem(await response);
    return `${String(status)} ${String(code)}`;
  };

  it('is defined by a returning officer, once, and by nobody else', async () => {
    const commandId = newCommandId();
    const define = (who: Parameters<Site['as']>[0]) =>
      site.as(who, 'POST', '/api/v1/elections', { body: DEFINITION, id: commandId });
    expect(await refusal(define('pia'))).toBe('403 role-missing');
    const made = await json<{ electionId: string; position: string; repeated: boolean }>(define('ana'), 201);
    expect(made.repeated).toBe(false);
    const again = await json<typeof made>(define('ana'), 201);
    expect(again).toEqual({ ...made, repeated: true });
    id = made.electionId;
    const shown = await json(site.fetch(path(`?atLeast=${await head()}`)));
    expect(shown).toMatchObject({ phase: 'defined', title: DEFINITION.title, areas: DEFINITION.areas });
    const { items } = await json<{ items: { id: string }[] }>(site.fetch(path('/options')));
    expect(items.map((option) => option.id)).toEqual(['bench', 'bridge', 'trees', 'mural', 'swing']);
  });

  it('lists its roll in parts and commits it', async () => {
    const lines = voters.map((keys) => rollLine(keys, BOTH));
    await json(post('ana', '/roll', { lines: lines.slice(0, 4) }));
    await json(
      post('ana', '/roll', {
        lines: [...lines.slice(4), { person: 'person paula', areas: BOTH }],
        last: true,
      }),
    );
    expect(await refusal(post('ana', '/roll', { lines: [{ person: 'late', areas: BOTH }] }))).toBe(
      '409 roll-committed',
    );
    expect((await electionWhen(site, id, ({ onRoll }) => onRoll > 0)).onRoll).toBe(8);
  });

  it('opens at its time and not before', async () => {
    expect(await refusal(post('ana', '/openings'))).toBe('409 too-early');
    clock.advance(HOUR_MS);
    await electionWhen(site, id, ({ phase }) => phase === 'open');
    booth = await Booth.at(site, id);
  });

  it('takes ballots, and a later one in place of an earlier one', async () => {
    cast.ana1 = await booth.cast(ana, { vote: vote(['bridge']) });
    expect(cast.ana1).toMatchObject({ status: 'counted', repeated: false });
    expect(await statusOf(cast.ana1)).toBe('counted');
    cast.ana2 = await booth.cast(ana, {
      vote: vote(['bench', 'trees'], ['swing']),
      n: 2,
      previous: cast.ana1.ballotId,
    });
    cast.bea = await booth.cast(bea, { vote: vote(['trees']) });
    cast.cai = await booth.cast(cai, { vote: vote(['bridge'], ['mural']) });
    cast.dora = await booth.cast(dora, { vote: vote(['bridge']) });
    cast.eva = await booth.cast(eva, { vote: vote(['trees']) });
    expect(await statusOf(cast.ana1)).toBe('superseded');
    expect(await statusOf(cast.ana2)).toBe('counted');
    expect(await json(site.fetch(path(`/voters/${cast.ana1.v}`)))).toMatchObject({
      marked: false,
      ballots: [
        { id: cast.ana1.ballotId, n: 1, status: 'superseded' },
        { id: cast.ana2.ballotId, n: 2, status: 'counted' },
      ],
    });
    // The very same ballot again: the first receipt, and what became of the ballot since.
    const again = await json(booth.send(booth.bytes(ana, { vote: vote(['bridge']) })));
    expect(again).toEqual({ ...cast.ana1, status: 'superseded', repeated: true });
  });

  it('marks the roll for paper, which prevails', async () => {
    const v = cast.eva?.v ?? '';
    expect(await refusal(post('ana', `/voters/${v}/paper`))).toBe('403 role-missing');
    await json(post('pia', `/voters/${v}/paper`));
    expect(await refusal(post('quim', `/voters/${v}/paper`))).toBe('409 already-marked');
    await json(post('quim', `/voters/${await pseudonym('person paula')}/paper`));
    expect(await statusOf(cast.eva)).toBe('paper');
    expect(await refusal(booth.send(booth.bytes(eva, { vote: vote(['trees']), n: 2 })))).toBe(
      '409 voted-on-paper',
    );
    expect(await json(site.fetch(path('/turnout')))).toMatchObject({ onRoll: 8, paper: 2, ballots: 6 });
  });

  it('is suspended and resumed with a reason that everybody reads', async () => {
    await json(post('ana', '/suspensions', { reason: STORM }));
    const ballot = booth.bytes(fina, { vote: vote(['bench'], ['swing']) });
    expect(await refusal(booth.send(ballot))).toBe('409 voting-suspended');
    expect(await refusal(post('pia', `/voters/${await pseudonym('person fina')}/paper`))).toBe(
      '409 voting-suspended',
    );
    await json(post('ana', '/resumptions', { reason: { code: 'over' } }));
    cast.fina = await json<Receipt>(booth.send(ballot), 201);
    const { history } = await json<{ history: { what: string; words?: unknown }[] }>(
      site.fetch(path(`?atLeast=${await head()}`)),
    );
    expect(history.find(({ what }) => what === 'VotingSuspended')?.words).toEqual(STORM.texts);
  });

  it('is extended with a reason, and closed early by nobody alone', async () => {
    const closesAt = after(CLOSES_MS + DAY_MS);
    await json(post('ana', '/extensions', { closesAt, reason: STORM }));
    expect(await refusal(post('ana', '/extensions', { closesAt, reason: STORM }))).toBe(
      '422 extension-not-later',
    );
    const { schedule } = await json<{ schedule: object }>(site.fetch(path(`?atLeast=${await head()}`)));
    expect(schedule).toMatchObject({ closesAt, claimsUntil: after(CLOSES_MS + 8 * DAY_MS) });
    expect(await refusal(post('ana', '/closings'))).toBe('409 close-needs-two');
  });

  it('closes by the clock: a ballot at that instant is late', async () => {
    clock.advance(CLOSES_MS + DAY_MS - (clock.now().getTime() - begin));
    expect(await refusal(booth.send(booth.bytes(gil, { vote: vote(['trees'], ['swing']) })))).toBe(
      '409 voting-closed',
    );
    await electionWhen(site, id, ({ phase }) => phase === 'closed');
    expect(await refusal(post('ana', '/key'))).toBe('409 paper-not-reconciled');
    expect(await refusal(site.fetch(path('/results')))).toBe('404 not-counted');
  });

  it('is reopened by two persons, and closed early by two', async () => {
    const closesAt = after(CLOSES_MS + 3 * DAY_MS);
    const reopened = await together(site, ['ana', 'bea'], 'reopen', {
      electionId: id,
      closesAt,
      reason: STORM,
    });
    expect(reopened.state).toBe('done');
    cast.gil = await booth.cast(gil, { vote: vote(['trees'], ['swing']) });
    const body = { electionId: id, reason: { code: 'done', texts: { en: 'All have voted' } } };
    const proposed = await json<{ id: string }>(
      site.as('ana', 'POST', '/api/v1/acts', { body: { kind: 'close-early', body }, id: newCommandId() }),
      201,
    );
    const approve = (who: 'ana' | 'bea' | 'pia') =>
      site.as(who, 'POST', `/api/v1/acts/${proposed.id}/approvals`, { body: {} });
    expect(await refusal(approve('ana'))).toMatch(/same-person$/);
    expect(await refusal(approve('pia'))).toBe('403 role-missing');
    expect((await electionAt(site, id)).phase).toBe('open');
    // The second person comes a day later: words that nobody refers to are swept away by then, and these are not.
    clock.advance(25 * HOUR_MS);
    await site.running.app.get(ContentsUpkeep, { strict: false }).round();
    expect(await json(approve('bea'))).toMatchObject({ state: 'done' });
    const { history } = await json<ElectionJson>(site.fetch(path(`?atLeast=${await head()}`)));
    expect(history.findLast(({ what }) => what === 'VotingClosed')?.words).toEqual({ en: 'All have voted' });
    await electionWhen(site, id, ({ phase }) => phase === 'closed');
  });

  it('is not reconciled by one person while sheets are missing', async () => {
    expect(await refusal(post('bea', '/reconciliations'))).toBe('409 paper-missing');
    const body = { electionId: id, reason: { code: 'not-cast' } };
    const act = { kind: 'reconcile-missing', body };
    early = await json<{ id: string }>(
      site.as('ana', 'POST', '/api/v1/acts', { body: act, id: newCommandId() }),
      201,
    );
  });

  it('says which field of an act is wrong', async () => {
    const sheet = { s: 1, vote: vote(['bridge']) };
    const wrong: [Parameters<Site['as']>[0], string, object, string][] = [
      ['ana', 'close-early', {}, '422 invalid-input body.electionId'],
      ['ana', 'close-early', { electionId: id }, '422 invalid-input body.reason'],
      [
        'ana',
        'close-early',
        { electionId: id, reason: { code: 'No!' } },
        '422 invalid-input body.reason.code',
      ],
      ['ana', 'close-early', { electionId: id, reason: STORM, why: 1 }, '422 invalid-input body.why'],
      ['ana', 'certify', { electionId: id, tally: -1, outputDigest: '' }, '422 invalid-input body.tally'],
      ['pia', 'record-batch', { electionId: id, sheets: [sheet] }, '422 invalid-input body.batch'],
      [
        'pia',
        'record-batch',
        { electionId: id, batch: 'a', sheets: [sheet, { ...sheet, s: '2' }] },
        '422 sheets-malformed body.sheets.1.s',
      ],
    ];
    for (const [who, kind, body, refused] of wrong) {
      const proposed = site.as(who, 'POST', '/api/v1/acts', { body: { kind, body }, id: newCommandId() });
      const { status, code, field } = await problem(await proposed);
      expect(`${String(status)} ${String(code)} ${String(field)}`).toBe(refused);
    }
  });

  it('takes a paper batch when two officers keyed the same', async () => {
    const body = { electionId: id, batch: 'centre-1', sheets: SHEETS };
    const proposed = await json<{ id: string }>(
      site.as('pia', 'POST', '/api/v1/acts', { body: { kind: 'record-batch', body }, id: newCommandId() }),
      201,
    );
    // What stands in the clear before the key is published could be read before it.
    expect(JSON.stringify(proposed)).not.toContain('bridge');
    const [one, two] = SHEETS;
    for (const sheets of [
      [one, one],
      [two, one],
    ]) {
      const again = { kind: 'record-batch', body: { electionId: id, batch: 'centre-2', sheets } };
      const proposal = site.as('pia', 'POST', '/api/v1/acts', { body: again, id: newCommandId() });
      expect(await refusal(proposal)).toBe('422 sheets-malformed');
    }
    const key = (who: 'pia' | 'quim', sheets: unknown) =>
      site.as(who, 'POST', `/api/v1/acts/${proposed.id}/approvals`, { body: { body: { sheets } } });
    expect(await refusal(key('pia', SHEETS))).toMatch(/same-person$/);
    expect(await refusal(key('quim', [SHEETS[0], { s: 2, vote: vote(['bench']) }]))).toBe(
      '409 sheets-differ',
    );
    expect(await refusal(post('bea', '/reconciliations'))).toBe('409 batch-pending');
    expect(await json(key('quim', SHEETS))).toMatchObject({ state: 'done' });
    // What two persons proposed before the batch is of other numbers than there are now.
    expect(
      await json(site.as('bea', 'POST', `/api/v1/acts/${early.id}/approvals`, { body: {} })),
    ).toMatchObject({ state: 'refused', outcome: { rejected: 'paper-changed' } });
    const twice = await together(site, ['quim', 'pia'], 'record-batch', body, { sheets: SHEETS }).catch(
      String,
    );
    expect(twice).toContain('batch-exists');
  });

  it('publishes its key and counts once the paper is reconciled', async () => {
    expect((await electionAt(site, id)).key).toBeUndefined();
    await json(post('bea', '/reconciliations'));
    const election = await electionWhen(site, id, ({ phase }) => phase === 'counted');
    expect(election.paper.reconciled).toEqual({ marks: 2, surplus: 0 });
    const { result, tally, certified } = await json<ResultJson>(site.fetch(path('/results')));
    expect(certified).toBe(false);
    expect(tally.number).toBe(1);
    expect(result.ballots).toEqual({
      cast: 8,
      counted: 6,
      superseded: 1,
      paper: 1,
      spoiled: 0,
      late: 0,
      suspended: 0,
      annulled: 0,
    });
    expect(result.paper).toEqual({ batches: 1, sheets: 2, counted: 2, marks: 2, surplus: 0 });
    const [city, north] = result.areas;
    expect(
      city?.together.projects.map(({ id: option, votes, funded, reason }) => [option, votes, funded, reason]),
    ).toEqual([
      ['bridge', '4', true, { code: 'funded', remaining: '1000' }],
      ['trees', '3', false, { code: 'does-not-fit', remaining: '200', missing: '300' }],
      ['bench', '2', false, { code: 'does-not-fit', remaining: '200', missing: '100' }],
    ]);
    expect(north?.together.funded).toEqual(['swing']);
    expect([city?.web.ballots, city?.paper.ballots]).toEqual(['6', '2']);
    expect(city?.paper.funded).toEqual(['bridge']);
  });

  it('explains its count to everybody, and only once to who asks again', async () => {
    expect(await refusal(site.fetch(path('/explanation?count=7')))).toBe('404 not-counted');
    const { result } = await json<ResultJson>(site.fetch(path('/results')));
    const answer = await site.fetch(path('/explanation'));
    const { explanation } = (await answer.json()) as { explanation: CountExplanation };
    expect(explanation.areas.map(({ area, explanation: { outcome } }) => [area, outcome])).toEqual(
      result.areas.map(({ area, together: outcome }) => [area, outcome]),
    );
    expect(explanation.areas[0]?.explanation).toMatchObject({
      turns: [
        { project: 'bridge', remaining: '1000' },
        { project: 'trees', remaining: '200' },
        { project: 'bench', remaining: '200' },
      ],
      losers: [
        { project: 'trees', support: '1', cost: '200' },
        { project: 'bench', support: '2', cost: '200' },
      ],
      runnersUp: ['trees'],
    });
    const headers = { 'if-none-match': answer.headers.get('etag') ?? '' };
    expect((await site.fetch(path('/explanation'), { headers })).status).toBe(304);
    const page = await site.fetch(`/elections/${id}/explanation?lang=en`, {
      headers: { accept: 'text/html' },
    });
    expect(await page.text()).toContain(
      'It would have been funded with 1 more vote, or at a cost of at most',
    );
  });

  it('gives the same result to whoever counts the log again', async () => {
    const crypto = site.running.app.get<Crypto>(CRYPTO, { strict: false });
    const store = site.running.app.get<EventStore>(EVENT_STORE, { strict: false });
    const { result, tally } = await json<ResultJson>(site.fetch(path('/results')));
    const { box } = await fillBox(store, crypto, id, BigInt(result.through));
    const standing = box.standingBallots();
    const count = countElection(
      crypto,
      box,
      box.read(standing, openAll(crypto, box, standing)),
      result.through,
    );
    expect(count).toMatchObject({ outputDigest: tally.outputDigest, result });
  });

  it('gives it to a stranger too, who has the public log and nothing else', async () => {
    const { tally } = await json<ResultJson>(site.fetch(path('/results')));
    const log = await wholeLog(site, 7);
    expect(await wholeLog(site)).toEqual(log);
    expect(log.map(({ position }) => position)).toEqual(log.map((_, index) => String(index)));
    const box = new BallotBox(id);
    for (const item of log.slice(0, tally.through)) box.apply(openEvent(nodeCrypto, recordedFrom(item)));
    const standing = box.standingBallots();
    const read = box.read(standing, openAll(nodeCrypto, box, standing));
    expect(countElection(nodeCrypto, box, read, tally.through)).toMatchObject({
      outputDigest: tally.outputDigest,
    });
    // A leaf that is not what was hashed is found.
    const [first, second] = log;
    if (first === undefined || second === undefined) throw new Error('The log is empty');
    const forged = { ...recordedFrom(first), leaf: recordedFrom(second).leaf };
    expect(() => openEvent(nodeCrypto, forged)).toThrow('do not match');
  });

  it('is not reopened once its key is public, and not certified before the claims are over', async () => {
    const closesAt = after(CLOSES_MS + 9 * DAY_MS);
    const reopened = await together(site, ['ana', 'bea'], 'reopen', {
      electionId: id,
      closesAt,
      reason: STORM,
    });
    expect(reopened).toMatchObject({ state: 'refused', outcome: { rejected: 'key-published' } });
    const { tally } = await json<ResultJson>(site.fetch(path('/results')));
    const body = { electionId: id, tally: 1, outputDigest: tally.outputDigest };
    const certified = await together(site, ['ana', 'bea'], 'certify', body);
    expect(certified).toMatchObject({ state: 'refused', outcome: { rejected: 'claims-period' } });
  });

  it('answers who has the same already with 304, until it changes', async () => {
    const reads = [
      '',
      '/options',
      '/turnout',
      '/results',
      `/ballots/${cast.dora?.ballotId ?? ''}`,
      `/voters/${cast.dora?.v ?? ''}`,
    ];
    const tagged = async (rest: string, tag?: string) => {
      const response = await site.fetch(
        path(rest),
        tag === undefined ? {} : { headers: { 'if-none-match': tag } },
      );
      return {
        status: response.status,
        tag: response.headers.get('etag') ?? '',
        length: (await response.text()).length,
      };
    };
    const tags = new Map<string, string>();
    for (const rest of reads) {
      const { status, tag } = await tagged(rest);
      expect([rest, status]).toEqual([rest, 200]);
      expect(await tagged(rest, tag)).toEqual({ status: 304, tag, length: 0 });
      tags.set(rest, tag);
    }
    const list = await site.fetch('/api/v1/elections');
    const headers = { 'if-none-match': list.headers.get('etag') ?? '' };
    expect((await site.fetch('/api/v1/elections', { headers })).status).toBe(304);

    const rule = { name: 'single', ballot: cast.dora?.ballotId, claim: 'claim-7' };
    const body = {
      electionId: id,
      rule,
      scope: 'ballot',
      reason: { code: 'claim-upheld', texts: { en: 'Claim 7' } },
    };
    // The new count is published even where nothing can be said of why.
    const owner = await asOwner();
    await owner.query('alter table explanations rename to set_aside');
    const act = await together(site, ['bea', 'cova'], 'annul-ballots', body);
    expect(act.state).toBe('done');
    await electionWhen(site, id, ({ counts }) => counts.length === 2);
    await owner.query('alter table set_aside rename to explanations');
    await owner.end();
    for (const rest of [
      '',
      '/results',
      `/ballots/${cast.dora?.ballotId ?? ''}`,
      `/voters/${cast.dora?.v ?? ''}`,
    ]) {
      expect([rest, (await tagged(rest, tags.get(rest))).status]).toEqual([rest, 200]);
    }
    expect(await json(site.fetch(path(`/ballots/${cast.dora?.ballotId ?? ''}`)))).toMatchObject({
      status: 'annulled',
      annulledBy: act.id,
    });
  });

  it('shows the second count beside the first, after ballots were annulled', async () => {
    const election = await electionAt(site, id);
    expect(election.annulments).toMatchObject([{ count: 1, afterKey: true, words: { en: 'Claim 7' } }]);
    const first = await json<ResultJson>(site.fetch(path('/results?count=1')));
    const second = await json<ResultJson>(site.fetch(path('/results')));
    expect(election.counts.map(({ outputDigest }) => outputDigest)).toEqual([
      first.tally.outputDigest,
      second.tally.outputDigest,
    ]);
    expect(first.result.areas[0]?.together.funded).toEqual(['bridge']);
    expect(second.result.ballots).toMatchObject({ cast: 8, counted: 5, annulled: 1 });
    // Three votes each now: the cheaper one comes first, as the election declares.
    expect(
      second.result.areas[0]?.together.projects.map(({ id: option, votes, reason }) => [
        option,
        votes,
        reason,
      ]),
    ).toEqual([
      ['trees', '3', { code: 'funded', remaining: '1000' }],
      ['bridge', '3', { code: 'does-not-fit', remaining: '500', missing: '300' }],
      ['bench', '2', { code: 'funded', remaining: '500' }],
    ]);
    expect(await refusal(post('ana', '/counts'))).toBe('409 count-current');
  });

  it('says which explanation is not kept, until it is made again', async () => {
    expect(await refusal(site.fetch(path('/explanation')))).toBe('503 explanation-not-kept');
    expect((await site.fetch(path('/explanation?count=1'))).status).toBe(200);
    const page = () =>
      site.fetch(`/elections/${id}/explanation?lang=en`, { headers: { accept: 'text/html' } });
    expect(await (await page()).text()).toContain('The explanation of this count was not kept.');
    const store = site.running.app.get<EventStore>(EVENT_STORE, { strict: false });
    const { result } = await json<ResultJson>(site.fetch(path('/results')));
    const { count } = await countFromLog(store, nodeCrypto, id, BigInt(result.through));
    if ('undecided' in count) throw new Error(count.undecided);
    await site.running.app.get(Explanations, { strict: false }).keep(count.outputDigest, explainCount(count));
    expect(await (await page()).text()).not.toContain('was not kept');
    expect((await site.fetch(path('/explanation'))).status).toBe(200);
  });

  it('is certified by two persons when the claims are over: the last count and no other', async () => {
    const { claimsUntil } = (await electionAt(site, id)).schedule;
    clock.advance(Date.parse(claimsUntil) - clock.now().getTime());
    const [first, second] = (await electionAt(site, id)).counts;
    const certify = (count: typeof first) => {
      const body = { electionId: id, tally: count?.number, outputDigest: count?.outputDigest };
      return together(site, ['ana', 'cova'], 'certify', body);
    };
    expect(await certify(first)).toMatchObject({ state: 'refused', outcome: { rejected: 'tally-stale' } });
    expect(await certify(second)).toMatchObject({ state: 'done' });
    const election = await electionWhen(site, id, ({ phase }) => phase === 'certified');
    expect(election.certified).toMatchObject({ tally: 2, by: ['ana', 'cova'] });
    expect((await json<ResultJson>(site.fetch(path('/results')))).certified).toBe(true);
    expect((await json<ResultJson>(site.fetch(path('/results?count=1')))).certified).toBe(false);
    const statuses = await Promise.all(
      Object.entries(cast).map(async ([name, one]) => [name, await statusOf(one)]),
    );
    expect(Object.fromEntries(statuses)).toEqual({
      ana1: 'superseded',
      ana2: 'counted',
      bea: 'counted',
      cai: 'counted',
      dora: 'annulled',
      eva: 'paper',
      fina: 'counted',
      gil: 'counted',
    });
    expect(election.history.map(({ what }) => what)).toEqual(
      expect.arrayContaining([
        'VotingOpened',
        'VotingExtended',
        'VotingReopened',
        'TallyPublished',
        'ResultCertified',
      ]),
    );
  });

  it('answers as the description of the API says', async () => {
    const answers: [string, TSchema][] = [
      ['/api/v1/elections', ElectionListAnswer.schema],
      [path(), ElectionAnswer.schema],
      [path('/options'), OptionListAnswer.schema],
      [path('/turnout'), TurnoutAnswer.schema],
      [path('/results'), ResultAnswer.schema],
      [path('/explanation'), ExplanationAnswer.schema],
    ];
    for (const [address, schema] of answers) {
      const answer = await json(site.fetch(address));
      expect([address, [...Compile(schema).Errors(answer)]]).toEqual([address, []]);
    }
  });
});
