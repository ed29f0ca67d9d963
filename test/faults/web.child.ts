/**
 * `concejo serve` with a clock that a test moves. Argument: a file with the milliseconds by which it is off, as a number. It
 * prints `at PORT`, and `500 …` for what was answered so: a bug.
 */
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createHttpApp } from '../../src/app.js';
import type { Clock } from '../../src/clock.js';
import { untilAskedToStop } from '../../src/command-line/stopping.js';
import { readSettings } from '../../src/settings.js';

const LOOK_MS = 50;

const file = process.argv[2] ?? '';
let offMs = 0;
const look = () => (offMs = Number(readFileSync(file, 'utf8')));
look();
setInterval(look, LOOK_MS).unref();

/** What the machine's clock tells; what it does not tell, how long something takes, goes on as it is. */
const clock: Clock = {
  now: () => new Date(Date.now() + offMs),
  monotonicMs: () => performance.now(),
};

const settings = readSettings(process.env);
const running = await createHttpApp(settings, { clock });
try {
  await running.app.listen(0, '127.0.0.1');
  process.stdout.write(`at ${(running.app.getHttpServer().address() as AddressInfo).port}\n`);
  await untilAskedToStop();
} finally {
  await running.close();
}
