/** What this room refuses. */
import '../contents/contents.problems.js';
import { registerProblems } from '../rest/problems.js';

/** With which `Photos.add` refuses photos. */
export const PHOTO_PROBLEMS = [
  'file-empty',
  'file-too-large',
  'file-type-mismatch',
  'photo-type-not-allowed',
  'photo-is-heic',
  'photo-damaged',
  'photo-too-many-pixels',
  'photo-too-costly',
  'photos-too-many',
  'overloaded',
] as const;

/** With which `Photos.redact` does. */
export const REDACTION_PROBLEMS = [
  'photo-unknown',
  'boxes-missing',
  'boxes-too-many',
  'box-malformed',
  'photo-damaged',
  'photo-too-costly',
  'overloaded',
] as const;

registerProblems({
  'photo-type-not-allowed': {
    status: 415,
    title: 'Not a photo',
    detail: 'Photos are taken as JPEG, PNG or WebP. Save or share the photo as JPEG and send that.',
  },
  'photo-is-heic': {
    status: 415,
    title: 'HEIC is not taken',
    detail:
      'This photo is in the HEIC format. Share or export it as JPEG and send that. On an iPhone, new photos are JPEG once Settings, Camera, ' +
      'Formats says “Most compatible”.',
  },
  'photo-damaged': {
    status: 422,
    title: 'Photo damaged',
    detail: 'This file cannot be read to its end as a photo. Send it again, or another one.',
  },
  'photo-too-many-pixels': {
    status: 422,
    title: 'Photo has too many pixels',
    detail: 'Photos have {max} million pixels at most. Make it smaller and send it again.',
  },
  'photo-too-costly': {
    status: 422,
    title: 'Photo takes too long',
    detail: 'This photo takes too long to read. Save it as JPEG, or make it smaller, and send it again.',
  },
  'photos-too-many': {
    status: 429,
    title: 'Too many photos',
    detail: 'So many photos are taken from one person in a day. Wait as long as Retry-After says.',
  },
  'photo-unknown': {
    status: 422,
    title: 'Unknown photo',
    detail: 'There is no photo with this id. Send it again.',
  },
  'boxes-missing': {
    status: 422,
    title: 'No boxes',
    detail: 'Say with one box at least what is to be made unreadable.',
  },
  'boxes-too-many': {
    status: 422,
    title: 'Too many boxes',
    detail: 'A photo takes {max} boxes at once. Cover more with one box.',
  },
  'box-malformed': {
    status: 422,
    title: 'Box outside the photo',
    detail: 'A box is in whole pixels or thousandths, has a size, and covers a part of the photo.',
  },
});
