/** What this room refuses. */
import { registerProblems } from '../rest/problems.js';

registerProblems({
  'receipt-unknown': {
    status: 404,
    title: 'No such event',
    detail: 'No event of the log has this leaf hash. It is what the answer to a write calls leafHash.',
  },
  'log-unsigned': {
    status: 404,
    title: 'Not signed yet',
    detail:
      'No head of the log was signed yet, or not by enough witnesses: this takes a moment after the first event. Ask again soon.',
  },
  'tile-unknown': {
    status: 404,
    title: 'No such tile',
    detail: 'The log has no tile or bundle of this name and width. Its size is in /log/checkpoint.',
  },
  'too-many-bundles': {
    status: 429,
    title: 'Too many entry bundles',
    detail:
      'Your address has asked for more entries of the log than are read for one. Wait as long as Retry-After says and go on.',
  },
  'too-many-downloads': {
    status: 429,
    title: 'Too many downloads',
    detail: 'Your address has asked for too many bundles. Wait as long as Retry-After says.',
  },
  'contents-changed': {
    status: 503,
    title: 'A text has just gone',
    detail: 'A text was hidden or erased after the head that is shown was signed. Ask again in a moment.',
  },
  'tile-damaged': {
    status: 500,
    title: 'The tree is damaged',
    detail:
      'A tile that must be there is missing, or not as it must be. Nothing is lost: concejo doctor --repair makes it again from the events.',
  },
});
