/** What this room refuses. */
import { registerProblems } from '../rest/problems.js';

registerProblems({
  'option-repeated': { status: 422, title: 'Option repeated', detail: 'The same option stands here twice.' },
  'election-unknown': {
    status: 404,
    title: 'No such election',
    detail: 'There is no election with this id.',
  },
  'election-exists': {
    status: 409,
    title: 'Election exists',
    detail: 'This election is defined already. Amend it instead.',
  },
  'election-annulled': {
    status: 409,
    title: 'Election annulled',
    detail: 'This election is annulled. The reason is on its page.',
  },
  'wrong-phase': {
    status: 409,
    title: 'Wrong phase',
    detail: 'The election is {phase}, which does not allow this.',
  },
  'schedule-out-of-order': {
    status: 422,
    title: 'Schedule out of order',
    detail: 'Voting must close after it opens.',
  },
  'schedule-in-past': { status: 422, title: 'Schedule in the past', detail: 'This time is past.' },
  'claims-before-close': {
    status: 422,
    title: 'Claims end too early',
    detail: 'The claims period must not end before voting closes.',
  },
  'claims-shortened': {
    status: 422,
    title: 'Claims period shortened',
    detail:
      'The claims period gets no shorter and ends no earlier when voting goes on: {until} at the earliest.',
  },
  'instant-invalid': {
    status: 422,
    title: 'No such instant',
    detail: 'This must be an instant that exists, such as 2026-05-01T08:00:00.000Z.',
  },
  'extension-not-later': {
    status: 422,
    title: 'Not an extension',
    detail: 'An extension must close later than the schedule in force.',
  },
  'no-options': { status: 422, title: 'No options', detail: 'An election needs one option at least.' },
  'area-repeated': { status: 422, title: 'Area repeated', detail: 'The same area stands here twice.' },
  'roll-area-unknown': { status: 422, title: 'Unknown area', detail: 'There is no such area here.' },
  'option-area-unknown': {
    status: 422,
    title: 'Area of an option unknown',
    detail: 'The area of this option is none of the election.',
  },
  'limits-contradict': {
    status: 422,
    title: 'Limits contradict',
    detail: 'The limits of a ballot contradict each other or its type.',
  },
  'points-missing': {
    status: 422,
    title: 'Points missing',
    detail: 'A cumulative ballot needs the most points in sum (maxSum).',
  },
  'points-without-cumulative': {
    status: 422,
    title: 'Points without need',
    detail: 'Only cumulative ballots have points.',
  },
  'sealed-bytes-too-small': {
    status: 422,
    title: 'Sealed length too small',
    detail:
      'The longest ballot that is allowed does not fit this length. Leave sealedBytes out to have it worked out.',
  },
  'ballot-too-long': {
    status: 422,
    title: 'Ballot too long',
    detail:
      'The longest ballot that is allowed takes {bytes} bytes, and {limit} can be sealed. Allow fewer options, or give them shorter ids.',
  },
  'ruleset-too-large': {
    status: 422,
    title: 'Ruleset too large',
    detail: 'The ruleset takes {bytes} bytes, {limit} at most. Give the options shorter ids, or list fewer.',
  },
  'options-too-many': {
    status: 422,
    title: 'Too many options',
    detail:
      'The options take {bytes} bytes and {limit} are left for them. Shorten ids and categories, or list fewer.',
  },
  'ruleset-too-costly': {
    status: 422,
    title: 'Ruleset too costly',
    detail:
      'Counting these ballots under this ruleset takes longer than anybody may take here. Take larger steps or another rule, or count the exported file with concejo tally.',
  },
  'too-many-costly': {
    status: 429,
    title: 'Too many costly rulesets',
    detail: 'Too many rulesets from your address took long. Wait as long as Retry-After says.',
  },
  'rule-not-supported': {
    status: 422,
    title: 'Rule not supported',
    detail: 'This version does not count this rule.',
  },
  'ruleset-malformed': {
    status: 422,
    title: 'Ruleset malformed',
    detail: 'The ruleset is not of the documented shape.',
  },
  'ruleset-unknown-field': {
    status: 422,
    title: 'Ruleset with unknown field',
    detail: 'The ruleset has a field that no rule has: see field, and docs/counting/README.md.',
  },
  'ruleset-unknown-option': {
    status: 422,
    title: 'Ruleset with unknown option',
    detail: 'The ruleset names an option that is not listed.',
  },
  'ruleset-contradictory': {
    status: 422,
    title: 'Ruleset contradictory',
    detail: 'The ruleset contradicts itself, or has a field of another rule.',
  },
  'ties-incomplete': {
    status: 422,
    title: 'Tie order incomplete',
    detail: 'A listed tie order names every option once.',
  },
  'tie-order-not-total': {
    status: 422,
    title: 'Tie order can fail',
    detail:
      'Two projects can be equal in all of these criteria. End the order with listed, and list every option in ties, such as by a lot drawn before.',
  },
  'too-early': { status: 409, title: 'Too early', detail: 'Voting opens at {opensAt}.' },
  'voting-over': { status: 409, title: 'Voting over', detail: 'The scheduled close has passed.' },
  'roll-not-committed': { status: 409, title: 'Roll not committed', detail: 'Commit the roll first.' },
  'roll-committed': {
    status: 409,
    title: 'Roll committed',
    detail: 'The roll is committed and takes no more lines.',
  },
  'roll-empty': { status: 409, title: 'Roll empty', detail: 'The roll has no lines.' },
  'voter-repeated': {
    status: 422,
    title: 'Person repeated',
    detail: 'The same person stands on the roll twice.',
  },
  'ballot-key-repeated': {
    status: 422,
    title: 'Ballot key repeated',
    detail: 'A ballot key belongs to one line of the roll for ever, also after it was replaced.',
  },
  'ballot-key-invalid': {
    status: 422,
    title: 'Ballot key invalid',
    detail: 'This is not a safe Ed25519 key: canonical, of prime order, not the identity.',
  },
  'close-needs-two': {
    status: 409,
    title: 'Two persons needed',
    detail: 'Before its time voting is closed by two persons: propose the act close-early.',
  },
  'key-published': {
    status: 409,
    title: 'Key published',
    detail: 'The key of the election is public: nothing is extended, reopened or keyed any more.',
  },
  'election-key-wrong': {
    status: 409,
    title: 'Election key lost',
    detail:
      'The key of the election cannot be derived. Put the master file back that was in use when voting opened.',
  },
  'no-paper': { status: 409, title: 'No paper', detail: 'This election uses no paper.' },
  'batch-exists': { status: 409, title: 'Batch exists', detail: 'This paper batch is recorded already.' },
  'sheets-malformed': {
    status: 422,
    title: 'Sheets malformed',
    detail:
      'The sheets are not of the documented shape, not in rising order of their numbers, or too many for one batch.',
  },
  'sheets-differ': {
    status: 409,
    title: 'Sheets differ',
    detail: 'What you keyed is not what was keyed first. Compare both with the paper and key again.',
  },
  'paper-missing': {
    status: 409,
    title: 'Paper ballots missing',
    detail:
      'The roll has {marks} marks and only {sheets} sheets are keyed. Key the rest, or propose the act reconcile-missing, which takes two persons.',
  },
  'paper-complete': {
    status: 409,
    title: 'No paper missing',
    detail: 'There are as many sheets as marks, or more. One person can reconcile them.',
  },
  'paper-changed': {
    status: 409,
    title: 'Paper changed',
    detail: 'Sheets or marks are not what was proposed any more. Propose the act again.',
  },
  'batch-pending': {
    status: 409,
    title: 'Batch waits',
    detail: 'A paper batch of this election waits for its second officer. It is keyed or withdrawn first.',
  },
  'paper-not-reconciled': {
    status: 409,
    title: 'Paper not reconciled',
    detail: 'Compare the sheets with the marks on the roll first.',
  },
  'tie-undecided': {
    status: 409,
    title: 'Tie undecided',
    detail: 'A tie that matters is not decided by the declared order: {projects} in {area}.',
  },
  'count-current': {
    status: 409,
    title: 'Counted already',
    detail: 'Nothing changed since the last count, so there is nothing to count again.',
  },
  'count-outdated': {
    status: 409,
    title: 'Count outdated',
    detail: 'While it was counted, something changed or somebody else counted. Count again.',
  },
  'claims-period': { status: 409, title: 'Claims period', detail: 'The claims period runs until {until}.' },
  'tally-stale': { status: 409, title: 'Not the latest count', detail: 'This is not the latest count.' },
  'recount-needed': {
    status: 409,
    title: 'Recount needed',
    detail: 'Something changed since the count. Count again.',
  },
  'not-certified': { status: 409, title: 'Not certified', detail: 'This count is not certified.' },
  'revoke-first': {
    status: 409,
    title: 'Result certified',
    detail: 'The result is certified. Revoke it first.',
  },
  'nothing-to-annul': { status: 409, title: 'Nothing to annul', detail: 'The rule concerns no ballot.' },
  'too-many-to-annul': {
    status: 409,
    title: 'Too many ballots',
    detail: 'The rule concerns more than {limit} ballots. Annul the election instead.',
  },
  'approvals-invalid': {
    status: 403,
    title: 'Approvals invalid',
    detail: 'Two different persons with the role must sign exactly this act.',
  },
  'not-counted': {
    status: 404,
    title: 'Not counted',
    detail: 'There is no such count of this election, or it has not been counted yet.',
  },
  'result-unknown': {
    status: 404,
    title: 'No such result',
    detail: 'No result with this digest is kept. Results of elections are at /api/v1/elections/:id/results.',
  },
  'result-not-kept': {
    status: 503,
    title: 'Result not kept',
    detail: 'The result is stated in the log and must be worked out again: run concejo count.',
  },
  'explanation-not-kept': {
    status: 503,
    title: 'Explanation not kept',
    detail: 'The explanation of this count must be worked out again: run concejo count.',
  },
});
