/** What tests of the double, and of a real server in its place, do with the client. */
import { randomUUID } from 'node:crypto';
import {
  binaryEvent,
  EventStoreDBClient,
  type AllStreamRecordedEvent,
  type AppendResult,
  type BinaryEventType,
  type EventData,
  type Position,
} from '@eventstore/db-client';

/** With these in the call the client appends unary; insecure servers do not look at them. */
export const unary = { credentials: { username: 'admin', password: 'changeit' } };
/** The two ways in which the client appends. */
export const PATHS = [
  ['unary', unary],
  ['batch', {}],
] as const;

export type Client = EventStoreDBClient;

const open = new Set<Client>();

export function connect(url: string): Client {
  const client = EventStoreDBClient.connectionString(url);
  open.add(client);
  return client;
}

/** For the end of each test: what it has opened. */
export async function disconnect(): Promise<void> {
  await Promise.all([...open].map((client) => client.dispose()));
  open.clear();
}

/** A stream that no other test, and no other run, has. */
export function newStream(): string {
  return `double-${randomUUID()}`;
}

export function event(data: Uint8Array | string = 'data', id: string = randomUUID()): EventData {
  return binaryEvent<BinaryEventType>({ id, type: 'Tested', data: Buffer.from(data) });
}

export function events(count: number): EventData[] {
  return Array.from({ length: count }, () => event());
}

/** What makes an append what it is: revision and position. */
export function receipt({ nextExpectedRevision, position }: AppendResult) {
  return { revision: nextExpectedRevision, position: position?.commit };
}

/** What a promise was rejected with. Throws where it was not. */
export async function failure(promise: Promise<unknown>): Promise<Record<string, unknown> & Error> {
  const settled = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(settled instanceof Error)) throw new Error('it did not fail');
  return settled as Record<string, unknown> & Error;
}

export async function readStream(
  client: Client,
  stream: string,
  options: Parameters<Client['readStream']>[1] = {},
): Promise<{ id: string; revision: bigint; data: string; position: bigint | undefined }[]> {
  const read = [];
  for await (const { event: each } of client.readStream<BinaryEventType>(stream, options)) {
    if (each === undefined) continue;
    const { id, revision, data, position } = each;
    read.push({ id, revision, data: text(data), position: position?.commit });
  }
  return read;
}

export async function readAll(
  client: Client,
  options: Parameters<Client['readAll']>[0] = {},
): Promise<AllStreamRecordedEvent[]> {
  const read = [];
  for await (const { event: each } of client.readAll(options)) if (each !== undefined) read.push(each);
  return read;
}

/** The client parses what is JSON. */
function text(data: unknown): string {
  return data instanceof Uint8Array ? Buffer.from(data).toString() : JSON.stringify(data);
}

/** The end of the log: the position of its last event. */
export async function lastPosition(client: Client): Promise<Position> {
  const [last] = await readAll(client, { fromPosition: 'end', direction: 'backwards', maxCount: 1 });
  if (last === undefined) throw new Error('the log is empty');
  return last.position;
}
