/**
 * Every check that an auditor makes, by its stable number (`docs/auditing.md`). Numbers and names are never given to
 * another check; one that is not made here says so in every report.
 */

/** What a check means to an election of the profile `open`; `on-request` runs when something was given for it. */
type ForOpen = 'mandatory' | 'on-request' | 'not-applicable';

export interface Check {
  number: number;
  /** Stable word for programs. */
  name: string;
  title: string;
  forOpen: ForOpen;
  /** Checks whose failure can be the only reason why this one fails, beside those that they rest on themselves. */
  restsOn: readonly number[];
}

const LEAVES = [2, 45];
const BALLOTS = [20, 21, 22, 23, 24];
const OPENED = [34, 35, 36];

/** In the order of layers: what stands later is believed only as far as what stands before it holds. */
export const CHECKS: readonly Check[] = [
  mandatory(47, 'known-answers', 'The cryptography gives known answers', []),
  mandatory(1, 'bundle-digests', 'Every file is the one that the manifest names', []),
  mandatory(3, 'tree', 'The tree over all events has the root of the checkpoint', [1]),
  mandatory(4, 'checkpoint-signature', 'The checkpoint is signed by the log', [1]),
  mandatory(5, 'witnesses', 'Enough witnesses have cosigned the checkpoint', [1, 4]),
  mandatory(6, 'consistency', 'Older checkpoints and receipts are of the same log', [1, 3, 4]),
  onRequest(30, 'acknowledgements', 'Every receipt that was given has its event', [1, 3]),
  mandatory(2, 'leaves', 'Every event is strictly encoded and of a known type', [1, 3]),
  mandatory(
    45,
    'no-personal-data',
    'No event holds anything but ids, codes, hashes, times and numbers',
    [2, 3],
  ),
  mandatory(7, 'actors', 'Everybody who acted had the role for it', LEAVES),
  mandatory(8, 'phases', 'Every election went through its phases in order', LEAVES),
  mandatory(9, 'definition', 'Definition, schedule and their hashes are as stated', [...LEAVES, 8]),
  mandatory(13, 'roll', 'The roll is the one that was committed to', [...LEAVES, 8]),
  mandatory(16, 'keys-unique', 'No ballot key stands on two lines', [...LEAVES, 13]),
  mandatory(15, 'registrations', 'Every ballot key is sound and was given by the rule', [...LEAVES, 13]),
  mandatory(20, 'ballots-in-time', 'Every ballot was cast while voting was open', [...LEAVES, 8, 9]),
  mandatory(21, 'ballot-keys', 'Every ballot is of a key and class on the roll', [...LEAVES, 13, 16, 20]),
  mandatory(22, 'ballot-signatures', 'Every ballot is signed by its key', [...LEAVES, 15, 24]),
  mandatory(23, 'ballot-ids', 'Every ballot has its own id and its number in the voter’s sequence', [
    ...LEAVES,
    21,
  ]),
  mandatory(24, 'ballot-forms', 'Every ballot has the form, length and ephemeral key it must have', [
    ...LEAVES,
    9,
  ]),
  mandatory(25, 'ballot-gaps', 'Every ballot names the one before it', [...LEAVES, 23]),
  mandatory(33, 'election-key', 'The published secret belongs to the key that ballots were sealed to', [
    ...LEAVES,
    8,
    9,
  ]),
  mandatory(34, 'opened', 'Every ballot that stands was opened or is listed', [...BALLOTS, 9, 33]),
  mandatory(35, 'plaintexts', 'What was in a ballot belongs to it, or is listed', [...BALLOTS, 9, 33]),
  mandatory(36, 'votes', 'Every counted vote keeps the rules, or is listed', [...BALLOTS, 9, 33]),
  mandatory(42, 'paper', 'Paper is reconciled and counted as its officers signed it', [...LEAVES, 8, 33]),
  mandatory(43, 'sums', 'Every ballot that was cast is accounted for', [...BALLOTS, ...OPENED, 8]),
  mandatory(38, 'input-digest', 'The ballots that were counted are the ones that stand', [
    ...BALLOTS,
    ...OPENED,
    42,
  ]),
  mandatory(40, 'ties', 'Every tie is decided by the declared order', [...BALLOTS, ...OPENED, 42, 38]),
  mandatory(39, 'recount', 'A count from nothing gives the published result', [
    1,
    3,
    ...LEAVES,
    ...BALLOTS,
    ...OPENED,
    42,
    43,
    38,
    40,
  ]),
  mandatory(44, 'contents', 'Every text and file is the one committed to, or erased', [1, ...LEAVES]),
  mandatory(49, 'views', 'Everything published was folded from the log', [...LEAVES]),
  mandatory(48, 'flipped-byte', 'One changed byte in a copy is found', [47]),
  notApplicable(10, 'issuer-keys', 'Keys of issuers'),
  notApplicable(11, 'key-generation', 'Joint generation of the election’s key'),
  notApplicable(12, 'share-proofs', 'Proofs of the trustees’ shares'),
  notApplicable(14, 'issuance', 'Issuance within the roll'),
  notApplicable(17, 'registered-within-issued', 'Registered at most issued at most listed'),
  notApplicable(18, 'frozen-list', 'The frozen list of keys'),
  notApplicable(19, 'issuer-keys-destroyed', 'Destruction of issuers’ keys'),
  notApplicable(26, 'batches', 'Batches sorted and large enough'),
  notApplicable(27, 'rejections', 'Rejections reproduced'),
  notApplicable(28, 'spoiled-ballots', 'Spoiled ballots encrypted again'),
  notApplicable(29, 'renounced-keys', 'Renounced keys'),
  notApplicable(31, 'close-checkpoint', 'The close cosigned before the first release'),
  notApplicable(32, 'releases', 'Releases bound to the close'),
  notApplicable(37, 'small-classes', 'Small classes'),
  notApplicable(41, 'second-engine', 'Another engine counts the same'),
  notApplicable(46, 'salts', 'Salts kept through the complaints period'),
];

/** Numbers of the checks without which nothing of the profile `open` passes. */
export const MANDATORY: readonly number[] = CHECKS.filter(({ forOpen }) => forOpen === 'mandatory').map(
  ({ number }) => number,
);

function mandatory(number: number, name: string, title: string, restsOn: readonly number[]): Check {
  return { number, name, title, forOpen: 'mandatory', restsOn };
}

function onRequest(number: number, name: string, title: string, restsOn: readonly number[]): Check {
  return { number, name, title, forOpen: 'on-request', restsOn };
}

function notApplicable(number: number, name: string, title: string): Check {
  return { number, name, title, forOpen: 'not-applicable', restsOn: [] };
}
