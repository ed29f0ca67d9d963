/**
 * The audit of a bundle of many signed and sealed ballots, recount and views included, as `concejo audit` does it in a process of
 * its own; beside it the bare cost of its hashes, key checks, signatures and boxes, on one thread.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { POLICY } from '../audit/story.js';
import type { Made } from './audit-bundle.child.js';
import { readScript, watchScript } from './program.js';
import { withFolder } from './scratch.js';

interface Target {
  ms: number;
  megabytes: number;
}

/** For Node's heap while the bundle is made. */
const MAKING = ['--max-old-space-size=8000'];

/** Prints a line for each number. */
export async function run({ short, long }: { short: boolean; long: boolean }): Promise<void> {
  if (short) return audited(2_000);
  await audited(100_000, { ms: 15_000, megabytes: 500 });
  // With the roll, and what opens and closes the vote, a million events and a little more.
  if (long) await audited(1_000_000, { ms: 180_000, megabytes: 2_000 });
}

async function audited(ballots: number, target?: Target): Promise<void> {
  await withFolder(async (folder) => {
    const [file, policy] = [join(folder, 'bundle.tar'), join(folder, 'policy')];
    const making = [String(ballots), file, join(folder, 'entries')];
    const made = JSON.parse(await readScript('test/bench/audit-bundle.child.js', making, MAKING)) as Made;
    await writeFile(policy, POLICY);
    const { ms, megabytes } = await watchScript('src/main.js', ['audit', file, '--policy', policy, '--json']);
    const { events, bytes, bare } = made;
    console.log(
      `audit of ${ballots} made-up ballots (${events} events, ${Math.round(bytes / 1e6)} MB), a whole process: ` +
        `${Math.round(ms)} ms, at most ${megabytes} MB; ratio to the bare cost of hashes, keys, signatures and boxes on one ` +
        `thread (${Math.round(bare)} ms) ${(ms / bare).toFixed(2)}` +
        (target === undefined
          ? ''
          : `; to the targets of ${target.ms} ms ${(ms / target.ms).toFixed(2)} and ${target.megabytes} MB ` +
            (megabytes / target.megabytes).toFixed(2)),
    );
  });
}
