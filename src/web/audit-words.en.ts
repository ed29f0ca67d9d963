/** What the page says on which anybody checks the log, in English. */
import { CHECKS } from '../../projections/audit/checks.js';
import type { AuditWords } from './audit-words.es.js';

const one = (n: number, singular: string, plural: string) => (n === 1 ? singular : plural);

export const en: AuditWords = {
  title: 'Check it yourself',
  lead: 'Your browser works everything out again from the first entry: signatures, roll, ballots, count, and all that was published. The file does not leave your device.',
  trust:
    'This page comes from the very site that is checked. If you would rather not trust even that, use the program from somewhere else: below it says how.',
  needed: 'What to check',
  bundle: 'File of the log',
  bundleHint: 'The one that concejo bundle writes. You can also drop it here.',
  kept: 'What you kept yourself (if anything)',
  policy: 'Whom you trust',
  policyHint:
    'A file with the keys of the log and its witnesses that does not come from the log itself. Without it the log’s own is taken, and the report says so.',
  checkpoints: 'Signed heads',
  checkpointsHint: 'Those that you kept from /log/checkpoint, one or several.',
  leafHashes: 'Leaf hashes of what you sent',
  leafHashesHint: 'The 43 characters that you were given when you voted, one on each line.',
  receipts: 'Receipts',
  receiptsHint: 'The .tlog-proof files of those leaf hashes.',
  start: 'Check',
  stop: 'Stop',
  running: 'Checking',
  progress: (taken, of) => `${taken} of ${of} entries`,
  leafHashWrong: (given) => `This is not a leaf hash of 43 characters: ${given}`,
  receiptStrange: (name) => `This receipt belongs to none of the leaf hashes that you gave: ${name}`,
  broke: (why) => `The check could not be finished: ${why}`,
  report: 'Report',
  passed: 'Everything that must be checked was checked, and nothing is wrong.',
  failed: (number, title) => `Something is wrong. The first thing that fails is check ${number}: ${title}.`,
  open: 'Not everything that must be checked could be. See what says “Not checked”.',
  warned: (n, written) =>
    `${written} ${one(n, 'check asks', 'checks ask')} for an explanation that changes no result.`,
  about: (size, seconds) => `${size} entries, checked in ${seconds} seconds, under the root`,
  save: 'Save the report for programs (JSON)',
  verdict: 'Outcome',
  number: 'No.',
  check: 'What is checked',
  verdicts: {
    PASS: 'Good',
    FAIL: 'Fails',
    WARN: 'Warning',
    'NOT-CHECKED': 'Not checked',
    'NOT-APPLICABLE': 'Does not apply',
  },
  examined: (n, written) => `${written} ${one(n, 'thing looked at', 'things looked at')}`,
  findings: (n, written) => `${written} ${one(n, 'finding', 'findings')}`,
  event: (index) => `entry ${index}`,
  expected: 'expected',
  found: 'found',
  more: (written) => `and ${written} more`,
  consequent: (number) => `It follows from the failure of check ${number}: by itself it may say nothing new.`,
  others: (n, written) => `${written} ${one(n, 'check does', 'checks do')} not concern this log`,
  commandLine: 'Without a browser',
  withoutScript: 'There is no JavaScript here, so this page cannot check anything by itself.',
  commandSteps: [
    'Ask whoever runs the vote for the file of the log, or anybody who has it: it does not matter whom it comes from. Whoever has the server writes it like this:',
    'Check it with the same program, from where you trust it, and offline:',
    'If you have the keys of the log and its witnesses from somewhere else, say so:',
  ],
  commandExit: 'The exit code is 0 if all is well, and 1 if something fails or could not be checked.',
  titles: Object.fromEntries(CHECKS.map(({ number, title }) => [number, title])),
};
