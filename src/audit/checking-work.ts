/** What workers do for an audit, and how it is shared out among them; the same in Node and in a browser. */
import type { Bulk } from '../../projections/audit/bulk.js';
import type { Ballot } from '../../projections/ballot.js';
import type { Opener, OpeningFailure, SealedBox } from '../../projections/sealing.js';

export type CheckingWork =
  | { readonly ask: 'keys'; readonly keys: readonly string[] }
  | { readonly ask: 'signed'; readonly ballots: readonly Ballot[] }
  | { readonly ask: 'open'; readonly opener: Opener; readonly boxes: readonly SealedBox[] };

type Answer = readonly (boolean | Uint8Array | OpeningFailure)[];

export interface CheckingAnswer {
  readonly number: number;
  readonly answer: Answer;
}

/** In the worker. */
export async function answerTo(bulk: Bulk, work: CheckingWork): Promise<Answer> {
  switch (work.ask) {
    case 'keys':
      return bulk.areKeys(work.keys);
    case 'signed':
      return bulk.areSigned(work.ballots);
    case 'open':
      return bulk.open(work.opener, work.boxes);
  }
}

/** Keys, ballots or boxes of one message. */
const PER_PART = 250;

/** Whoever asks workers in turn. */
export function sharedOut(workers: readonly { answer(work: CheckingWork): Promise<Answer> }[]): Bulk {
  const inParts = async <T>(items: readonly T[], work: (part: readonly T[]) => CheckingWork) => {
    const parts: Promise<Answer>[] = [];
    for (let at = 0; at < items.length; at += PER_PART) {
      const worker = workers[parts.length % workers.length];
      if (worker === undefined) throw new TypeError('An audit has a worker at least');
      parts.push(worker.answer(work(items.slice(at, at + PER_PART))));
    }
    return (await Promise.all(parts)).flat();
  };
  return {
    areKeys: (keys) => inParts(keys, (part) => ({ ask: 'keys', keys: part })) as Promise<boolean[]>,
    areSigned: (ballots) =>
      inParts(ballots, (part) => ({ ask: 'signed', ballots: part })) as Promise<boolean[]>,
    open: (opener, boxes) =>
      inParts(boxes, (part) => ({ ask: 'open', opener, boxes: part })) as Promise<
        (Uint8Array | OpeningFailure)[]
      >,
  };
}
