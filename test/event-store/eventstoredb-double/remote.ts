/** The double in a process of its own, with the same control as in this one: what is called here is called there, over HTTP. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startChild, type Child } from '../../child.js';
import type { DoubleControl } from './control.js';
import type { DoubleOptions, EventStoreDbDouble } from './double.js';

const METHODS = [
  'misbehave',
  'behave',
  'calls',
  'written',
  'freeze',
  'thaw',
  'cut',
  'stop',
  'restart',
  'elect',
  'lag',
  'loseQuorum',
  'regainQuorum',
  'writeStats',
] as const satisfies readonly (keyof DoubleControl)[];

/** What the other process says of itself when it is ready, in one line. */
export interface Ready {
  readonly url: string;
  readonly ports: readonly number[];
  readonly control: number;
}

/** Answers the calls of `startDouble`, on loopback. */
export async function serveControl(double: EventStoreDbDouble): Promise<{ server: Server; port: number }> {
  const server = createServer((request, response) => {
    // A connection that is kept may end just when the next call is sent on it.
    response.setHeader('connection', 'close');
    called(double, request).then(
      (result) => response.end(JSON.stringify(result ?? null)),
      (error: unknown) => response.writeHead(400).end(String(error)),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

async function called(double: EventStoreDbDouble, request: IncomingMessage): Promise<unknown> {
  const method = METHODS.find((each) => `/${each}` === request.url);
  if (method === undefined || request.method !== 'POST') throw new RangeError(`no ${request.url ?? ''}`);
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const given = JSON.parse(Buffer.concat(parts).toString()) as unknown[];
  return (double[method] as (...args: unknown[]) => Promise<unknown>)(...given);
}

/** Starts a double in another process; `close` ends it. */
export async function startDouble(
  options: DoubleOptions = {},
): Promise<DoubleControl & { readonly child: Child; readonly ports: readonly number[] }> {
  const child = startChild('test/event-store/eventstoredb-double/double.child.ts', [JSON.stringify(options)]);
  const { url, ports, control } = JSON.parse((await child.line(/^\{/)).trim()) as Ready;
  const call = async (method: string, args: unknown[]) => {
    const body = JSON.stringify(args.filter((each) => each !== undefined));
    const response = await fetch(`http://127.0.0.1:${control}/${method}`, { method: 'POST', body });
    if (!response.ok) throw new Error(await response.text());
    return response.json() as Promise<unknown>;
  };
  const methods = METHODS.map((method) => [method, (...args: unknown[]) => call(method, args)]);
  return {
    ...(Object.fromEntries(methods) as Omit<DoubleControl, 'url' | 'close'>),
    ...{ child, url, ports },
    close: async () => {
      child.process.kill('SIGTERM');
      await child.ended;
    },
  };
}
