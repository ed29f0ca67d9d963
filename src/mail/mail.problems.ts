/** What this room refuses over REST. */
import { registerProblems } from '../rest/problems.js';

registerProblems({
  'mail-not-found': {
    status: 404,
    title: 'No such mail',
    detail: 'There is no mail with this id in the outbox. It may have been erased.',
  },
  'mail-moved-on': {
    status: 409,
    title: 'Mail moved on',
    detail:
      'This mail is not as it was when you looked: it was sent or tried meanwhile, or there is nobody to send it to. Look again.',
  },
});
