/** Findings of checks 20 to 25, 33 to 36, 38 to 40, 42 and 43: ballots, paper and counts. */
import type { Meaning } from './finding-codes.js';

export const CODES_OF_BALLOTS = {
  // 20 to 25: a ballot before it is opened.
  'before-opening': { FAIL: [20], says: 'A ballot was taken before voting was opened.' },
  'after-end-of-voting': {
    FAIL: [8, 15, 20, 42],
    says: 'Something was done after the end of voting that needs it.',
  },
  'not-on-roll': { FAIL: [21], says: 'A ballot is under a line that is not on the roll.' },
  'key-of-another-line': { FAIL: [21], says: 'A ballot is of a key that was not given to its line.' },
  'key-replaced': { FAIL: [21], says: 'A ballot is of a key that had been replaced.' },
  'class-wrong': { FAIL: [21], says: 'A ballot is of another class than its line.' },
  'signature-wrong': { FAIL: [22], says: 'A ballot is not signed by its key.' },
  'ballot-id-wrong': { FAIL: [23], says: 'A ballot stands under an id that is not its own.' },
  'ballot-repeated': { FAIL: [23], says: 'A ballot is in the log twice.' },
  'sequence-broken': { FAIL: [23], says: 'A ballot does not have the next number of its voter.' },
  'disclosure-wrong': {
    FAIL: [24],
    says: 'A ballot is open where all are sealed, or sealed where all are open.',
  },
  'ephemeral-key-low-order': { FAIL: [24], says: 'A ballot is sealed so that everybody can open it.' },
  'box-length-wrong': { FAIL: [24], WARN: [34], says: 'A sealed ballot is not as long as all others.' },
  'ballot-before-not-named': { WARN: [25], says: 'A ballot does not name its voter’s ballot before it.' },

  // 33: the key.
  'secret-of-another-key': {
    FAIL: [33],
    says: 'The published secret is not that of the key that ballots were sealed to.',
  },

  // 34 to 36: what is in a ballot. Those that could not be counted are warnings: the server refuses such.
  'not-listed': {
    FAIL: [34, 35, 36],
    says: 'A ballot could not be counted, and the result does not list it.',
  },
  'listed-with-another-reason': {
    FAIL: [34, 35, 36],
    says: 'The result lists a ballot with a reason that is not so.',
  },
  'listed-and-sound': { FAIL: [34, 35, 36], says: 'The result lists a ballot as not counted that is sound.' },
  'result-not-given': {
    'NOT-CHECKED': [34, 35, 36],
    says: 'The result differs, and is not there to say where.',
  },
  'box-does-not-open': { WARN: [34], says: 'A ballot does not open with the key, and is not counted.' },
  'plaintext-malformed': { WARN: [35], says: 'What was in a ballot is no vote, and is not counted.' },
  'plaintext-of-another-ballot': {
    WARN: [35],
    says: 'What was in a ballot belongs to another, and is not counted.',
  },
  'vote-malformed': {
    WARN: [36],
    says: 'A vote is not of the kind that the election has, and is not counted.',
  },
  'areas-not-in-order': { WARN: [36], says: 'A vote names its areas out of order, and is not counted.' },
  'area-not-allowed': {
    WARN: [36],
    says: 'A vote is in an area where its voter has none, and is not counted.',
  },
  'option-unknown': {
    WARN: [36],
    says: 'A vote names an option that its area does not have, and is not counted.',
  },
  'too-few-options': { WARN: [36], says: 'A vote names fewer options than it must, and is not counted.' },
  'too-many-options': { WARN: [36], says: 'A vote names more options than it may, and is not counted.' },
  'over-budget': {
    WARN: [36],
    says: 'The options of a vote cost more than they may, and it is not counted.',
  },
  'too-few-points': { WARN: [36], says: 'A vote gives fewer points than it must, and is not counted.' },
  'too-many-points': { WARN: [36], says: 'A vote gives more points than it may, and is not counted.' },

  // 42: paper.
  'mark-of-nobody': { FAIL: [42], says: 'A mark for paper is on a line that is not on the roll.' },
  'marked-twice': { FAIL: [42], says: 'A line was marked for paper twice.' },
  'mark-after-ballot': {
    FAIL: [42],
    says: 'A line was marked for paper that had a ballot, where that is refused.',
  },
  'ballot-after-mark': { FAIL: [42], says: 'A ballot was taken of a line that was marked for paper.' },
  'batches-wrong': { FAIL: [42], says: 'There are more or fewer batches of paper than stated.' },
  'sheets-wrong': { FAIL: [42], says: 'There are more or fewer sheets of paper than stated.' },
  'marks-wrong': { FAIL: [42], says: 'There are more or fewer marks for paper than stated.' },
  'surplus-wrong': { FAIL: [42], says: 'There are more or fewer sheets beyond the marks than stated.' },
  'batch-box-does-not-open': { FAIL: [42], says: 'A batch of paper does not open with the key.' },
  'batch-plaintext-malformed': { FAIL: [42], says: 'What was in a batch of paper is no list of sheets.' },
  'batch-plaintext-of-another-ballot': {
    FAIL: [42],
    says: 'What was in a batch is not what its officers signed.',
  },

  // 43: every ballot that was cast.
  'sum-wrong': { FAIL: [43], says: 'What became of the ballots does not add up to all that were cast.' },
  'cast-not-taken': { FAIL: [43], says: 'A ballot in the log is none, and was not taken.' },
  'cast-wrong': { FAIL: [43], says: 'A count states more or fewer ballots than were cast.' },
  'counted-wrong': { FAIL: [43], says: 'A count states more or fewer ballots than were counted.' },
  'annulled-not-listed': { FAIL: [43], says: 'A ballot that a rule annuls is not listed.' },
  'annulled-ids-wrong': { FAIL: [43], says: 'A ballot is listed as annulled that the rule does not annul.' },
  'annulled-count-wrong': {
    FAIL: [43],
    says: 'An annulment states more or fewer ballots than its rule finds.',
  },
  'annulled-root-wrong': {
    FAIL: [43],
    says: 'Two persons approved another annulment than what the rule finds.',
  },
  'annulled-chunk-wrong': { FAIL: [43], says: 'A part of an annulment is missing or out of order.' },
  'annulled-the-future': { FAIL: [43], says: 'An annulment reaches beyond its own place in the log.' },
  'annulments-too-many': {
    'NOT-CHECKED': [43],
    says: 'There are so many annulments that not all were worked out.',
  },

  // 38 to 40: the count from nothing.
  'counts-too-many': {
    'NOT-CHECKED': [34, 35, 36, 38, 39, 40, 42, 43],
    says: 'There are so many counts that not all were made again.',
  },
  'input-digest-wrong': { FAIL: [38], says: 'Other ballots were counted than the ones that stand.' },
  'tie-undecided': { FAIL: [40], says: 'The declared order leaves open a tie on which something hangs.' },
  'recount-undecided': { FAIL: [39], says: 'A count from nothing ends in a tie that nothing decides.' },
  'recount-impossible': { FAIL: [39], says: 'Nothing can be counted from what the log says.' },
  'output-digest-wrong': {
    FAIL: [39],
    says: 'A count from nothing gives another result than the stated one.',
  },
  'result-not-of-digest': {
    FAIL: [39],
    says: 'The result that is there is not the one that the count states.',
  },
  'result-of-no-count': { FAIL: [39], says: 'A result is there that no count names.' },
  'result-too-large': { FAIL: [39], says: 'The result that is there is far larger than any of this count.' },
} satisfies Record<string, Meaning>;
