import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { conformance, failures } from './conformance.js';
import { ThrowawayServer } from './throwaway-server.js';

let server: ThrowawayServer;
beforeAll(async () => {
  server = await ThrowawayServer.start();
});
afterAll(() => server.stop());

it('finds nothing wrong with a server that does as the specification says', async () => {
  server.fault = {};
  expect(await failures(conformance(server.city()))).toEqual([]);
}, 120_000);
