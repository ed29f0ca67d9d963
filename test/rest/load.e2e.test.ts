/** More callers than the program can hold, callers that send nothing and readers that take nothing. */
import { createReadStream } from 'node:fs';
import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, it } from '@jest/globals';
import { Controller, Get, Module, StreamableFile } from '@nestjs/common';
import type { StartOptions } from '../../src/app.js';
import type { LoadLimits } from '../../src/rest/load.js';
import { Site } from './site.js';

const sites: Site[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const site of sites.splice(0)) await site.stop();
});

async function siteWith(
  load: Partial<LoadLimits>,
  modules: NonNullable<StartOptions['modules']> = [],
): Promise<Site> {
  const limits = { requests: 100, bodyBytes: 10_000_000, bytes: 10_000_000, answerMs: 60_000, ...load };
  const site = await Site.start({ load: limits, modules });
  sites.push(site);
  return site;
}

async function connected(site: Site): Promise<Socket> {
  const { port } = site.running.app.getHttpServer().address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

async function untilAnswered(site: Site, status: number): Promise<Response> {
  for (let tries = 0; tries < 200; tries++) {
    const response = await site.fetch('/api/v1/elections');
    if (response.status === status) return response;
    await response.arrayBuffer();
    await pause(25);
  }
  throw new Error(`Never answered with ${status}`);
}

it('refuses what is beyond the requests it can hold, says when to come again, and goes on afterwards', async () => {
  const site = await siteWith({ requests: 3 });
  const held = await Promise.all([1, 2, 3].map(() => connected(site)));
  for (const socket of held) {
    socket.write(
      'POST /api/v1/elections HTTP/1.1\r\nhost: site\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{',
    );
  }
  const refused = await untilAnswered(site, 503);
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(await refused.json()).toMatchObject({ code: 'overloaded', status: 503 });
  // Whoever watches over the program must not think that it is dead.
  expect((await site.fetch('/health/live')).status).toBe(200);
  for (const socket of held) socket.destroy();
  await untilAnswered(site, 200);
});

it('holds no more of bodies that do not come to their end than it has room for, and goes on afterwards', async () => {
  const site = await siteWith({ bodyBytes: 1_000_000 });
  const head =
    'POST /api/v1/elections HTTP/1.1\r\nhost: site\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n';
  const callers = await Promise.all(Array.from({ length: 10 }, () => connected(site)));
  for (const caller of callers) caller.write(head);
  await pause(500);
  for (const caller of callers) caller.write('{'.padEnd(300_000));
  await untilAnswered(site, 200);
  await pause(500);
  expect(callers.filter(({ destroyed }) => destroyed).length).toBeGreaterThanOrEqual(7);
  const { status } = await site.as('ana', 'POST', '/api/v1/elections', { body: {}, id: 'still-there' });
  expect(status).not.toBe(503);
});

it('tells nobody but who watches over it anything when it is full', async () => {
  const site = await siteWith({ requests: 0 });
  const statuses = ['/health/live', '/health/ready?x', '/health/x', '/health/../api/v1/elections'].map(
    (path) => site.fetch(path).then(({ status }) => status),
  );
  expect(await Promise.all(statuses)).toEqual([200, 200, 503, 503]);
});

it('gives back the room of requests that came behind others on a connection that is gone', async () => {
  const site = await siteWith({ requests: 20 });
  const many = 'GET /api/v1/elections HTTP/1.1\r\nhost: site\r\n\r\n'.repeat(15);
  for (let times = 0; times < 3; times++) {
    const caller = await connected(site);
    caller.write(many);
    await once(caller, 'data');
    caller.destroy();
    await pause(100);
  }
  await untilAnswered(site, 200);
});

/** Asks for many long answers one after another on one connection, and reads none. */
async function readerOf(site: Site, answers: number): Promise<Socket> {
  const reader = await connected(site);
  reader.pause();
  reader.write('GET /api/openapi.json HTTP/1.1\r\nhost: site\r\n\r\n'.repeat(answers));
  return reader;
}

/** Takes all that comes, until there is nothing for a while or the connection ends. */
async function takeAll(reader: Socket): Promise<{ statuses: string[]; ended: boolean }> {
  let text = '';
  reader.setEncoding('latin1').on('data', (data: string) => (text += data));
  reader.resume();
  for (let length = -1; !reader.destroyed && length < text.length;) {
    length = text.length;
    await pause(1_000);
  }
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status = '']) => status);
  return { statuses, ended: reader.destroyed };
}

it('makes no more answers while those that are ready are not taken', async () => {
  const site = await siteWith({ bytes: 100_000 });
  const reader = await readerOf(site, 40);
  await pause(1_000);
  const { statuses } = await takeAll(reader);
  expect(statuses[0]).toBe('200');
  // One description of the API is more than may wait.
  expect(statuses.filter((status) => status === '503').length).toBeGreaterThan(30);
  await untilAnswered(site, 200);
});

it('cuts off whoever does not take them', async () => {
  const site = await siteWith({ bytes: 1_000_000_000, answerMs: 500 });
  const reader = await readerOf(site, 80);
  await pause(1_500);
  const { statuses, ended } = await takeAll(reader);
  expect(ended).toBe(true);
  expect(statuses.length).toBeLessThan(80);
});

@Controller('zeros')
class ZerosController {
  @Get()
  zeros(): StreamableFile {
    return new StreamableFile(createReadStream('/dev/zero', { end: 29_999_999 }));
  }
}
@Module({ controllers: [ZerosController] })
class ZerosModule {}

it('lets whoever reads a long file go on as long as she takes some of it, and no longer', async () => {
  const site = await siteWith({ answerMs: 1_500 }, [ZerosModule]);
  /** @returns bytes that came */
  const read = async (pauseMs: number): Promise<number> => {
    let taken = 0;
    const reader = (await site.fetch('/zeros')).body!.getReader();
    try {
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        const before = Math.floor(taken / 3_000_000);
        taken += part.value.length;
        if (Math.floor(taken / 3_000_000) > before) await pause(pauseMs);
      }
    } catch {
      // Cut off.
    }
    return taken;
  };
  const started = performance.now();
  expect(await read(250)).toBe(30_000_000);
  // Longer than she may take nothing.
  expect(performance.now() - started).toBeGreaterThan(1_500);
  expect(await read(3_000)).toBeLessThan(30_000_000);
}, 30_000);
