/** How much of what the store tells is held at once, on the double. */
import { expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { Arrivals } from '../../src/event-store/eventstoredb-arrivals.js';
import { StoreClient } from '../../src/event-store/eventstoredb-client.js';
import { LogStreams } from '../../src/event-store/eventstoredb-streams.js';
import { until } from '../views/world.js';
import { newLog } from './eventstoredb-log.js';
import { append, event, newStream } from './samples.js';

it('holds no more than so many bytes of events that wait, and then gives the others', async () => {
  const log = await newLog('double');
  const client = new StoreClient(log.url);
  try {
    const store = log.open();
    for (let i = 0; i < 90; i++) {
      const large = Array.from({ length: 15 }, (_, k) => event(new Uint8Array(60_000).fill(i).fill(k, 0, 9)));
      await store.append(append(newStream(), 'no-stream', ...large));
    }
    const arrivals = new Arrivals(client, new LogStreams(log.name), { commit: -1n, prepare: -1n });
    await until('it has all that it holds', () => arrivals.held >= 64_000_000);
    // So that more would come if it let it.
    await pause(1_000);
    const first = (await arrivals.next(1_000)).appends.length;
    expect(first).toBeGreaterThan(60);
    expect(first).toBeLessThan(75);
    let rest = 0;
    for (let i = 0; i < 500 && first + rest < 90; i++) rest += (await arrivals.next(100)).appends.length;
    arrivals.close();
    expect(first + rest).toBe(90);
  } finally {
    await client.close();
    await log.close();
  }
}, 60_000);
