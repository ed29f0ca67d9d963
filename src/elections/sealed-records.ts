/**
 * Sealed ballots one after another in one block of memory, as they go to the workers that open them: bytes change threads
 * for nothing, while texts are copied and read again. A record is ballot key (32), sequence number (4, big-endian),
 * ephemeral key (32) and box.
 */
import { boxBytes, type SealedBytes } from '../../projections/sealing.js';

const KEY_BYTES = 32;
const NUMBER_AT = KEY_BYTES;
const EPHEMERAL_AT = NUMBER_AT + 4;
const BOX_AT = EPHEMERAL_AT + KEY_BYTES;

function recordBytes(sealedBytes: number): number {
  return BOX_AT + boxBytes(sealedBytes);
}

/**
 * Packs ballots; `undefined` stays out, as does one whose box has another length, which never opens.
 * `places[i]` is the place of the i-th among the records. @throws RangeError for what is no ballot
 */
export function packBallots(
  ballots: readonly (SealedBytes | undefined)[],
  sealedBytes: number,
): { records: Uint8Array<ArrayBuffer>; places: (number | undefined)[] } {
  const size = recordBytes(sealedBytes);
  const records = new Uint8Array(ballots.length * size);
  const numbers = new DataView(records.buffer);
  let count = 0;
  const places = ballots.map((ballot) => {
    if (ballot === undefined) return undefined;
    const { k, x, b: box } = ballot;
    if (box.length !== boxBytes(sealedBytes)) return undefined;
    if (k.length !== KEY_BYTES || x.length !== KEY_BYTES) throw new RangeError('a key has 32 bytes');
    const at = count * size;
    records.set(k, at);
    numbers.setUint32(at + NUMBER_AT, ballot.n);
    records.set(x, at + EPHEMERAL_AT);
    records.set(box, at + BOX_AT);
    return count++;
  });
  return { records: records.subarray(0, count * size), places };
}

/** The ballots of records, as views of their bytes. */
export function* unpackBallots(records: Uint8Array, sealedBytes: number): Generator<SealedBytes> {
  const size = recordBytes(sealedBytes);
  const numbers = new DataView(records.buffer, records.byteOffset);
  for (let at = 0; at + size <= records.length; at += size) {
    yield {
      k: records.subarray(at, at + NUMBER_AT),
      n: numbers.getUint32(at + NUMBER_AT),
      x: records.subarray(at + EPHEMERAL_AT, at + BOX_AT),
      b: records.subarray(at + BOX_AT, at + size),
    };
  }
}
