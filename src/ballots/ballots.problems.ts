/** What this room refuses. */
import { registerProblems } from '../rest/problems.js';

registerProblems({
  'word-not-allowed': {
    status: 422,
    title: 'Word not allowed',
    detail: 'Where votes are shown at once a ballot has no word of its voter.',
  },
  'ballot-not-canonical': {
    status: 400,
    title: 'Ballot not canonical',
    detail: 'The ballot is not canonical JSON (RFC 8785, ASCII, integers).',
  },
  'ballot-malformed': {
    status: 400,
    title: 'Ballot malformed',
    detail: 'The ballot does not have the documented fields.',
  },
  'ballot-unknown': {
    status: 404,
    title: 'No such ballot',
    detail: 'There is no ballot with this id in this election.',
  },
  'voter-unknown': {
    status: 404,
    title: 'No such line',
    detail: 'There is no line with this pseudonym on the roll.',
  },
  'person-not-on-roll': {
    status: 404,
    title: 'Not on the roll',
    detail: 'Nobody is listed with this line of the census. Compare it with her document, letter by letter.',
  },
  'too-many-misses': {
    status: 429,
    title: 'Too many look-ups of nobody',
    detail:
      'Too many people who are not on the roll were looked up from your address. Wait as long as Retry-After says.',
  },
  'wrong-election': {
    status: 422,
    title: 'Wrong election',
    detail: 'The ballot is for another election, or for another definition of it.',
  },
  'wrong-class': {
    status: 422,
    title: 'Wrong class',
    detail: 'The ballot states another class than the roll.',
  },
  'wrong-disclosure': {
    status: 422,
    title: 'Wrong disclosure',
    detail: 'This election wants its ballots sealed, or all of them open, and this one is not.',
  },
  'not-on-roll': { status: 403, title: 'Not on the roll', detail: 'This ballot key is not on the roll.' },
  'signature-invalid': {
    status: 403,
    title: 'Signature invalid',
    detail: 'The signature is not by the key of this ballot.',
  },
  'voting-not-open': { status: 409, title: 'Voting not open', detail: 'Voting is not open yet.' },
  'voting-suspended': {
    status: 409,
    title: 'Voting suspended',
    detail: 'Voting is suspended. The reason is on the page of the election.',
  },
  'voting-closed': { status: 409, title: 'Voting closed', detail: 'Voting is closed.' },
  'sequence-stale': {
    status: 409,
    title: 'Sequence number stale',
    detail: 'The number of the next ballot is {expected}. Sign again with it.',
  },
  'too-many-ballots': {
    status: 409,
    title: 'Too many ballots',
    detail: 'One voter can cast {limit} ballots.',
  },
  'ballot-key-replaced': {
    status: 409,
    title: 'Ballot key replaced',
    detail: 'This ballot key was replaced. Vote with the new one.',
  },
  'key-unchanged': { status: 409, title: 'Key unchanged', detail: 'This is the key that is in force.' },
  'voted-on-paper': {
    status: 409,
    title: 'Voted on paper',
    detail: 'A paper ballot was taken under this line of the roll.',
  },
  'already-marked': {
    status: 409,
    title: 'Marked already',
    detail: 'This line of the roll is marked already.',
  },
  'ballot-exists': {
    status: 409,
    title: 'Ballot exists',
    detail: 'A web ballot exists under this line, and in this election the web prevails.',
  },
  'box-length-wrong': {
    status: 422,
    title: 'Sealed length wrong',
    detail: 'The sealed ballot does not have the length of this election.',
  },
  'box-does-not-open': {
    status: 422,
    title: 'Ballot does not open',
    detail: 'The ballot is not sealed to the key of this election.',
  },
  'plaintext-malformed': {
    status: 422,
    title: 'Vote malformed',
    detail: 'What is sealed is not a vote of the documented form.',
  },
  'plaintext-of-another-ballot': {
    status: 422,
    title: 'Vote of another ballot',
    detail: 'What is sealed belongs to another ballot.',
  },
  'vote-malformed': {
    status: 422,
    title: 'Vote malformed',
    detail: 'The vote does not have the field of this type of ballot.',
  },
  'areas-not-in-order': {
    status: 422,
    title: 'Areas out of order',
    detail: 'Areas stand in order, each once.',
  },
  'area-not-allowed': {
    status: 422,
    title: 'Area not allowed',
    detail: 'This voter does not vote in this area.',
  },
  'option-unknown': {
    status: 422,
    title: 'Unknown option',
    detail: 'The vote names an option that is not on the ballot of its area.',
  },
  'option-repeated': { status: 422, title: 'Option repeated', detail: 'The same option stands here twice.' },
  'too-few-options': {
    status: 422,
    title: 'Too few options',
    detail: 'The vote names fewer options than the election asks for.',
  },
  'too-many-options': {
    status: 422,
    title: 'Too many options',
    detail: 'The vote names more options than the election allows.',
  },
  'over-budget': {
    status: 422,
    title: 'Over budget',
    detail: 'The chosen options cost more than is allowed.',
  },
  'too-few-points': {
    status: 422,
    title: 'Too few points',
    detail: 'The vote gives fewer points than the election asks for.',
  },
  'too-many-points': {
    status: 422,
    title: 'Too many points',
    detail: 'The vote gives more points than the election allows.',
  },
});
