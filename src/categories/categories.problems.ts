/** What can be wrong with a file of categories: sentences for people, by the codes of `categories-file.ts`. */
import { registerSentences, type Sentences } from '../rest/problems.js';

const SENTENCES: Sentences = {
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
  'department-unknown': [422, 'Unknown department', 'The city has no department with this id.'],
  'boolean-expected': [422, 'True or false expected', 'True or false stands here.'],
  'number-invalid': [422, 'Number out of bounds', 'A whole number from {least} to {most} stands here.'],
  'categories-too-large': [
    422,
    'Too many words',
    'All that the file says is more than {max} bytes. Make it smaller.',
  ],
};
/** Every code with which `readCategories` finds fault, beside what `city-file.problems.ts` has. */
export const CATEGORIES_FILE_PROBLEMS: readonly string[] = [...Object.keys(SENTENCES), 'code-invalid'];

registerSentences(SENTENCES);
