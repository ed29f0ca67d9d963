/** What this room refuses. */
import { registerProblems } from '../rest/problems.js';

/** With which `Contents.addTexts` refuses words. */
export const TEXT_PROBLEMS = [
  'text-missing',
  'text-empty',
  'text-too-long',
  'text-malformed',
  'text-control-character',
  'text-language-invalid',
  'text-languages-too-many',
] as const;

registerProblems({
  'content-unknown': {
    status: 404,
    title: 'Unknown content',
    detail: 'There is no such text or file, or it is not public.',
  },
  'content-hidden': {
    status: 410,
    title: 'Content hidden',
    detail: 'This was public and was hidden by staff.',
  },
  'content-erased': {
    status: 410,
    title: 'Content erased',
    detail: 'This was erased. The log holds that it was and on which ground.',
  },
  'content-already-released': {
    status: 409,
    title: 'Content public already',
    detail: 'This is shown to everybody already.',
  },
  'content-never-shown': {
    status: 409,
    title: 'Content never shown',
    detail:
      'Only what was public and was hidden is shown again here. What was never public is shown by its own room alone.',
  },
  'content-not-released': {
    status: 409,
    title: 'Content not public',
    detail: 'Only what is public can be hidden, and this is not.',
  },
  'contents-too-many': {
    status: 422,
    title: 'Too many contents',
    detail: 'At most {max} contents are released at once. Send them in several requests.',
  },
  'text-missing': { status: 422, title: 'Text missing', detail: 'Give the text in one language at least.' },
  'text-empty': { status: 422, title: 'Text empty', detail: 'There are no words in this text.' },
  'text-too-long': {
    status: 422,
    title: 'Text too long',
    detail: 'This text has more than {max} characters. Shorten it.',
  },
  'text-malformed': {
    status: 422,
    title: 'Text malformed',
    detail: 'This is not a text of whole characters.',
  },
  'text-control-character': {
    status: 422,
    title: 'Control character in text',
    detail:
      'The text has a character that is not seen and changes what is. Type the words anew instead of pasting them.',
  },
  'text-language-invalid': {
    status: 422,
    title: 'Language invalid',
    detail: 'A language is a BCP 47 code in lower case, such as es or ast.',
  },
  'text-languages-too-many': {
    status: 422,
    title: 'Too many languages',
    detail: 'A text has at most {max} languages.',
  },
  'file-empty': { status: 422, title: 'File empty', detail: 'The file has no bytes.' },
  'file-too-large': {
    status: 413,
    title: 'File too large',
    detail: 'The file has more than {max} bytes. Make it smaller.',
  },
  'file-type-not-allowed': {
    status: 415,
    title: 'Kind of file not allowed',
    detail: 'Only JPEG, PNG, WebP and PDF are taken.',
  },
  'file-type-mismatch': {
    status: 422,
    title: 'File is of another kind',
    detail: 'The file is {found} and was sent as {declared}.',
  },
});
