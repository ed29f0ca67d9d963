/** `concejo demo` (and `npm start`): a made-up city on a clock that can be moved. */
import { existsSync, readdirSync, renameSync } from 'node:fs';
import type { INestApplicationContext } from '@nestjs/common';
import { createHttpApp } from '../app.js';
import { DemoClock } from '../clock.js';
import { DemoModule } from '../demo/demo.module.js';
import { assertFolderOf, readDemoMemory, writeDemoMemory, type DemoMemory } from '../demo/folder-mark.js';
import { DEMO_BEGINS_BEFORE_MS, makeDemo } from '../demo/make-demo.js';
import { YEAR_OF_MATTERS } from '../demo/matters.js';
import { makeLog } from '../rest/logger.js';
import { readSettings, type Settings } from '../settings.js';
import { approvalSeed } from '../staff/keys.js';
import { FIRST_ROLES } from '../staff/roles.js';
import { newStaffMember } from '../staff/staff-file.js';
import { sign, signingKeyPair } from '../crypto/node-crypto.js';
import type { Actor } from '../staff/actor.js';
import { listen } from './listen.js';
import { CommandFailed } from './output.js';
import { progressBar } from './progress.js';
import { untilAskedToStop } from './stopping.js';

const MOST_MATTERS = 100_000;
const LISTENER = 'listener';
const ROLES_OF_DEMO: readonly (readonly [string, readonly string[]])[] = [
  ['officer-1', FIRST_ROLES],
  ['officer-2', FIRST_ROLES],
  ['paper-desk', ['paper-officer']],
  [LISTENER, ['listener']],
  ['moderator', ['moderator']],
  ['auditor', ['auditor']],
];

export interface DemoOptions {
  readonly reset?: boolean;
  readonly matters?: string;
}

/** @throws CommandFailed */
export async function demo({ reset = false, matters }: DemoOptions): Promise<void> {
  const count = matters === undefined ? undefined : readCount(matters);
  const settings = readSettings(process.env);
  if (settings.databaseUrl !== undefined) {
    throw new CommandFailed('demo-with-database', 'A demo makes a database of its own. Unset DATABASE_URL.');
  }
  assertFolderOf(settings.data, 'demo');
  if (reset) setAside(settings.data);
  if (count !== undefined && readDemoMemory(settings.data)?.complete === true) {
    throw new CommandFailed(
      'demo-made',
      'This demo is made already. Add --reset to make one with other matters.',
    );
  }
  const stop = untilAskedToStop().then(() => 'stop' as const);
  for (;;) {
    const again = await run(settings, stop, count);
    if (again === 'stop') return;
    setAside(settings.data);
  }
}

/** Serves until it is told to stop, or to begin anew. */
async function run(
  settings: Settings,
  stop: Promise<'stop'>,
  count = YEAR_OF_MATTERS,
): Promise<'stop' | 'reset'> {
  const memory = readDemoMemory(settings.data) ?? newMemory();
  if (!memory.complete) {
    // Nobody has seen a city that was only half made: it is made anew.
    setAside(settings.data);
    Object.assign(memory, newMemory());
  }
  writeDemoMemory(settings.data, memory);
  const clock = new DemoClock(memory.offsetMs, undefined, (offsetMs) => {
    memory.offsetMs = offsetMs;
    // One that is not complete is made anew in any case.
    if (memory.complete) writeDemoMemory(settings.data, memory);
  });
  let askToReset: () => void = () => undefined;
  const resetting = new Promise<'reset'>((resolve) => (askToReset = () => resolve('reset')));
  const demoModule = DemoModule.register({
    people: memory.keys,
    now: () => clock.now(),
    advance: (hours) => clock.advance(hours * 3_600_000),
    reset: () => askToReset(),
  });
  const log = makeLog(process.env.LOG_LEVEL === undefined ? 'warn' : settings.logLevel);
  const members = memory.keys.map(({ id, roles, key }) => staffSetting(id, roles, key));
  const open = (hurry: boolean) =>
    createHttpApp(
      // Made-up people have made-up addresses: nothing is ever sent to them.
      { ...settings, staff: members, mail: undefined },
      { clock, log, modules: [demoModule], hurry },
    );
  if (!memory.complete) {
    process.stdout.write(
      `Making a made-up city with ${count} complaints and suggestions of its last year …\n`,
    );
    // In a hurry, and then opened as a real one is: what was made is on the disk before it counts.
    const making = await open(true);
    const made = make(making.app, clock, memory, count).then(() => 'made' as const);
    // Where it is told to stop meanwhile, what goes on finds everything closed.
    made.catch(() => undefined);
    try {
      if ((await Promise.race([made, stop])) === 'stop') return 'stop';
    } finally {
      await making.close();
    }
    memory.complete = true;
    writeDemoMemory(settings.data, memory);
  }
  const running = await open(false);
  try {
    await listen(running.app, settings);
    process.stdout.write(`Concejo, a demo with made-up people: http://${settings.host}:${settings.port}\n`);
    return await Promise.race([stop, resetting]);
  } finally {
    await running.close();
  }
}

async function make(
  app: INestApplicationContext,
  clock: DemoClock,
  { keys }: DemoMemory,
  count: number,
): Promise<void> {
  const [one, other] = keys;
  const listener = keys.find(({ id }) => id === LISTENER);
  if (one === undefined || other === undefined || listener === undefined)
    throw new Error('A demo has two officers and a listener');
  const bar = progressBar('Its last year');
  try {
    const cast = { officers: [actor(one), actor(other)] as const, listener };
    await makeDemo(app, clock, cast, { count, progress: (done, of) => bar.at(done, of) });
  } finally {
    bar.stop();
  }
}

/** @throws CommandFailed */
function readCount(given: string): number {
  const count = Number(given);
  if (!Number.isInteger(count) || count < 0 || count > MOST_MATTERS)
    throw new CommandFailed('matters-invalid', `--matters takes a number from 0 to ${MOST_MATTERS}.`);
  return count;
}

function newMemory(): DemoMemory {
  const keys = ROLES_OF_DEMO.map(([id, roles]) => ({ id, roles, key: newStaffMember(id, roles).key }));
  return { offsetMs: -DEMO_BEGINS_BEFORE_MS, complete: false, keys };
}

function staffSetting(id: string, roles: readonly string[], key: string) {
  const random = Buffer.from(key.slice('concejo_'.length), 'base64url');
  return newStaffMember(id, roles, random).member;
}

function actor({ id, roles, key }: { id: string; roles: readonly string[]; key: string }): Actor {
  const seed = approvalSeed(key, id);
  if (seed === undefined) throw new Error('A demo key is broken');
  const { secretKey } = signingKeyPair(seed);
  return { id, roles, sign: (message) => sign(message, secretKey) };
}

/** The old folder is kept under another name: a log is never rewound. */
function setAside(folder: string): void {
  // An empty one may be a mounted volume, which cannot be renamed and need not be.
  const holds = existsSync(folder) && readdirSync(folder).length > 0;
  if (holds) renameSync(folder, `${folder}.old-${new Date().toISOString().replace(/[:.]/g, '-')}`);
}
