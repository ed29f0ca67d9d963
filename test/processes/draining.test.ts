/** A process that is asked to stop under load: what it took is answered, and what it did not take is there once, by the other. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/clock.js';
import { BALLOT_TYPE } from '../../src/rest/media-types.js';
import { Booth, voterKeys, fast, type VoterKeys } from '../elections/booth.js';
import { openOneArea } from '../elections/one-area.js';
import { problem } from '../rest/site.js';
import { Fleet, type Served } from './fleet.js';

const VOTERS = Array.from({ length: 400 }, (_, number) => voterKeys(`voter ${number}`, fast));
const VOTE = [{ a: 'city', ids: ['bench'] }];
/** Who send their ballots one after another. */
const CALLERS = 8;

let fleet: Fleet;
let one: Served;
let other: Served;
let path: string;
let bodies: Map<VoterKeys, Uint8Array>;

async function start(variables: Record<string, string>): Promise<void> {
  one = await fleet.serve(variables);
  other = await fleet.serve(variables);
  const electionId = await openOneArea(one, systemClock, VOTERS, 'none');
  const booth = await Booth.at(one, electionId, fast);
  ({ path } = booth);
  bodies = new Map(VOTERS.map((voter) => [voter, booth.bytes(voter, { vote: VOTE })]));
}
beforeEach(async () => {
  fleet = await Fleet.start();
});
afterEach(() => fleet.stop());

type Sent = { to: Served; status: number } | { to: Served; broke: string };

async function send(to: Served, voter: VoterKeys): Promise<Sent> {
  const body = Buffer.from(bodies.get(voter) ?? []);
  const headers = { 'content-type': BALLOT_TYPE };
  try {
    const response = await to.fetch(path, { method: 'POST', headers, body });
    await response.arrayBuffer();
    return { to, status: response.status };
  } catch (error) {
    return { to, broke: String((error as { cause?: { code?: string } }).cause?.code) };
  }
}

/**
 * Every voter's ballot from a few callers, each to whom `choose` says, and again to the other process until it is in; the
 * first process is asked to stop when a quarter was sent. @returns all tries
 */
async function castAll(choose: (number: number) => Served): Promise<Sent[]> {
  const tries: Sent[] = [];
  let next = 0;
  const caller = async () => {
    for (let number = next++; number < VOTERS.length; number = next++) {
      if (number === VOTERS.length >> 2) one.child.process.kill('SIGTERM');
      let to = choose(number);
      for (;;) {
        const sent = await send(to, VOTERS[number] as VoterKeys);
        tries.push(sent);
        if ('status' in sent && sent.status < 300) break;
        to = other;
      }
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  return tries;
}

async function ballotsByVoter(): Promise<number[]> {
  const { rows } = await fleet.pool.query<{ n: string }>(
    `select count(*) as n from events where type = 'BallotCast' group by stream`,
  );
  return rows.map(({ n }) => Number(n));
}

describe('a process that is asked to stop under load', () => {
  it('says that it is not ready, serves who comes nevertheless, and ends: behind a proxy that asks nobody sees an error', async () => {
    await start({ CONCEJO_LEAVE_SECONDS: '2' });
    let isReady = true;
    let because: unknown;
    let lives = 0;
    const asking = (async () => {
      while (isReady) {
        const response = await one.fetch('/health/ready');
        if (response.ok) {
          await sleep(50);
          continue;
        }
        because = await problem(response);
        lives = (await one.fetch('/health/live')).status;
        isReady = false;
      }
    })();
    const tries = await castAll((number) => (number % 2 === 0 && isReady ? one : other));
    await asking;
    expect(tries.filter((sent) => !('status' in sent) || sent.status !== 201)).toEqual([]);
    expect([because, lives]).toEqual([
      expect.objectContaining({ parameters: { because: 'shutting-down' } }),
      200,
    ]);
    expect((await one.child.ended).code).toBe(0);
    expect(await ballotsByVoter()).toEqual(VOTERS.map(() => 1));
  }, 120_000);

  it('answers all that it took, and refuses the rest so that it can be sent again', async () => {
    await start({});
    const tries = await castAll((number) => (number % 2 === 0 ? one : other));
    const ended = await one.child.ended;
    expect([ended.code, ended.stderr]).toEqual([0, '']);
    // What the other one said is what its log has, and the first one said nothing but yes and not now.
    const byFirst = tries.filter(({ to }) => to === one);
    const statuses = byFirst.flatMap((sent) => ('status' in sent ? [sent.status] : []));
    expect(new Set(statuses.filter((status) => status !== 201 && status !== 503))).toEqual(new Set());
    expect(statuses.filter((status) => status === 201).length).toBeGreaterThan(CALLERS);
    // A connection that nobody took yet may break; one on which a request was taken does not.
    const broken = byFirst.flatMap((sent) => ('broke' in sent ? [sent.broke] : []));
    expect(broken.filter((code) => !['ECONNREFUSED', 'ECONNRESET', 'UND_ERR_SOCKET'].includes(code))).toEqual(
      [],
    );
    const byOther = tries.flatMap((sent) => (sent.to === other && 'status' in sent ? [sent.status] : []));
    // 200: it was in already, which is the first one's word without its answer.
    expect(new Set(byOther.filter((status) => status !== 201))).toEqual(new Set());
    expect(await ballotsByVoter()).toEqual(VOTERS.map(() => 1));
  }, 120_000);
});
