/** What is refused of figures. */
import { registerSentences } from '../rest/problems.js';

registerSentences({
  'year-without-matters': [
    404,
    'No matters in this year',
    'Nothing was filed in this year. See the years in which something was.',
  ],
});
