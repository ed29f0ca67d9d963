/** What this room refuses. */
import { registerProblems } from '../rest/problems.js';

type Sentences = Readonly<Record<string, readonly [status: number, title: string, detail: string]>>;

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
  'too-many-looks': [
    429,
    'Too many looks at the map',
    'Very much was asked of the map from your address. Wait as long as Retry-After says.',
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
  'responsible-missing': [422, 'Who is responsible?', 'Say whose matter it is: the reporter needs to know.'],
  'happened-in-future': [422, 'Not yet happened', 'This moment is still to come.'],
  'happened-before-filing': [422, 'Before the filing', 'This moment lies before the matter was filed.'],
  'other-answered-later': [
    409,
    'The other one is answered later',
    'What is a duplicate waits for the answer of the other one, which must not be due later or answered already. Do it the other way round, or answer this one.',
  ],
  'matter-answered': [409, 'Matter answered', 'This is answered already.'],
  'answered-with-case': [409, 'Answered with its case', 'The answer of the case goes to this one, too.'],
  'nothing-chosen': [422, 'Nothing chosen', 'Choose one at least.'],
  'matters-too-many': [422, 'Too many matters', 'So many matters are answered at once: {max} at most.'],
  'note-unknown': [404, 'Unknown note', 'This matter has no such note (any more).'],
  'notes-too-many': [409, 'Too many notes', 'A matter has {max} notes at most.'],
  'template-unknown': [404, 'Unknown template', 'There is no such template (any more).'],
  'template-changed': [
    409,
    'Template changed',
    'Somebody else has changed this template. See how it is now.',
  ],
  'template-other-category': [422, 'Template of another category', 'This template is not for such matters.'],
  'template-other-state': [422, 'Template of another state', 'This template leads to another state.'],
  'name-missing': [422, 'Name missing', 'Give it a name by which it is found.'],
  'placeholder-unknown': [
    422,
    'Unknown placeholder',
    'Nothing can be filled in for what stands in braces: {name}.',
  ],
  'placeholder-empty': [
    422,
    'Nothing to fill in',
    'The words name something that this matter does not have.',
  ],
  'department-unknown': [422, 'Unknown department', 'The city has no department with this id.'],
};

/** With which a file of categories is refused, beside what `city-file.problems.ts` has. */
const FILE: Sentences = {
  'category-repeated': [422, 'Category repeated', 'There is a category with this id before it.'],
  'category-parent-unknown': [422, 'Unknown parent', 'The file has no category with this id.'],
  'category-tree-cycle': [422, 'Categories in a circle', 'This category lies in itself.'],
  'matter-kind-unknown': [422, 'Unknown kind', 'A kind is complaint, suggestion or thanks.'],
  'question-repeated': [422, 'Question repeated', 'There is a question with this code before it.'],
  'datatype-unknown': [
    422,
    'Unknown datatype',
    'A datatype is string, text, number, datetime, singlevaluelist or multivaluelist.',
  ],
  'value-repeated': [422, 'Value repeated', 'There is a value with this key before it.'],
  'values-not-of-datatype': [
    422,
    'Values do not fit',
    'The two lists have values, and the other datatypes none.',
  ],
  'state-kind-unknown': [422, 'Unknown kind of state', 'A state is open, closed or fixed.'],
  'state-kind-fixed': [422, 'Kind cannot change', 'The program relies on what this state means.'],
  'state-stops-closed': [422, 'Clock of a closed matter', 'Only in an open state can the clock stand.'],
  'state-repeated': [422, 'State repeated', 'There is a state with this id before it.'],
  'boolean-expected': [422, 'True or false expected', 'True or false stands here.'],
  'number-invalid': [422, 'Number out of bounds', 'A whole number from {least} to {most} stands here.'],
  'categories-too-large': [
    422,
    'Too many words',
    'All that the file says is more than {max} bytes. Make it smaller.',
  ],
};
export const CATEGORIES_FILE_PROBLEMS: readonly string[] = [...Object.keys(FILE), 'code-invalid'];

registerProblems(
  Object.fromEntries(
    Object.entries({ ...FILING, ...BY_LINK, ...STATE, ...STAFF, ...FILE }).map(([code, entry]) => {
      const [status, title, detail] = entry;
      return [code, { status, title, detail }];
    }),
  ),
);
registerProblems({
  'matter-unknown': {
    status: 404,
    title: 'Unknown matter',
    detail: 'There is no such matter, or it is not public.',
  },
  'year-without-matters': {
    status: 404,
    title: 'No matters in this year',
    detail: 'Nothing was filed in this year. See the years in which something was.',
  },
});
