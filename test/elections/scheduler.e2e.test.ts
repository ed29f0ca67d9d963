/** What the scheduler does with elections that do not go on by themselves, and with many. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CommandBus } from '@nestjs/cqrs';
import pg from 'pg';
import { toBase64url, utf8 } from '../../projections/bytes.js';
import { rulesetHash } from '../../projections/definition.js';
import { electionsView } from '../../projections/elections.view.js';
import type { NewEvent } from '../../projections/event.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { CountElection } from '../../src/elections/count.commands.js';
import { ElectionScheduler } from '../../src/elections/scheduler.js';
import type { CommandLog } from '../../src/event-store/command-log.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { newThingId } from '../../src/event-store/event-ids.js';
import { COMMAND_LOG, EVENT_STORE } from '../../src/platform.module.js';
import { Views } from '../../src/views/views.js';
import { Site } from '../rest/site.js';
import { DAY_MS, electionWhen, HOUR_MS, storyClock } from './booth.js';
import { electionKey, fixed, parts, voter } from './small-election.js';

const clock = storyClock();
let site: Site;
beforeAll(async () => (site = await Site.start({ clock })));
afterAll(() => site.stop());

const scheduler = () => site.running.app.get(ElectionScheduler, { strict: false });

/** Appends events as an earlier version wrote them, without the checks of today's commands. */
async function append(stream: string, events: readonly NewEvent[]): Promise<void> {
  const log = site.running.app.get<CommandLog>(COMMAND_LOG, { strict: false });
  const meta = { commandId: newThingId('test', stream, String(events.length)), actor: 'system' };
  await log.run({
    stream,
    meta: { ...meta, at: clock.now().toISOString(), request: utf8(stream) },
    initial: undefined,
    evolve: () => undefined,
    decide: () => events,
  });
}

describe('an election whose tie nothing decides', () => {
  const electionId = newThingId('test', 'undecided', 'election');
  const counts: CountElection[] = [];
  const looks = async (n: number) => {
    for (let i = 0; i < n; i++) await scheduler().tick();
  };

  it('is counted once, and again only when something has happened to it', async () => {
    site.running.app
      .get(CommandBus, { strict: false })
      .subscribe((command) => command instanceof CountElection && counts.push(command));
    const { definition, options } = parts({ electionId, paper: 'none' });
    const ruleset = { v: 1, rule: 'greedy', score: { by: 'votes' }, tieOrder: ['most-votes'] };
    const hash = rulesetHash(nodeCrypto, ruleset);
    const root = fixed('root');
    const e = fixed('e');
    await append(`roll-${electionId}`, [
      { type: 'RollCommitted', data: { electionId, count: 0, perArea: [], root } },
    ]);
    const boxKey = toBase64url(electionKey.publicKey);
    const secret = toBase64url(electionKey.secretKey);
    await append(`election-${electionId}`, [
      { type: 'ElectionDefined', data: { ...definition, ruleset: hash } },
      { type: 'RulesetPublished', data: { electionId, hash, ruleset } },
      {
        type: 'OptionsListed',
        data: { electionId, listing: 1, chunk: 0, last: true, options: [...options] },
      },
      { type: 'VotingOpened', data: { electionId, e, boxKey, rollRoot: root, optionsRoot: root } },
      { type: 'VotingClosed', data: { electionId, cause: 'schedule' } },
      { type: 'ElectionKeyPublished', data: { electionId, secret } },
    ]);
    await electionWhen(site, electionId, ({ phase }) => phase === 'opened');
    await looks(5);
    expect(counts.map((command) => command.electionId)).toEqual([electionId]);

    const annulment = { electionId, actId: electionId, through: 1, count: 1, idsRoot: root, afterKey: true };
    const rule = { name: 'more-than' as const, ballots: 1 };
    const rest = { scope: 'ballot' as const, basis: { code: 'fault' }, chunk: 0, ids: [root] };
    const approval = { actor: 'ana', at: clock.now().toISOString(), sig: fixed('sig', 64) };
    await append(`election-${electionId}`, [
      {
        type: 'BallotsAnnulled',
        data: { ...annulment, rule, ...rest, approvals: [approval, { ...approval, actor: 'bea' }] },
      },
    ]);
    await electionWhen(site, electionId, ({ annulments }) => annulments.length === 1);
    await looks(5);
    expect(counts).toHaveLength(2);
  });

  it('is looked at by one look at a time', async () => {
    const first = scheduler().tick();
    expect(scheduler().tick()).toBe(first);
    await first;
    const second = scheduler().tick();
    expect(second).not.toBe(first);
    await second;
  });
});

describe('more elections than one page of them', () => {
  const ids = Array.from({ length: 202 }, (_, i) => newThingId('test', `many ${i}`, 'election')).sort();
  const [broken, ...others] = ids;
  const inPhase = async (phase: string) => {
    const views = site.running.app.get(Views, { strict: false });
    const { rows } = await views.list(electionsView, { where: { phase }, limit: 1_000 });
    return rows.map(({ key }) => key).filter((key) => ids.includes(key));
  };
  it('are all opened at their time, also after one that cannot be', async () => {
    const at = (ms: number) => new Date(clock.now().getTime() + ms).toISOString();
    const schedule = { opensAt: at(HOUR_MS), closesAt: at(DAY_MS), claimsUntil: at(DAY_MS) };
    const { entry } = voter('ana');
    await Promise.all(
      ids.map(async (electionId) => {
        const { definition, options, ruleset } = parts({ electionId, schedule });
        const hash = rulesetHash(nodeCrypto, ruleset);
        await append(`election-${electionId}`, [
          { type: 'ElectionDefined', data: { ...definition, ruleset: hash } },
          { type: 'RulesetPublished', data: { electionId, hash, ruleset } },
          {
            type: 'OptionsListed',
            data: { electionId, listing: 1, chunk: 0, last: true, options: [...options] },
          },
        ]);
        await append(`roll-${electionId}`, [
          { type: 'RollListed', data: { electionId, chunk: 0, entries: [entry] } },
          { type: 'RollCommitted', data: { electionId, count: 1, perArea: [], root: fixed('root') } },
        ]);
      }),
    );
    const store = site.running.app.get<EventStore>(EVENT_STORE, { strict: false });
    await site.running.app.get(Views, { strict: false }).atLeast(await store.head(), 20_000);
    expect(await inPhase('defined')).toEqual(ids);
    // The views are past it: only the command that opens this election meets it.
    const client = new pg.Client({ connectionString: site.settings.ownerUrl });
    await client.connect();
    await client.query('alter table events disable trigger all');
    const damaged = await client.query(
      `update events set leaf = 'x', hash = sha256('\\x00'::bytea || 'x'::bytea) where stream = $1 and revision = 0`,
      [`roll-${broken ?? ''}`],
    );
    await client.query('alter table events enable trigger all');
    await client.end();
    expect(damaged.rowCount).toBe(1);
    clock.advance(HOUR_MS);
    const end = performance.now() + 20_000;
    while ((await inPhase('open')).length < others.length && performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(await inPhase('open')).toEqual(others);
    expect(await inPhase('defined')).toEqual([broken]);
  });
});
