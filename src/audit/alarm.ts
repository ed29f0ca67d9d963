/** What somebody who follows a log must not overlook. */
export type AlarmCode =
  /** Two signed heads of one log of which neither continues the other. */
  | 'split-view'
  /** The log shows a smaller head than before, and goes on doing so. */
  | 'head-smaller'
  /** A head that no key of the policy signed, or that has no quorum of witnesses. */
  | 'head-not-signed'
  | 'head-without-quorum'
  /** Tiles do not make the root that was signed. */
  | 'tree-not-as-signed'
  /** An entry is not the one whose hash is in the tree. */
  | 'entry-not-in-tree'
  | 'tile-wrong'
  /** A tile or an entry bundle under the head is not there. */
  | 'tile-missing'
  | 'receipt-not-in-log'
  /** For long the log has shown nothing new, or could not be read. */
  | 'log-silent';

const ADVICE: Readonly<Record<AlarmCode, string>> = {
  'split-view':
    'The log has signed two histories. Publish both checkpoints, and send them to the witnesses, the press and the city.',
  'head-smaller':
    'Events were taken back, or an old database was brought back. Ask the city why, and keep this folder.',
  'head-not-signed':
    'If the city has announced a new key, give --policy with it. If not, this is not the log that you followed: ask the city.',
  'head-without-quorum': 'Look again later; if it stays so, ask the city and its witnesses.',
  'tree-not-as-signed':
    'Look again in a moment; if it stays so, the log is damaged or hides something: ask the city.',
  'entry-not-in-tree':
    'Look again in a moment; if it stays so, events were changed after they were signed: ask the city.',
  'tile-wrong': 'Look again in a moment; if it stays so, ask the city to run concejo doctor.',
  'tile-missing': 'Look again in a moment; if it stays so, ask the city to run concejo doctor.',
  'receipt-not-in-log':
    'The city has acknowledged something that it did not put into its log. Keep the receipt, and complain with it.',
  'log-silent':
    'A site that runs writes something every day. Compare with what others see (--checkpoint), and ask the city; for a log that has ended give --silence 0.',
};

export class Alarm extends Error {
  constructor(
    readonly code: AlarmCode,
    what: string,
    /** Signed notes and whatever else shows it, by the names of files. */
    readonly evidence: Readonly<Record<string, Uint8Array>>,
  ) {
    super(`${what} ${ADVICE[code]}`);
    this.name = 'Alarm';
  }
}
