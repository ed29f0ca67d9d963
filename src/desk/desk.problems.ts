/** What the desk refuses beside what the room of matters does. */
import { registerSentences } from '../rest/problems.js';
import '../complaints/complaints.problems.js';

registerSentences({
  'nothing-chosen': [422, 'Nothing chosen', 'Choose one at least.'],
  'matters-too-many': [422, 'Too many matters', 'So many matters are answered at once: {max} at most.'],
  'template-unknown': [404, 'Unknown template', 'There is no such template (any more).'],
  'template-changed': [
    409,
    'Template changed',
    'Somebody else has changed this template. See how it is now.',
  ],
  'templates-too-many': [
    409,
    'Too many templates',
    'There are {max} templates at most. Withdraw one that nobody uses.',
  ],
  'template-other-category': [422, 'Template of another category', 'This template is not for such matters.'],
  'template-other-state': [422, 'Template of another state', 'This template leads to another state.'],
  'name-missing': [422, 'Name missing', 'Give it a name by which it is found.'],
  'placeholder-unknown': [
    422,
    'Unknown placeholder',
    'Nothing can be filled in for what stands in braces: {name}.',
  ],
  'placeholder-in-case': [
    422,
    'Not for everybody in the case',
    'The words would tell of this matter, which not everybody sees, to people of its case.',
  ],
  'placeholder-empty': [
    422,
    'Nothing to fill in',
    'The words name something that this matter does not have.',
  ],
});
