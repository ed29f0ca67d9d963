/**
 * Reads the ballots of a log as often as told, in workers, and prints what came of it. Arguments: a file of events as JSON
 * with positions as text, the election, how many times.
 */
import { readFileSync } from 'node:fs';
import { BallotBox } from '../../projections/ballot-box.js';
import type { LogEvent } from '../../projections/event.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { Opening } from '../../src/elections/opening.js';

type Written = Omit<LogEvent, 'position' | 'revision'> & { position: string; revision: string };

const [file = '', electionId = '', times = ''] = process.argv.slice(2);
const box = new BallotBox(electionId);
for (const event of JSON.parse(readFileSync(file, 'utf8')) as Written[]) {
  box.apply({ ...event, position: BigInt(event.position), revision: BigInt(event.revision) } as LogEvent);
}
const once = box.standingBallots();
const standing = Array.from({ length: Number(times) }, () => once).flat();
const opening = new Opening();
console.log(JSON.stringify(await opening.read(nodeCrypto, box, standing)));
await opening.end();
