/** The index as a stranger derives it: by reading `$all` from its first event, from whichever node. */
import { EventStoreDBClient, START } from '@eventstore/db-client';
import { Appends, foldAppends, type Arrived, type Indexed } from '../../src/event-store/eventstoredb-fold.js';
import { LogStreams } from '../../src/event-store/eventstoredb-streams.js';

/** @param url of one node. @param name of the log */
export async function deriveIndex(
  url: string,
  name: string,
): Promise<{ rows: readonly Indexed[]; left: number }> {
  const streams = new LogStreams(name);
  const appends = new Appends();
  const whole: (readonly Arrived[])[] = [];
  const client = EventStoreDBClient.connectionString(url);
  try {
    for await (const { event } of client.readAll({ fromPosition: START })) {
      if (event === undefined || !streams.prefixes.some((prefix) => event.streamId.startsWith(prefix)))
        continue;
      const arrived = streams.read(event);
      const append = arrived && appends.add(arrived);
      if (append !== undefined) whole.push(append);
    }
  } finally {
    await client.dispose();
  }
  const before = { position: -1n, recordedAt: new Date(0), commit: -1n, prepare: -1n };
  const { rows, leftOut, halted } = foldAppends(before, whole, { ids: new Map(), tips: new Map() });
  if (halted !== undefined) throw halted;
  return { rows, left: leftOut.length };
}
