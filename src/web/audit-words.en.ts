/** What the page says on which anybody checks the log, in English. */
import { CHECKS } from '../../projections/audit/checks.js';
import type { AuditWords } from './audit-words.es.js';

const one = (n: number, singular: string, plural: string) => (n === 1 ? singular : plural);

export const en: AuditWords = {
  title: 'Check it yourself',
  lead: 'Your browser works everything out again from the first entry: signatures, roll, ballots, count, and all that was published. The file does not leave your device.',
  trust:
    'This page comes from the very site that is checked. If you would rather not trust even that, use the program from somewhere else: below it says how.',
  live: 'Check the log of this site now',
  liveHint:
    'Your browser downloads it and checks it right here, with what you give below if you kept anything.',
  download: 'Download the log',
  downloading: 'Downloading the log',
  downloaded: (done, of) => (of === undefined ? `${done} kB` : `${done} of ${of} kB`),
  downloadFailed: (why) => `The log could not be downloaded (${why}). Try again in a while.`,
  needed: 'Or what you have kept',
  bundle: 'File of the log',
  bundleHint:
    'The one that is downloaded here, or that concejo bundle writes. You can also drop it here, or drop a receipt alone.',
  kept: 'Keys, heads and receipts that you have',
  policy: 'Whom you trust',
  policyHint:
    'A file with the keys of the log and its witnesses that does not come from the log itself. Without it the log’s own is taken, and the report says so.',
  checkpoints: 'Signed heads',
  checkpointsHint: 'Those that you kept from /log/checkpoint, one or several.',
  leafHashes: 'Leaf hashes of what you sent',
  leafHashesHint: 'The 43 characters that you were given when you voted, one on each line.',
  receipts: 'Receipts',
  receiptsHint: 'The .tlog-proof files that you kept. They are checked alone as well, without the log.',
  start: 'Check',
  stop: 'Stop',
  running: 'Checking',
  progress: (taken, of) => `${taken} of ${of} entries`,
  leafHashWrong: (given) => `This is not a leaf hash of 43 characters: ${given}`,
  receiptStrange: (name) => `This receipt belongs to none of the leaf hashes that you gave: ${name}`,
  nothing: 'Choose the file of the log, or a receipt.',
  withoutReceipt: (given) =>
    `You have chosen no receipt of this leaf hash, and without the log it cannot be looked for: ${given}`,
  policyWrong: (code, line) => `The file of whom you trust cannot be used: ${code}, in line ${line}.`,
  receiptHolds: 'This receipt holds: the entry was in the log, at this place, when this head was signed.',
  receiptHoldsByOwnPolicy:
    'This receipt holds, but only by the keys that the site itself gives: nobody else has confirmed them.',
  receiptWithoutPolicy:
    'The way from the entry to the head is right. Who signed the head was not looked at: give the keys that you trust.',
  receiptWithoutHash:
    'The head is right, but the file does not say of which leaf hash it is: type the one that you were given, and whether the entry is in is looked at.',
  receiptWrong: (code) =>
    `This is no receipt that holds (${code}). If you were given it on this site, keep it and complain.`,
  receiptOwnHash:
    'The file itself says of which leaf hash it is: compare it with the one that you were given.',
  receiptProves:
    'A receipt proves that the entry is in the log. It does not prove what the entry says (of a ballot it does not show the vote), nor that all else is right: for that, the whole log is checked.',
  leafHash: 'Leaf hash',
  index: 'Place in the log, from 0',
  size: 'Entries under the signed head',
  root: 'Root of these entries',
  cosignedBy: 'Cosigned by',
  nobody: 'no witness',
  leafHashPlace: 'LEAFHASH',
  broke: (why) => `The check could not be finished: ${why}`,
  report: 'Report',
  passed: 'Everything that must be checked was checked, and nothing is wrong.',
  passedByOwnPolicy:
    'Everything that must be checked was checked, but only by the keys that the log itself gives: nobody else has confirmed them.',
  failed: (number, title) => `Something is wrong. The first thing that fails is check ${number}: ${title}.`,
  open: 'Not everything that must be checked could be. See what says “Not checked”.',
  warned: (n, written) =>
    `${written} ${one(n, 'check asks', 'checks ask')} for an explanation that changes no result.`,
  about: (size, n, seconds) =>
    `${size} entries, checked in ${seconds} ${one(n, 'second', 'seconds')}, under the root`,
  log: 'Log',
  lastAt: 'Last entry, by the log’s own clock',
  cosigned: (witness) => `Cosigned by ${witness}`,
  policyUsed: 'Keys that are trusted',
  ofReader: 'those of your file',
  ofLog: 'those that the log itself gives, which nobody else has confirmed',
  noPolicy: 'none that could be read',
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
    'The program is free software: whoever publishes it tells how to install it, and where it lies in a folder of its own, node dist/src/main.js stands for concejo. From where you trust it, you check this very site with it; that takes a connection and nobody’s permission:',
    'Without a connection you check the file of the log. It is downloaded here, or anybody who has it gives it to you: it does not matter whom it comes from. The second line is for whoever has the server:',
    'And this is how it is checked, up here or with the program:',
    'If you have the keys of the log and its witnesses from somewhere else (a file policy.txt, as the city has published it outside of this site or a witness gives it to you), say so, with the site or with the file:',
    'A receipt is checked alone, without the log and without this site:',
  ],
  commandExit: 'The exit code is 0 if all is well, and 1 if something fails or could not be checked.',
  titles: Object.fromEntries(CHECKS.map(({ number, title }) => [number, title])),
};
