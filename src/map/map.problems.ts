/** What the map refuses. */
import { registerSentences } from '../rest/problems.js';

registerSentences({
  'too-many-looks': [
    429,
    'Too many looks at the map',
    'Very much was asked of the map from your address. Wait as long as Retry-After says.',
  ],
});
