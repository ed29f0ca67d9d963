/** What this room refuses over REST. Problems of a city's file have codes of their own: see `city-file.ts`. */
import { registerProblems } from '../rest/problems.js';

registerProblems({
  'city-not-described': {
    status: 404,
    title: 'City not described',
    detail: 'Nobody has described the city yet. Whoever runs the site imports its file.',
  },
  'area-unknown': { status: 404, title: 'Unknown area', detail: 'The city has no area with this id.' },
  'holidays-not-declared': {
    status: 404,
    title: 'Holidays not declared',
    detail: 'The holidays of this year are not declared (yet).',
  },
});
