/** What this room refuses. */
import { registerProblems } from '../rest/problems.js';

registerProblems({
  'view-unknown': {
    status: 404,
    title: 'No such view',
    detail: 'There is no view of this name. /api/v1/views lists them.',
  },
});
