import { expect, it } from '@jest/globals';
import { packBallots, unpackBallots } from '../../src/elections/sealed-records.js';

const SEALED_BYTES = 64;
const bytes = (length: number, fill: number) => new Uint8Array(length).fill(fill);
const ballot = (fill: number, boxLength = SEALED_BYTES + 16) => ({
  k: bytes(32, fill),
  n: 0xfedc_0000 + fill,
  x: bytes(32, fill + 1),
  b: bytes(boxLength, fill + 2),
});

it('gives workers every ballot that has a box of the right length, byte for byte', () => {
  const { records, places } = packBallots(
    [ballot(1), undefined, ballot(20, SEALED_BYTES + 15), ballot(40)],
    SEALED_BYTES,
  );
  expect(places).toEqual([0, undefined, undefined, 1]);
  expect([...unpackBallots(records, SEALED_BYTES)]).toEqual(
    [1, 40].map((fill) => ({
      k: bytes(32, fill),
      n: 0xfedc_0000 + fill,
      x: bytes(32, fill + 1),
      b: bytes(SEALED_BYTES + 16, fill + 2),
    })),
  );
});

it('refuses what is no ballot', () => {
  expect(() => packBallots([{ ...ballot(1), k: bytes(33, 1) }], SEALED_BYTES)).toThrow(RangeError);
  expect(() => packBallots([{ ...ballot(1), x: bytes(31, 1) }], SEALED_BYTES)).toThrow(RangeError);
});
