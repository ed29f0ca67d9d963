/** The booth of an import, compiled, as it runs outside a test runner. */
import { expect, it } from '@jest/globals';
import { toBase64url } from '../../projections/bytes.js';
import { testKey } from '../../src/pabulib/test-voter.js';
import { startChild } from '../child.js';

it('starts its one worker only when there is something to make', async () => {
  const { code, stdout } = await startChild('test/pabulib/test-booth.child.ts').ended;
  const keys = ['ana', 'bea'].map((id) => toBase64url(testKey('a file', id).publicKey));
  expect([code, stdout]).toEqual([0, `idle 0\nbusy 1 ${keys.join(' ')}`]);
}, 30_000);
