/** Findings of checks 2, 45, 7 to 9, 13, 15, 16, 44 and 49: events, people, phases, rolls, texts and views. */
import type { Meaning } from './finding-codes.js';

export const CODES_OF_EVENTS = {
  // 2 and 45: an event by itself.
  'entry-bundle-cut': { FAIL: [2], says: 'A file of events ends within one.' },
  'entry-bundle-width-wrong': {
    FAIL: [2],
    says: 'A file of events holds more or fewer of them than its name says.',
  },
  'entry-too-long': { FAIL: [2], says: 'An event is longer than any may be.' },
  'leaf-not-canonical': { FAIL: [2], says: 'An event is not the canonical form of what it says.' },
  'leaf-members-wrong': { FAIL: [2], says: 'An event has other members than every event has.' },
  'leaf-version-unknown': { FAIL: [2], says: 'An event is of an encoding that is not known.' },
  'event-type-unknown': {
    FAIL: [2],
    says: 'An event is of a type, or of a version of it, that is not known.',
  },
  'stream-wrong': { FAIL: [2], says: 'An event stands in a stream where it does not belong.' },
  'event-repeated': { FAIL: [2], says: 'An event is in the log twice.' },
  'event-not-understood': { FAIL: [2], says: 'An event cannot be taken together with those before it.' },
  'event-id-malformed': { FAIL: [45], says: 'The id of an event is no UUID.' },
  'instant-invalid': { FAIL: [45], says: 'A time is none of the calendar.' },
  'event-schema-broken': { FAIL: [45], says: 'An event says something that its schema does not allow.' },
  'bytes-not-strict': { FAIL: [45], says: 'Bytes are written in another way than the only one.' },
  'free-text': { FAIL: [45], says: 'Words stand where only an id may stand.' },
  'actor-malformed': { FAIL: [45], says: 'Who acted is not told by an id.' },
  'instant-not-cut': {
    FAIL: [45],
    says: 'What a voter did is told to the minute, and may be told to the hour only.',
  },

  // 7: who acted.
  'ballot-of-another-actor': { FAIL: [7], says: 'A ballot was put in by somebody else than its voter.' },
  'role-for-system': { FAIL: [7], says: 'A role was given to `system` or `resident`, which are nobody.' },
  'role-missing': { FAIL: [7], says: 'Somebody acted without the role for it.' },
  'approvals-missing': { FAIL: [7], says: 'An act that needs two persons has the approval of none.' },
  'approvals-not-two': { FAIL: [7], says: 'An act that needs two persons has more or fewer approvals.' },
  'approvals-same-person': { FAIL: [7], says: 'One person approved an act twice.' },
  'approval-not-granted': { FAIL: [7], says: 'Somebody approved an act without the role for it.' },
  'approval-key-unusable': {
    FAIL: [7],
    says: 'The key of an approval is none, or that of the other person too.',
  },
  'approval-signature-wrong': { FAIL: [7], says: 'An approval is not signed by the key of its person.' },
  'act-repeated': { FAIL: [7], says: 'An approval was used for a second act.' },
  'approval-after-act': { WARN: [7], says: 'An approval is dated after the act.' },
  'approvals-far-apart': { WARN: [7], says: 'Over a week lies between the two approvals of an act.' },

  // 8: what may happen after what.
  'election-not-defined': { FAIL: [8], says: 'Something was done to an election that was not defined.' },
  'election-defined-twice': { FAIL: [8], says: 'An election was defined a second time.' },
  'not-when-defined': { FAIL: [8], says: 'Something was done before voting was opened that needs it.' },
  'not-when-open': { FAIL: [8], says: 'Something was done while voting was open that may not be done then.' },
  'not-when-suspended': {
    FAIL: [8],
    says: 'Something was done while voting was suspended that may not be done then.',
  },
  'not-when-closed': { FAIL: [8], says: 'Something was done after the close that may not be done then.' },
  'not-when-opened': {
    FAIL: [8],
    says: 'Something was done after the key was public that may not be done then.',
  },
  'not-when-counted': { FAIL: [8], says: 'Something was done after the count that may not be done then.' },
  'not-when-certified': {
    FAIL: [8],
    says: 'Something was done after the certificate that may not be done then.',
  },
  'not-when-annulled': { FAIL: [8], says: 'Something was done to an election that had been annulled.' },
  'opened-too-early': { FAIL: [8], says: 'Voting was opened before its time.' },
  'opened-too-late': { FAIL: [8], says: 'Voting was opened after its end.' },
  'opened-without-roll': { FAIL: [8], says: 'Voting was opened without a roll, or with an empty one.' },
  'closed-too-early': { FAIL: [8], says: 'Voting was closed before its time, and not as an early close.' },
  'reopened-before-close': { FAIL: [8], says: 'Voting was reopened before it was closed, by its own time.' },
  'reopened-in-past': { FAIL: [8], says: 'Voting was reopened until a time that was over.' },
  'no-paper': { FAIL: [8], says: 'Something was done with paper in an election without any.' },
  'batch-recorded-twice': { FAIL: [8], says: 'A batch of paper was recorded twice.' },
  'key-before-reconciliation': { FAIL: [8], says: 'The key was published before the paper was reconciled.' },
  'count-number-wrong': { FAIL: [8], says: 'A count does not have the next number.' },
  'count-by-another-ruleset': { FAIL: [8], says: 'A count names other rules than the election has.' },
  'count-of-the-future': { FAIL: [8], says: 'A count is said to reach beyond its own place in the log.' },
  'count-goes-back': {
    FAIL: [8],
    says: 'A count does not reach to the key, or not beyond the count before it.',
  },
  'count-without-need': { FAIL: [8], says: 'A count was made again, and nothing had changed.' },
  'certified-within-claims-period': {
    FAIL: [8],
    says: 'A result was certified while claims could still be made.',
  },
  'certified-another-count': { FAIL: [8], says: 'A certificate is of another count than the last one.' },
  'certified-before-recount': {
    FAIL: [8],
    says: 'A result was certified although ballots had been annulled since.',
  },
  'revoked-another-count': { FAIL: [8], says: 'A result was revoked that was not the certified one.' },
  'after-key-wrong': { FAIL: [8], says: 'An annulment says wrongly whether the key was public before it.' },
  'dated-ahead': { FAIL: [8], says: 'An act is dated later than it can have been done.' },
  'dated-back': { FAIL: [8, 15, 20, 42], says: 'Something is dated earlier than it can have been done.' },
  'time-goes-back': { WARN: [8], says: 'An event is dated well before the one that it follows.' },
  'times-too-many': { 'NOT-CHECKED': [8], says: 'So many times go back that not all were compared.' },

  // 9: the definition and what is stated over it.
  'schedule-out-of-order': {
    FAIL: [9],
    says: 'Opening, close and end of claims are not in this order, or moved.',
  },
  'schedule-in-past': { FAIL: [9], says: 'A schedule was over when it was made.' },
  'extension-not-later': { FAIL: [9], says: 'An extension ends no later than before.' },
  'claims-shortened': { FAIL: [9], says: 'A moved close left less time for claims.' },
  'area-repeated': {
    FAIL: [9, 13],
    says: 'An area is named twice, in a definition or on a line of the roll.',
  },
  'ruleset-hash-wrong': { FAIL: [9], says: 'The rules do not have the stated hash.' },
  'ruleset-not-of-definition': {
    FAIL: [9],
    says: 'The published rules are not the ones that the definition names.',
  },
  'ruleset-invalid': { FAIL: [9], says: 'The rules cannot be counted by.' },
  'listing-number-wrong': { FAIL: [9], says: 'A list of options does not have the next number.' },
  'listing-chunk-wrong': { FAIL: [9], says: 'A part of the list of options is missing or out of order.' },
  'listing-incomplete': { FAIL: [9], says: 'Voting was opened before all options were listed.' },
  'option-repeated': { FAIL: [9], WARN: [36], says: 'An option is named twice, in the list or on a ballot.' },
  'option-area-unknown': { FAIL: [9], says: 'An option is of an area that the election does not have.' },
  'roll-root-wrong': { FAIL: [9], says: 'The opening states another roll than the committed one.' },
  'options-root-wrong': { FAIL: [9], says: 'The opening states other options than the listed ones.' },
  'definition-hash-wrong': { FAIL: [9], says: 'The opening states another definition than the log has.' },
  'ballot-of-another-definition': { FAIL: [9], says: 'A ballot was made for another definition.' },

  // 13, 16 and 15: the roll.
  'chunk-out-of-order': { FAIL: [13], says: 'A part of the roll is missing or out of order.' },
  'listed-after-commitment': { FAIL: [13], says: 'A line was added to the roll after it was committed to.' },
  'committed-twice': { FAIL: [13, 44], says: 'A roll, or a text, was committed to twice.' },
  'line-repeated': { FAIL: [13], says: 'A pseudonym stands on the roll twice.' },
  'count-wrong': { FAIL: [13], says: 'The roll has more or fewer lines than was committed to.' },
  'area-counts-wrong': { FAIL: [13], says: 'An area has more or fewer lines than was committed to.' },
  'area-unknown': { FAIL: [13], says: 'A line of the roll has an area that the election does not have.' },
  'key-repeated': { FAIL: [16], says: 'One ballot key stands on two lines of the roll.' },
  'key-given-twice': { WARN: [16], says: 'A new ballot key was given out twice: it is the first line’s.' },
  'key-unsound': { FAIL: [15], says: 'A ballot key is none under which a signature says anything.' },
  'key-of-nobody': { FAIL: [15], says: 'A key was replaced on a line that is not on the roll.' },
  'key-before-wrong': { FAIL: [15], says: 'A replaced key was not the line’s.' },

  // 44: texts and files.
  'content-given-twice': { FAIL: [44], says: 'A text or file is there twice.' },
  'content-not-public': { FAIL: [44], says: 'A text or file is there that the log does not make public.' },
  'commitment-wrong': { FAIL: [44], says: 'A text or file is not the one that the log committed to.' },
  'content-missing': { FAIL: [44], says: 'A text or file that is public is not there.' },
  'content-gone-since': {
    'NOT-CHECKED': [44],
    says: 'A text or file was hidden or erased since: audit again.',
  },
  'contents-not-given': { 'NOT-CHECKED': [44], says: 'Texts and files are public and were not given.' },

  // 49: published views.
  'view-digest-wrong': { FAIL: [49], says: 'A published view is not what follows from the log.' },
  'view-of-the-future': { FAIL: [49], says: 'A view was published of a place that the log had not reached.' },
  'view-not-published': { FAIL: [49], says: 'Rows of a view are there that was never published.' },
  'view-rows-malformed': { FAIL: [49], says: 'Rows of a view are cut, out of order or not of their form.' },
  'view-rows-too-many': { FAIL: [49], says: 'A view has more rows than the log has names for.' },
  'view-rows-wrong': { FAIL: [49], says: 'The rows of a view are not those that were published.' },
  'view-superseded': { WARN: [49], says: 'An old version of a view was not compared; a newer one was.' },
  'view-version-unknown': {
    'NOT-CHECKED': [49],
    says: 'A view was published in a version that this auditor lacks.',
  },
  'view-too-old': {
    'NOT-CHECKED': [49],
    says: 'A view was published too long after the place that it is of.',
  },
  'views-too-many': {
    'NOT-CHECKED': [49],
    says: 'So many views were published that not all were folded again.',
  },
} satisfies Record<string, Meaning>;
