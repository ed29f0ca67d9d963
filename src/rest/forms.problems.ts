/** How forms are refused. */
import { registerProblems } from './problems.js';

/** For the description of an address that reads a form with files. */
export const FORM_PROBLEMS = [
  'form-malformed',
  'form-too-many-parts',
  'form-field-too-long',
  'form-too-slow',
  'file-too-large',
  'body-too-large',
  'media-type-unsupported',
  'overloaded',
] as const;

registerProblems({
  'form-malformed': {
    status: 400,
    title: 'Malformed form',
    detail: 'The form is not whole, or not a form. Send it again as multipart/form-data.',
  },
  'form-too-many-parts': {
    status: 413,
    title: 'Too many fields or files',
    detail: 'The form has more fields or files than are taken here. Send fewer.',
  },
  'form-field-too-long': {
    status: 413,
    title: 'Field too long',
    detail: 'One field has more than {max} bytes. Shorten it.',
  },
  'form-too-slow': {
    status: 408,
    title: 'Form too slow',
    detail: 'The form took too long to arrive. Try again with a better connection or a smaller file.',
  },
  'file-too-large': {
    status: 413,
    title: 'File too large',
    detail: 'The file has more than {max} bytes. Make it smaller.',
  },
});
