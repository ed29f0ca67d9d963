import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CHECK_NAMES, conformance, failures } from './conformance.js';
import { FAULTS } from './faults.js';
import { ThrowawayServer } from './throwaway-server.js';

let server: ThrowawayServer;
beforeAll(async () => {
  server = await ThrowawayServer.start();
});
afterAll(() => server.stop());

describe('the conformance suite', () => {
  it('finds nothing wrong with a server that does as the specification says', async () => {
    server.fault = {};
    expect(await failures(conformance(server.city()))).toEqual([]);
  }, 120_000);

  it.each(FAULTS)(
    'finds that %s',
    async (_wrong, fault, found) => {
      server.fault = fault;
      const checks = conformance(server.city()).filter(({ name }) => name.startsWith(found));
      expect(checks).toHaveLength(2);
      // A wrong XML says nothing of JSON, and the other way round: one of the two is enough.
      expect(await failures(checks)).not.toEqual([]);
    },
    60_000,
  );

  it('has no check that cannot fail', () => {
    const failing = new Set(FAULTS.map(([, , found]) => found));
    expect(CHECK_NAMES.filter((name) => !failing.has(name))).toEqual([]);
  });
});
