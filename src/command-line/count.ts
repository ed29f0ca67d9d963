/** `concejo count ELECTION`: counts from the log and compares with what was published. */
import { countFromLog } from '../elections/counting.js';
import { Explanations } from '../elections/explanations.js';
import { OpenElections } from '../elections/open-elections.js';
import { Outcomes } from '../elections/outcomes.js';
import { CRYPTO, EVENT_STORE } from '../platform.module.js';
import type { Crypto } from '../../projections/crypto.js';
import { explainCount } from '../../projections/explained-count.js';
import type { EventStore } from '../event-store/event-store.js';
import { CommandFailed, print, type OutputOptions } from './output.js';
import { withApplication } from './running.js';

export async function count(electionId: string, options: OutputOptions): Promise<void> {
  await withApplication(async (app) => {
    const store: EventStore = app.get(EVENT_STORE, { strict: false });
    const crypto: Crypto = app.get(CRYPTO, { strict: false });
    const { row } = await app.get(OpenElections, { strict: false }).fresh(electionId);
    if (row === undefined) throw new CommandFailed('election-unknown', 'There is no election with this id.');
    if (row.key === undefined)
      throw new CommandFailed('key-not-published', 'Its ballots are sealed until the close.');
    const published = row.tallies.at(-1);
    const through = published === undefined ? undefined : BigInt(published.through);
    const { count: counted, times } = await countFromLog(store, crypto, electionId, through);
    if ('undecided' in counted) {
      throw new CommandFailed(
        counted.undecided,
        `A tie that matters is undecided in ${counted.area}: ${counted.projects.join(', ')}.`,
      );
    }
    const { result, inputDigest, outputDigest } = counted;
    const same =
      published === undefined
        ? undefined
        : published.outputDigest === outputDigest && published.inputDigest === inputDigest;
    if (same !== false) {
      await app.get(Outcomes, { strict: false }).keep(outputDigest, result);
      await app.get(Explanations, { strict: false }).keep(outputDigest, explainCount(counted));
    }
    print(
      { electionId, inputDigest, outputDigest, published: published?.outputDigest, same, times, result },
      [
        `${result.ballots.counted} web ballots and ${result.paper.counted} sheets counted.`,
        ...result.areas.map(
          (area) =>
            `${area.area}: ${area.together.funded.length} projects funded: ${area.together.funded.join(', ')}`,
        ),
        `Output digest ${outputDigest}`,
        published === undefined
          ? 'No count was published yet.'
          : same
            ? `The same as count ${published.number}, byte for byte.`
            : `NOT the same as count ${published.number}.`,
        `Read in ${ms(times.read)}, opened in ${ms(times.open)}, counted in ${ms(times.count)}.`,
      ],
      options,
    );
    if (same === false) process.exitCode = 1;
  });
}

function ms(milliseconds: number): string {
  return `${milliseconds.toFixed(0)} ms`;
}
