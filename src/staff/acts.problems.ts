/** Why an act of two persons is refused. */
import { registerProblems } from '../rest/problems.js';

registerProblems({
  'act-not-found': { status: 404, title: 'No such act', detail: 'There is no act with this id.' },
  'act-kind-unknown': {
    status: 422,
    title: 'Unknown kind of act',
    detail: 'There is no act of this kind. See the description of the API.',
  },
  'act-decided': {
    status: 409,
    title: 'Act decided',
    detail: 'This act was approved or withdrawn already. Look at it to see what became of it.',
  },
  'act-being-carried-out': {
    status: 409,
    title: 'Act being decided',
    detail:
      'Somebody is approving, withdrawing or carrying out this act at this moment. Look at it in a moment to see what became of it.',
  },
  'clock-steady': {
    status: 409,
    title: 'Clock is steady',
    detail: 'The clock was not moved: there is nothing to confirm.',
  },
  'act-expired': {
    status: 409,
    title: 'Act expired',
    detail: 'This act waited more than seven days. Propose it again.',
  },
  'same-person': {
    status: 409,
    title: 'Same person',
    detail: 'You proposed this act yourself, which counts as your approval. Another person must approve it.',
  },
  'approval-body-required': {
    status: 422,
    title: 'Second entry required',
    detail: 'The second person must bring the same again, on her own. Send it as body.',
  },
  'approval-body-unexpected': {
    status: 422,
    title: 'No body expected',
    detail: 'This kind of act is approved as it is. Leave body out.',
  },
  'approval-key-not-held': {
    status: 409,
    title: 'Approval key not held',
    detail:
      'The settings list an approval key for you that does not come from your key, so that the server cannot sign for you.',
  },
});
