/** What workers do for an audit, and how it is shared out among them; the same in Node and in a browser. */
import type { Bulk } from '../../projections/audit/bulk.js';
import type { Opener, OpeningFailure } from '../../projections/sealing.js';
import { u32be } from '../../projections/bytes.js';
import { partsIn, partsOf } from './parts.js';

/** Texts and objects are copied from thread to thread, which is slow; bytes in one block go over for nothing. */
export type CheckingWork =
  /** Separated by commas. */
  | { readonly ask: 'keys'; readonly keys: string }
  /** Key, message and signature of each. */
  | { readonly ask: 'signed'; readonly parts: Uint8Array<ArrayBuffer> }
  /** Key, sequence number (4 bytes, big-endian), ephemeral key and box of each. */
  | { readonly ask: 'open'; readonly opener: Opener; readonly parts: Uint8Array<ArrayBuffer> };

export interface Answer {
  /** A plaintext each, nothing for one that did not open; or a byte each, 1 for yes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly failures: readonly (readonly [place: number, failure: OpeningFailure])[];
}

export interface CheckingAnswer {
  readonly number: number;
  readonly answer: Answer;
}

/** In the worker. */
export async function answerTo(bulk: Bulk, work: CheckingWork): Promise<Answer> {
  switch (work.ask) {
    case 'keys':
      return asBytes(await bulk.areKeys(work.keys.split(',')));
    case 'signed': {
      const signed = [...inGroups(partsIn(work.parts), 3)].map(([key, message, signature]) => ({
        key: key as Uint8Array,
        message: message as Uint8Array,
        signature: signature as Uint8Array,
      }));
      return asBytes(await bulk.areSigned(signed));
    }
    case 'open': {
      const boxes = [...inGroups(partsIn(work.parts), 4)].map(([k, n, x, b]) => ({
        k: k as Uint8Array,
        n: numberIn(n as Uint8Array),
        x: x as Uint8Array,
        b: b as Uint8Array,
      }));
      const opened = await bulk.open(work.opener, boxes);
      const failures = opened.flatMap((one, place) =>
        typeof one === 'string' ? [[place, one] as const] : [],
      );
      return { bytes: partsOf(opened.map((one) => (typeof one === 'string' ? NOTHING : one))), failures };
    }
  }
}

const NOTHING = new Uint8Array();

function asBytes(answers: readonly boolean[]): Answer {
  return { bytes: Uint8Array.from(answers, Number), failures: [] };
}

function* inGroups<T>(things: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < things.length; at += size) yield things.slice(at, at + size);
}

function numberIn(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}

/** Somebody who answers, one work after another. */
export interface Answering {
  /** @param transfer memory that goes over instead of being copied */
  answer(work: CheckingWork, transfer: ArrayBuffer[]): Promise<Answer>;
}

/** Asks whoever has the least to do. */
export function sharedOut(workers: readonly Answering[]): Bulk {
  const asked = workers.map((worker) => ({ worker, waiting: 0 }));
  const answerOf = async (work: CheckingWork): Promise<Answer> => {
    const [first, ...others] = asked;
    if (first === undefined) throw new TypeError('An audit has a worker at least');
    const one = others.reduce((best, other) => (other.waiting < best.waiting ? other : best), first);
    one.waiting += 1;
    try {
      return await one.worker.answer(work, 'parts' in work ? [work.parts.buffer] : []);
    } finally {
      one.waiting -= 1;
    }
  };
  // Not async: such a function would keep what it was asked for as long as it waits.
  return {
    areKeys: (keys) => answerOf({ ask: 'keys', keys: keys.join(',') }).then(asBooleans),
    areSigned: (signed) => {
      const parts = partsOf(signed.flatMap(({ key, message, signature }) => [key, message, signature]));
      return answerOf({ ask: 'signed', parts }).then(asBooleans);
    },
    open: (opener, boxes) => {
      const parts = partsOf(boxes.flatMap(({ k, n, x, b }) => [k, u32be(n), x, b]));
      return answerOf({ ask: 'open', opener, parts }).then(({ bytes, failures }) => {
        const opened: (Uint8Array | OpeningFailure)[] = partsIn(bytes);
        for (const [place, failure] of failures) opened[place] = failure;
        return opened;
      });
    },
  };
}

function asBooleans({ bytes }: Answer): boolean[] {
  return Array.from(bytes, (byte) => byte === 1);
}
