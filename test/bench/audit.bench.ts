/**
 * The audit of a bundle of many signed and sealed ballots, recount and views included, as `concejo audit` does it in a process of
 * its own; beside it the bare cost of its hashes, key checks, signatures and boxes, on one thread.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSigned } from '../../projections/ballot.js';
import { bytesOf } from '../../projections/bytes.js';
import { openEvent, type LogEvent } from '../../projections/event.js';
import { leafHash } from '../../projections/hash.js';
import { openBox, type SealedBox } from '../../projections/sealing.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { bundleOf, POLICY, tell, votes, type Story } from '../audit/story.js';
import { ELECTION_ID, electionKey, SEALED_BYTES, voter } from '../elections/small-election.js';
import { watchScript } from './program.js';
import { withFolder } from './scratch.js';

const TARGET_MS = 15_000;
const TARGET_MB = 500;
const CHOICES = [['bridge'], ['trees'], ['bench', 'trees'], ['bench']];

/** Prints a line for each number. */
export async function run({ short }: { short: boolean }): Promise<void> {
  const ballots = short ? 2_000 : 100_000;
  const voters = Array.from({ length: ballots }, (_, i) => voter(`voter ${i}`));
  const casts = voters.map((who, i) => ({ who, vote: votes(CHOICES[i % CHOICES.length] ?? []) }));
  const marked = voter('gil');
  const roll = [...voters, marked].map(({ entry }) => entry);
  const story = tell({ roll, casts });
  const bare = bareCost(story);
  await withFolder(async (folder) => {
    const [file, policy] = [join(folder, 'bundle.tar'), join(folder, 'policy')];
    const bytes = await bundleOf(story);
    await writeFile(file, bytes);
    await writeFile(policy, POLICY);
    const { ms, megabytes } = await watchScript('src/main.js', ['audit', file, '--policy', policy, '--json']);
    console.log(
      `audit of ${ballots} made-up ballots (${story.leaves.length} events, ${Math.round(bytes.length / 1e6)} MB), a whole process: ` +
        `${Math.round(ms)} ms, at most ${megabytes} MB; ratio to the bare cost of hashes, keys, signatures and boxes on one thread ` +
        `(${Math.round(bare)} ms) ${(ms / bare).toFixed(2)}` +
        (short
          ? ''
          : `; to the targets of ${TARGET_MS} ms ${(ms / TARGET_MS).toFixed(2)} and ${TARGET_MB} MB ${(megabytes / TARGET_MB).toFixed(2)}`),
    );
  });
}

function bareCost({ leaves }: Story): number {
  const started = performance.now();
  const events = leaves.map((leaf, i): LogEvent => {
    const hash = leafHash(nodeCrypto, leaf);
    const { id, stream, type } = JSON.parse(Buffer.from(leaf).toString()) as Record<string, string>;
    const place = { position: BigInt(i), revision: 0n, recordedAt: new Date(0) };
    return openEvent(nodeCrypto, {
      ...{ ...place, id: id ?? '', stream: stream ?? '', type: type ?? '', leaf, hash },
      ...{ commandId: undefined, requestDigest: undefined },
    });
  });
  const opener = { electionId: ELECTION_ID, secret: electionKey.secretKey, sealedBytes: SEALED_BYTES };
  for (const { type, data } of events) {
    if (type !== 'BallotCast') continue;
    if (!nodeCrypto.isKey(bytesOf(data.ballot.k)) || !isSigned(nodeCrypto, data.ballot))
      throw new Error('not signed');
    openBox(nodeCrypto, opener, data.ballot as SealedBox);
  }
  return performance.now() - started;
}
