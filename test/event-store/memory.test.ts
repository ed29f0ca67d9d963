import { expect, it } from '@jest/globals';
import { MemoryEventStore } from '../../src/event-store/memory.js';
import { eventStoreContract } from './contract.js';
import { append, event, logOf, newStream } from './samples.js';

eventStoreContract('memory', () => {
  const store = new MemoryEventStore();
  return Promise.resolve({ open: () => store, close: () => store.close() });
});

it('never records an earlier instant than the one before, though the clock goes back', async () => {
  const clock = [2_000, 1_000, 3_000];
  const store = new MemoryEventStore(() => new Date(clock.shift() ?? 0));
  for (let i = 0; i < 3; i++) await store.append(append(newStream(), 'no-stream', event()));
  expect((await logOf(store)).map(({ recordedAt }) => recordedAt.getTime())).toEqual([2_000, 2_000, 3_000]);
});
