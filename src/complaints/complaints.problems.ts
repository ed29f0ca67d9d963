/** What this room refuses. */
import { registerSentences, type Sentences } from '../rest/problems.js';

/** With which a filing is refused. */
const FILING: Sentences = {
  'category-unknown': [
    422,
    'Unknown category',
    'The city takes nothing under this category (any more). Choose another.',
  ],
  'kind-not-taken': [
    422,
    'Kind not taken',
    'This category takes no matters of this kind. Choose another category.',
  ],
  'place-incomplete': [422, 'Place incomplete', 'A point has latitude and longitude.'],
  'place-outside-city': [422, 'Place outside the city', 'This place does not lie in the city.'],
  'area-not-in-city': [422, 'Unknown area', 'The city has no area with this id.'],
  'email-invalid': [422, 'Invalid e-mail address', 'This is no e-mail address. Correct it, or leave it out.'],
  'email-missing': [422, 'E-mail address needed', 'This category needs an e-mail address to answer to.'],
  'answer-missing': [422, 'Answer missing', 'This question has to be answered.'],
  'answer-unknown': [422, 'No such question', 'The category does not ask this.'],
  'answer-not-of-list': [422, 'Answer not in the list', 'Choose one of the answers that the question lists.'],
  'answer-not-one': [422, 'Several answers', 'This question takes one answer.'],
  'answer-not-a-number': [422, 'Not a number', 'This question is answered with a number.'],
  'answer-not-a-time': [422, 'Not a time', 'This question is answered with a date or time.'],
  'answer-too-long': [422, 'Answer too long', 'This answer has more than 1,000 characters.'],
  'photo-unknown': [422, 'Unknown photo', 'There is no photo with this id. Send it again.'],
  'too-many-matters': [
    429,
    'Too many matters',
    'Very much came from your address. Wait as long as Retry-After says and try again.',
  ],
};
export const FILING_PROBLEMS: readonly string[] = Object.keys(FILING);

/** With which an act by link is refused. */
const BY_LINK: Sentences = {
  'link-unknown': [404, 'Unknown link', 'This link leads to no matter (any more).'],
  'too-many-links': [
    429,
    'Too many links',
    'Too many links that lead nowhere came from your address. Wait as long as Retry-After says.',
  ],
  'too-many-acts': [
    429,
    'Too many acts',
    'Very much was done by this link. Wait as long as Retry-After says.',
  ],
  'code-wrong': [422, 'Wrong code', 'This is not the code that was sent. Look again.'],
  'code-expired': [422, 'Code expired', 'No code waits for you any more. Ask for a new one.'],
  'code-tried-too-often': [422, 'Code tried too often', 'This code was tried too often. Ask for a new one.'],
  'code-too-soon': [
    422,
    'Code sent a moment ago',
    'A code was sent less than five minutes ago. Look for it, also where advertisements go, or wait and ask again.',
  ],
  'too-many-codes': [
    422,
    'Too many codes',
    'So many codes were sent to this address that no other one is. File again, or ask the city.',
  ],
  'no-address': [422, 'No e-mail address', 'There is no e-mail address that could be confirmed.'],
  'nothing-added': [422, 'Nothing added', 'Write something, or send a photo.'],
};

/** With which the state of a matter is a refusal. */
const STATE: Sentences = {
  'matter-erased': [
    410,
    'Matter erased',
    'This was erased. The log holds that there was a matter and on which ground it went.',
  ],
  'matter-open': [409, 'Matter open', 'This is for matters that are closed, and this one is open.'],
  'matter-closed': [
    409,
    'Matter closed',
    'Only an open matter can be joined. File a new one if it is not done.',
  ],
  'matter-void': [409, 'Matter void', 'This was no matter for the city. File a new one.'],
  'matter-duplicate': [
    409,
    'Matter is a duplicate',
    'It goes on in another matter, and is answered with that one.',
  ],
  'matter-confirmed': [409, 'Confirmed already', 'The e-mail address is confirmed already.'],
  'not-joined': [409, 'Not joined', 'You have not joined this matter, or left it.'],
};

/** With which staff is refused. */
const STAFF: Sentences = {
  'matter-exists': [409, 'Matter exists', 'This matter was filed already.'],
  'matter-private': [
    409,
    'Matter private',
    'The reporter asked that only the city reads it. It cannot be shown.',
  ],
  'matter-released': [409, 'Matter public already', 'This is shown to everybody already.'],
  'matter-not-released': [
    409,
    'Matter not public',
    'This is for matters that everybody sees, and this one is not.',
  ],
  'matter-unconfirmed': [
    409,
    'Not confirmed yet',
    'This category takes nothing before the reporter has confirmed her e-mail address. Until then only she can do something.',
  ],
  'matter-in-case': [409, 'Matter in a case', 'It goes with another matter already. Take it out first.'],
  'matter-is-case': [
    409,
    'Matter is a case',
    'Other matters go with it. Put these into the other case first.',
  ],
  'matter-not-in-case': [409, 'Matter in no case', 'It goes with no other matter.'],
  'matter-of-itself': [422, 'A matter of itself', 'A matter goes with another one, not with itself.'],
  'state-unknown': [422, 'Unknown state', 'The city has no such state, or it comes about in another way.'],
  'state-needs-answer': [422, 'Answer needed', 'This state comes with an answer: tell the reporter why.'],
  'state-stops': [
    422,
    'No state of an answer',
    'In this state the reporter is waited for. Choose another one.',
  ],
  'state-needs-words': [422, 'Words needed', 'In this state the reporter is waited for: ask her something.'],
  'responsible-missing': [422, 'Who is responsible?', 'Say whose matter it is: the reporter needs to know.'],
  'happened-in-future': [422, 'Not yet happened', 'This moment is still to come.'],
  'happened-before-filing': [422, 'Before the filing', 'This moment lies before the matter was filed.'],
  'other-answered-later': [
    409,
    'The other one is answered later',
    'What is a duplicate waits for the answer of the other one, which must not be due later, wait for its reporter or be answered already. Do it the other way round, or answer this one.',
  ],
  'matter-changed': [409, 'Matter changed', 'Something was done with it since you looked. Look again.'],
  'matter-answered': [409, 'Matter answered', 'This is answered already.'],
  'answered-with-case': [409, 'Answered with its case', 'The answer of the case goes to this one, too.'],
  'note-unknown': [404, 'Unknown note', 'This matter has no such note (any more).'],
  'notes-too-many': [409, 'Too many notes', 'A matter has {max} notes at most.'],
};

/** Of a matter that is none, or none for whoever asks. */
const NONE: Sentences = {
  'matter-unknown': [404, 'Unknown matter', 'There is no such matter, or it is not public.'],
};

registerSentences({ ...FILING, ...BY_LINK, ...STATE, ...STAFF, ...NONE });
