/** Every fault: what breaks, for how long, and what mends it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Misdeed, Rule } from '../event-store/eventstoredb-double/misdeeds.js';
import type { Random } from './random.js';
import type { Web } from './web.js';
import { fillDisk, type Place, type World } from './world.js';

export interface Fault {
  readonly name: string;
  /** In which worlds. */
  readonly places: readonly Place[];
  /** Whether it is a kill -9. */
  readonly kills?: boolean;
  /** How long it lasts, from and to, in milliseconds. */
  readonly lastsMs: readonly [number, number];
  /** Why it cannot be done here; `undefined`: it can. */
  readonly impossible?: (world: World) => string | undefined;
  /** Breaks something. @returns what mends it */
  readonly strike: (world: World, random: Random) => Promise<() => Promise<unknown>>;
}

const BESIDE: readonly Place[] = ['postgres', 'eventstoredb'];
const EVERYWHERE: readonly Place[] = [...BESIDE, 'own-postgres'];
const SOON: readonly [number, number] = [0, 800];
const HOUR_MS = 3_600_000;
const nothing = () => Promise.resolve();

const KILLS: readonly Fault[] = [
  {
    name: 'web process that holds locks killed',
    kills: true,
    places: BESIDE,
    lastsMs: SOON,
    strike: async (world) => killed((await holderAndOther(world)).holder),
  },
  {
    name: 'web process that stands by killed',
    kills: true,
    places: BESIDE,
    lastsMs: SOON,
    strike: async (world) => killed((await holderAndOther(world)).other),
  },
  {
    name: 'program with its own PostgreSQL killed',
    kills: true,
    places: ['own-postgres'],
    lastsMs: SOON,
    strike: (world) => killed(world.webs[0] as Web),
  },
  {
    name: 'PostgreSQL killed',
    kills: true,
    places: EVERYWHERE,
    lastsMs: [0, 0],
    strike: (world) => signalPostgres(world, 'SIGKILL'),
  },
  {
    name: 'one process of PostgreSQL killed',
    kills: true,
    places: BESIDE,
    lastsMs: [100, 500],
    // A backend that dies takes all others with it: the server recovers as after a crash.
    strike: async (world) => {
      const [one] = await world.asAdmin<{ pid: number }>(
        `select pid from pg_stat_activity where application_name like 'web-%' order by random() limit 1`,
      );
      if (one !== undefined) process.kill(one.pid, 'SIGKILL');
      return nothing;
    },
  },
];

const OF_POSTGRES: readonly Fault[] = [
  {
    name: 'PostgreSQL restarted',
    places: EVERYWHERE,
    lastsMs: [0, 0],
    strike: (world) => signalPostgres(world, 'SIGINT'),
  },
  {
    name: 'locks’ connections ended by PostgreSQL',
    places: BESIDE,
    lastsMs: [0, 0],
    strike: async (world) => {
      const { pids } = await holderAndOther(world);
      await terminate(world, pids);
      return nothing;
    },
  },
  {
    name: 'two runners: the one with the locks frozen, its connections ended, and thawed',
    places: BESIDE,
    lastsMs: [1_500, 4_000],
    strike: async (world) => {
      const { holder, pids } = await holderAndOther(world);
      holder.freeze();
      await terminate(world, pids);
      return async () => holder.thaw();
    },
  },
  {
    name: 'two runners: the one with the locks cut off from PostgreSQL, its connections ended',
    places: BESIDE,
    lastsMs: [1_500, 4_000],
    strike: async (world) => {
      const { holder, pids } = await holderAndOther(world);
      holder.database?.freeze();
      await terminate(world, pids);
      return async () => holder.database?.thaw();
    },
  },
  {
    name: 'disk of PostgreSQL full',
    places: ['postgres'],
    lastsMs: [1_000, 4_000],
    impossible: ({ disk }) =>
      disk === undefined ? 'a small file system needs the right to mount one, which root has' : undefined,
    strike: async ({ disk = '' }) => {
      fillDisk(disk, true);
      return async () => fillDisk(disk, false);
    },
  },
];

const OF_CONNECTIONS: readonly Fault[] = [
  {
    name: 'connections to PostgreSQL cut',
    places: BESIDE,
    lastsMs: [0, 0],
    strike: async ({ webs }, random) => {
      random.of(webs).database?.cut();
      return nothing;
    },
  },
  {
    name: 'connections to PostgreSQL frozen',
    places: BESIDE,
    lastsMs: [300, 6_000],
    strike: async ({ webs }, random) => {
      const { database } = random.of(webs);
      database?.freeze();
      return async () => database?.thaw();
    },
  },
  {
    name: 'answers to commits lost',
    places: BESIDE,
    lastsMs: [300, 300],
    strike: async ({ webs }, random) => {
      for (const { database } of webs) database?.loseAnswers(random.between(1, 3));
      return nothing;
    },
  },
  {
    name: 'connections of clients cut',
    places: EVERYWHERE,
    lastsMs: [0, 0],
    strike: async ({ webs }) => {
      for (const { clients } of webs) clients.cut();
      return nothing;
    },
  },
  {
    name: 'connections of clients frozen',
    places: EVERYWHERE,
    lastsMs: [300, 7_000],
    strike: async ({ webs }, random) => {
      const { clients } = random.of(webs);
      clients.freeze();
      return async () => clients.thaw();
    },
  },
];

const OF_CLOCKS: readonly Fault[] = [
  {
    name: 'clock jumps',
    places: EVERYWHERE,
    lastsMs: [200, 1_500],
    strike: async ({ webs }, random) => {
      const web = random.of(webs);
      web.moveClock(random.between(-12 * HOUR_MS, 12 * HOUR_MS));
      // Every other time it stays wrong until the next jump.
      return async () => {
        if (random.chance(0.5)) web.moveClock(0);
      };
    },
  },
];

/** Each way in which the double misbehaves, by its name, for a few calls. */
const MISDEEDS: readonly (readonly [name: string, misdeed: Misdeed, on?: Rule['on']])[] = [
  ['appends delayed', { do: 'delay', ms: 1_200 }, ['append']],
  ['appends dropped', { do: 'drop' }, ['append']],
  ['answers to appends lost', { do: 'lose-answer' }, ['append']],
  ['connection cut before an append', { do: 'cut', when: 'before' }, ['append']],
  ['connection cut after an append', { do: 'cut', when: 'after' }, ['append']],
  ['appends committed after their deadline', { do: 'commit-late', ms: 3_000 }, ['append']],
  ['appends written twice', { do: 'write-twice' }, ['append']],
  ...(
    ['not-leader', 'not-ready', 'busy', 'timed-out', 'cancelled', 'unavailable', 'thrown'] as const
  ).flatMap((refusal) =>
    (['before', 'after'] as const).map(
      (when) =>
        [
          `appends refused (${refusal}), ${when === 'after' ? 'although written' : 'and not written'}`,
          { do: 'refuse', with: refusal, when },
          ['append'],
        ] as const,
    ),
  ),
  ['reads delayed', { do: 'delay', ms: 800 }, ['read-stream', 'read-all']],
  ['reads cut', { do: 'break', after: 1, how: 'cut' }, ['read-stream', 'read-all']],
  ['reads ended by an error', { do: 'break', after: 1, how: 'error' }, ['read-stream', 'read-all']],
  ['reads fallen silent', { do: 'break', after: 1, how: 'silence' }, ['read-stream', 'read-all']],
  ['subscriptions cut', { do: 'break', after: 3, how: 'cut' }, ['subscribe-to-all']],
  ['subscriptions ended by an error', { do: 'break', after: 3, how: 'error' }, ['subscribe-to-all']],
  ['subscriptions fallen silent', { do: 'break', after: 3, how: 'silence' }, ['subscribe-to-all']],
  ['subscriptions that tell everything twice', { do: 'repeat' }, ['subscribe-to-all']],
];

const OF_EVENTSTOREDB: readonly Fault[] = [
  ...MISDEEDS.map(([name, misdeed, on]): Fault => {
    return {
      name: `EventStoreDB: ${name}`,
      places: ['eventstoredb'],
      lastsMs: [400, 1_200],
      strike: async ({ double }, random) => {
        await double?.misbehave({ ...misdeed, ...(on && { on }), times: random.between(1, 4) });
        // A rule for subscriptions waits for the next one.
        if (on?.includes('subscribe-to-all')) await double?.cut();
        return async () => double?.behave();
      },
    };
  }),
  {
    name: 'EventStoreDB: frozen',
    places: ['eventstoredb'],
    lastsMs: [500, 4_000],
    strike: async ({ double }) => {
      await double?.freeze();
      return async () => double?.thaw();
    },
  },
  {
    name: 'EventStoreDB: connections cut',
    places: ['eventstoredb'],
    lastsMs: [0, 0],
    strike: async ({ double }) => {
      await double?.cut();
      return nothing;
    },
  },
  {
    name: 'EventStoreDB: ended and started again',
    places: ['eventstoredb'],
    lastsMs: [200, 2_000],
    strike: async ({ double }) => {
      await double?.stop();
      return async () => double?.restart();
    },
  },
  {
    name: 'EventStoreDB: without a leader',
    places: ['eventstoredb'],
    lastsMs: [200, 2_000],
    strike: async ({ double }) => {
      await double?.elect();
      return async () => double?.elect(0);
    },
  },
  {
    name: 'EventStoreDB: quorum lost and regained',
    places: ['eventstoredb'],
    lastsMs: [500, 4_000],
    strike: async ({ double }) => {
      await double?.loseQuorum();
      return async () => double?.regainQuorum();
    },
  },
];

export const FAULTS: readonly Fault[] = [
  ...KILLS,
  ...OF_POSTGRES,
  ...OF_CONNECTIONS,
  ...OF_CLOCKS,
  ...OF_EVENTSTOREDB,
];

/** The web process that holds most of the locks, with its connections that hold them, and the other one. */
async function holderAndOther(world: World): Promise<{ holder: Web; other: Web; pids: number[] }> {
  const holders = await world.holders();
  const [first, second] = world.webs as [Web, Web];
  const of = (web: Web) => holders.filter((each) => each.web === web).map(({ pid }) => pid);
  const [holder, other] = of(second).length > of(first).length ? [second, first] : [first, second];
  return { holder, other, pids: of(holder) };
}

/** Kills a web process; it is mended by starting it again. */
async function killed(web: Web): Promise<() => Promise<void>> {
  await web.kill();
  return () => web.start();
}

/** Ends connections without a word to whoever has them. */
function terminate(world: World, pids: readonly number[]): Promise<unknown> {
  return world.asAdmin(`select pg_terminate_backend(pid) from unnest('{${pids.join()}}'::int[]) as pid`);
}

/** Ends PostgreSQL. Whoever watches over it starts it again, which is waited for. */
async function signalPostgres(world: World, signal: NodeJS.Signals): Promise<() => Promise<void>> {
  const before = await world.postmaster();
  if (before !== undefined) process.kill(before, signal);
  return async () => {
    for (
      let now = await world.postmaster();
      now === undefined || now === before;
      now = await world.postmaster()
    )
      await sleep(20);
  };
}
