/**
 * Casting over HTTP into one process and into two, in turns, on one PostgreSQL and on the same processors: what two processes
 * lose by working on one log. While one has the load, the other stands by.
 */
import { requests } from './ballots.js';
import { LoadGenerator, percentile, type Load } from './raw-http.js';
import { withSite } from './several.js';

const CONNECTIONS = 64;
const TARGET = 0.9;

/** Prints a line for each round, and one for all. */
export async function run({ short }: { short: boolean }): Promise<void> {
  const [ballots, rounds] = short ? [500, 3] : [5_000, 7];
  await withSite(2 * ballots * rounds, {}, async ({ booth, start }) => {
    const [one, two] = [await start('one'), await start('two')];
    const alone = await LoadGenerator.open([one.port], CONNECTIONS);
    const both = await LoadGenerator.open([one.port, two.port], CONNECTIONS);
    const rates: { one: number; two: number }[] = [];
    let voter = 0;
    const cast = (load: LoadGenerator) => load.closedLoop(requests(booth, voter, (voter += ballots)));
    for (let round = 0; round < rounds; round++) {
      const [single, double] = [await cast(alone), await cast(both)];
      // The first round warms up.
      if (round === 0) continue;
      rates.push({ one: single.perSecond, two: double.perSecond });
      console.log(
        `processes, round ${round}: one ${told(single)}; two ${told(double)}; ` +
          `ratio ${(double.perSecond / single.perSecond).toFixed(2)}`,
      );
    }
    alone.close();
    both.close();
    const [single, double] = [mean(rates.map((rate) => rate.one)), mean(rates.map((rate) => rate.two))];
    console.log(
      `processes, ${CONNECTIONS} connections, all rounds: two processes ${Math.round(double)} ballots/s, ` +
        `one ${Math.round(single)}; ratio ${(double / single).toFixed(2)} (target ${TARGET})`,
    );
  });
}

function told({ perSecond, latencies }: Load): string {
  return `${Math.round(perSecond)} ballots/s, p99 ${percentile(latencies, 99).toFixed(1)} ms`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
