/** Findings of checks 1, 3 to 6, 30, 47 and 48: files, tree, signatures, and the auditor itself. */
import type { Meaning } from './finding-codes.js';

export const CODES_OF_BYTES = {
  // 47 and 48: of the auditor, never of what it audits.
  sha256: { FAIL: [47], says: 'SHA-256 gives another hash than its standard.' },
  sha512: { FAIL: [47], says: 'SHA-512 gives another hash than its standard.' },
  'merkle-root': { FAIL: [47], says: 'A tree whose root is known has another root here.' },
  'key-sound': { FAIL: [47], says: 'A sound Ed25519 key is refused.' },
  'key-of-low-order': { FAIL: [47], says: 'A key under which any signature holds is taken.' },
  'signature-right': { FAIL: [47], says: 'A right signature is refused.' },
  'signature-of-another-message': {
    FAIL: [47],
    says: 'A signature is taken for a message that it is not of.',
  },
  'signature-malleable': { FAIL: [47], says: 'A signature that anybody can make from another one is taken.' },
  'box-public-key': { FAIL: [47], says: 'A secret key gives another public key than it must.' },
  'box-opens': { FAIL: [47], says: 'A box that opens with its key does not.' },
  'box-changed': { FAIL: [47], says: 'A box with a changed byte opens.' },
  'canonical-form': { FAIL: [47], says: 'JSON that is not in canonical form is taken for it.' },
  'greedy-count': { FAIL: [47], says: 'A count whose outcome is known comes out otherwise.' },
  'copy-fails-unchanged': { FAIL: [48], says: 'A copy of the first events does not have its own root.' },
  'changed-byte-not-found': { FAIL: [48], says: 'A copy with one changed byte passes for the original.' },

  // 1: the bundle.
  'archive-cut': { FAIL: [1], says: 'The file ends before the archive does.' },
  'archive-compressed': {
    FAIL: [1],
    says: 'The file is compressed: unpack it first, then audit what comes out.',
  },
  'archive-header-malformed': {
    FAIL: [1],
    says: 'The file is no tar archive of the one form that a bundle has.',
  },
  'archive-name-unsafe': {
    FAIL: [1],
    says: 'A name in the archive could lead out of its folder, or is not plain.',
  },
  'archive-member-too-large': {
    FAIL: [1],
    says: 'A file in the archive is said to be larger than any may be.',
  },
  'archive-padding-wrong': { FAIL: [1], says: 'Something stands in the archive where nothing may stand.' },
  'archive-goes-on': { FAIL: [1], says: 'Something follows the end of the archive.' },
  'bundle-without-manifest': { FAIL: [1], says: 'The first file of the archive is not the manifest.' },
  'manifest-malformed': { FAIL: [1], says: 'The manifest is not of the form that it must have.' },
  'bundle-of-a-past-version': {
    FAIL: [1],
    says: 'The bundle is of a version of the format that is no more read.',
  },
  'bundle-of-a-future-version': { FAIL: [1], says: 'The bundle is of a later version: use a newer auditor.' },
  'file-name-unknown': { FAIL: [1], says: 'The manifest names a file of a kind that no bundle has.' },
  'file-order-wrong': { FAIL: [1], says: 'A file stands at another place than the manifest names.' },
  'file-repeated': { FAIL: [1], says: 'A file is there twice.' },
  'file-missing': { FAIL: [1], says: 'A file that must be there is not.' },
  'file-unexpected': { FAIL: [1], says: 'A file is there that the manifest does not name.' },
  'file-length-wrong': { FAIL: [1], says: 'A file is longer or shorter than it must be.' },
  'file-digest-wrong': { FAIL: [1], says: 'The bytes of a file are not those that the manifest names.' },
  'entries-missing': { FAIL: [1], says: 'Events are left out before these.' },
  'checkpoints-too-large': {
    FAIL: [1],
    says: 'There are more older checkpoints than anybody could have kept.',
  },
  'manifest-of-another-log': {
    FAIL: [1],
    says: 'The manifest names another log, size or root than the events have.',
  },
  'election-unknown': {
    FAIL: [1],
    says: 'The bundle is said to be of an election that the log does not have.',
  },
  'schema-not-of-type': {
    FAIL: [1],
    says: 'A schema in the bundle is not the one that its events are held to.',
  },

  // 3: the tree.
  'checkpoint-not-given': {
    'NOT-CHECKED': [3, 4, 5],
    says: 'There is no checkpoint, so nobody has signed this.',
  },
  'log-empty': { 'NOT-CHECKED': [3], says: 'The log has no event: there is nothing that could be right.' },
  'size-wrong': { FAIL: [3], says: 'There are more or fewer events than the checkpoint says.' },
  'root-wrong': { FAIL: [3, 13], says: 'The root over the events, or over the roll, is not the stated one.' },
  'tile-missing': { FAIL: [3], says: 'A tile of the tree is not there.' },
  'tile-wrong': { FAIL: [3], says: 'A tile does not hold the hashes of these events.' },
  'tile-of-another-tree': { FAIL: [3], says: 'A tile is there that this tree does not have.' },

  // 4: who signed. What is unsigned among older heads and receipts says nothing, and leaves check 6 open.
  'policy-not-given': { 'NOT-CHECKED': [4, 5, 6], says: 'No policy says whose signatures count.' },
  'policy-of-the-log-itself': {
    WARN: [4],
    says: 'The log says itself whose signatures count: get the policy elsewhere.',
  },
  'policy-too-long': { 'NOT-CHECKED': [4, 5], says: 'The policy is larger than any may be.' },
  'policy-not-text': { 'NOT-CHECKED': [4, 5], says: 'The policy is not a text.' },
  'policy-cut': {
    'NOT-CHECKED': [4, 5],
    says: 'The last line of the policy has no end: something may be missing.',
  },
  'policy-line-unknown': { 'NOT-CHECKED': [4, 5], says: 'A line of the policy is of no known form.' },
  'policy-key-unusable': { 'NOT-CHECKED': [4, 5], says: 'A key in the policy is none.' },
  'policy-key-type-wrong': {
    'NOT-CHECKED': [4, 5],
    says: 'A key in the policy is of another type than its line needs.',
  },
  'policy-key-repeated': { 'NOT-CHECKED': [4, 5], says: 'A key stands in the policy twice.' },
  'policy-name-taken': {
    'NOT-CHECKED': [4, 5],
    says: 'Two witnesses or groups of the policy have one name.',
  },
  'policy-name-unknown': {
    'NOT-CHECKED': [4, 5],
    says: 'The policy names a witness or a group that it does not have.',
  },
  'policy-member-repeated': {
    'NOT-CHECKED': [4, 5],
    says: 'A witness or a group of the policy counts twice.',
  },
  'policy-unsatisfiable': {
    'NOT-CHECKED': [4, 5],
    says: 'The policy asks for more of a group than it has members.',
  },
  'policy-quorum-not-one': {
    'NOT-CHECKED': [4, 5],
    says: 'The policy has no line with its quorum, or several.',
  },
  'note-too-long': { FAIL: [4], 'NOT-CHECKED': [6], says: 'A checkpoint is larger than any may be.' },
  'note-not-text': { FAIL: [4], 'NOT-CHECKED': [6], says: 'A checkpoint is not a text.' },
  'note-malformed': { FAIL: [4], 'NOT-CHECKED': [6], says: 'A checkpoint is no signed note.' },
  'note-signature-malformed': {
    FAIL: [4],
    'NOT-CHECKED': [6],
    says: 'A line of a signature is not of its form.',
  },
  'note-signatures-too-many': {
    FAIL: [4],
    'NOT-CHECKED': [6],
    says: 'A checkpoint has over a hundred signatures.',
  },
  'checkpoint-lines-wrong': { FAIL: [4], 'NOT-CHECKED': [6], says: 'A signed note is no checkpoint.' },
  'checkpoint-size-malformed': {
    FAIL: [4],
    'NOT-CHECKED': [6],
    says: 'The size in a checkpoint is no number.',
  },
  'checkpoint-root-malformed': {
    FAIL: [4],
    'NOT-CHECKED': [6],
    says: 'The root in a checkpoint is no hash.',
  },
  'origin-unknown': {
    FAIL: [4],
    'NOT-CHECKED': [6],
    says: 'A checkpoint is of a log that the policy does not name.',
  },
  'log-signature-missing': {
    FAIL: [4],
    'NOT-CHECKED': [6],
    says: 'No key of the policy signed a checkpoint.',
  },
  'log-signature-wrong': {
    FAIL: [4],
    'NOT-CHECKED': [6],
    says: 'A signature in the name of the log is not right.',
  },
  'log-key-not-announced': { FAIL: [4], says: 'A key signed that the log has never announced.' },
  'log-key-retired': { FAIL: [4], says: 'A key signed that the log had retired before.' },
  'log-key-malformed': { FAIL: [4], says: 'The log announced a key that is none.' },
  'log-key-of-another-log': { FAIL: [4], says: 'The log announced a key of another name.' },
  'log-key-repeated': { FAIL: [4], says: 'The log announced a key that it has had before.' },
  'log-key-not-in-use': { FAIL: [4], says: 'A key was replaced or retired that did not sign.' },
  'log-keys-too-many': {
    'NOT-CHECKED': [4],
    says: 'So many keys were announced that not all were looked at.',
  },
  'log-key-the-last': { FAIL: [4], says: 'The last key that signed was retired.' },

  // 5: who cosigned.
  'checkpoint-not-signed': {
    'NOT-CHECKED': [5],
    says: 'The log has not signed it, so cosignatures say nothing.',
  },
  'cosignature-wrong': {
    FAIL: [5],
    'NOT-CHECKED': [6],
    says: 'A signature in the name of a witness is not right.',
  },
  'quorum-missing': {
    FAIL: [5],
    'NOT-CHECKED': [6],
    says: 'Fewer witnesses cosigned than the policy asks for.',
  },
  'no-witnesses': { WARN: [5], says: 'The policy asks for no witness: the log’s key vouches for it alone.' },

  // 6 and 30: what somebody kept.
  'other-root-at-size': {
    FAIL: [6],
    says: 'An older checkpoint was signed of another past: there are two logs.',
  },
  'checkpoint-beyond-end': { FAIL: [6], says: 'An older checkpoint is of more events than there are now.' },
  'proof-malformed': { 'NOT-CHECKED': [6], says: 'A receipt is no proof.' },
  'proof-version-unknown': { 'NOT-CHECKED': [6], says: 'A receipt is of a version that is not read.' },
  'proof-extra-malformed': { 'NOT-CHECKED': [6], says: 'The extra line of a receipt is not of its form.' },
  'proof-index-malformed': { 'NOT-CHECKED': [6], says: 'The index in a receipt is no number.' },
  'proof-hash-malformed': { 'NOT-CHECKED': [6], says: 'A hash in a receipt is none.' },
  'index-outside-tree': { 'NOT-CHECKED': [6], says: 'A receipt is of an event beyond its own checkpoint.' },
  'inclusion-wrong': {
    'NOT-CHECKED': [6],
    says: 'A receipt does not show that this event is in the log there.',
  },
  'receipt-without-event': {
    FAIL: [30],
    says: 'What a receipt was given for is not in the log, or elsewhere in it.',
  },
} satisfies Record<string, Meaning>;
