/**
 * A process that appends, signs and shows a log, as `concejo serve` does with less around it, for whoever kills it. Argument:
 * JSON of `ChildSettings`. It prints `at URL` of its /log/checkpoint, `begins`, `receipt HASH POSITION` for each acknowledged event,
 * `halted` where it has come to its fault, and `fault NAME CODE` for what it holds against a witness.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import pg from 'pg';
import { toBase64url } from '../../projections/bytes.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { PostgresEventStore } from '../../src/event-store/postgres.js';
import { Ledger } from '../../src/ledger/ledger.js';
import { makePool } from '../../src/postgres/pools.js';
import { readSettings } from '../../src/settings.js';
import { granted, toAppend } from '../views/world.js';

/** Where it stops dead: what comes next is never done. */
export type Fault = 'appended' | 'grown' | 'signed' | 'cosigned' | 'showing' | 'none';

export interface ChildSettings {
  readonly number: number;
  readonly databaseUrl: string;
  /** Of the program: data folder, key and policy. */
  readonly variables: Record<string, string>;
  readonly fault: Fault;
  /** Whether it waits until the one before it, of which the database knows, is gone. */
  readonly waits: boolean;
}

const settings = JSON.parse(process.argv[2] ?? '') as ChildSettings;
const { number, databaseUrl, variables, fault } = settings;
Logger.overrideLogger(false);

const print = (line: string) => process.stdout.write(`${line}\n`);
let isHalted = false;
function halt(): Promise<never> {
  if (!isHalted) print('halted');
  isHalted = true;
  return new Promise(() => undefined);
}

const pool = makePool(databaseUrl, { info: () => undefined, warn: () => undefined });
const store = new PostgresEventStore(pool);
const ledger = new Ledger(pool, store, nodeCrypto, readSettings(variables), 'serve');

// What is real goes on as it is, up to the step behind which this process is to be killed.
const { tiles } = ledger;
const extend = tiles.extend.bind(tiles);
if (fault === 'appended') tiles.extend = halt;
if (fault === 'grown') tiles.extend = async (...args) => extend(...args).then(halt);
const ask = globalThis.fetch;
if (fault === 'signed') globalThis.fetch = halt;
if (fault === 'cosigned')
  globalThis.fetch = async (...args) => {
    const answer = await ask(...args);
    return answer.status === 200 ? halt() : answer;
  };
if (fault === 'showing') {
  const prototype = pg.Client.prototype as { query: (this: pg.Client, ...args: unknown[]) => unknown };
  const { query } = prototype;
  prototype.query = function (...args) {
    const [asked] = args as [string | pg.QueryConfig];
    const text = typeof asked === 'string' ? asked : asked.text;
    return text.startsWith('update ledger_head set published') ? halt() : query.apply(this, args);
  };
}

await ledger.onModuleInit();
const server = createServer((_, response) => {
  ledger.published().then(
    (shown) => response.writeHead(shown === undefined ? 404 : 200).end(shown?.note),
    () => response.writeHead(500).end(),
  );
});
await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
print(`at http://127.0.0.1:${(server.address() as AddressInfo).port}`);

if (settings.waits) {
  const baton = new pg.Client(databaseUrl);
  await baton.connect();
  await baton.query('select pg_advisory_lock(4711)');
}
print('begins');
ledger.onApplicationBootstrap();

const told = new Set<string>();
let made = 0;
for (;;) {
  const stream = `process-${number}-${made}`;
  const events = Array.from({ length: 1 + (made % 7) }, () =>
    toAppend(granted('ana', 'listener'), stream, number * 0x100000 + made++),
  );
  const { position } = await store.append({ stream, expected: 'no-stream', events });
  for (const [i, { hash }] of events.entries())
    print(`receipt ${toBase64url(hash)} ${position - BigInt(events.length - 1 - i)}`);
  for (const { name, code } of ledger.health().witnesses) {
    if (code === undefined || told.has(name + code)) continue;
    told.add(name + code);
    print(`fault ${name} ${code}`);
  }
  await sleep(10);
}
