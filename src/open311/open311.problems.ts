/**
 * What this room refuses. The statuses are those of the specification: 404 for what is not there, 403 for keys, 400 for all
 * else.
 */
import { registerProblems } from '../rest/problems.js';

registerProblems({
  'open311-off': {
    status: 404,
    title: 'Open311 is off',
    detail: 'This city takes and shows nothing by Open311.',
  },
  'open311-address-unknown': {
    status: 404,
    title: 'Unknown address',
    detail: 'There is nothing at this address. Compare it with the GeoReport v2 specification.',
  },
  'open311-method-wrong': {
    status: 400,
    title: 'Wrong method',
    detail: 'This address does not take this method, or needs the name of what is asked for.',
  },
  'open311-key-missing': {
    status: 403,
    title: 'Key missing',
    detail: 'A key is needed. Discovery says where to get one.',
  },
  'open311-key-unknown': {
    status: 403,
    title: 'Unknown key',
    detail: 'This key is not known here, or not any more. Discovery says where to get one.',
  },
  'open311-too-much': {
    status: 400,
    title: 'Too much at once',
    detail: 'More comes from there than is taken in a minute. Wait as long as Retry-After says.',
  },
  'open311-missing': { status: 400, title: 'Field missing', detail: 'This field is needed.' },
  'open311-date-wrong': {
    status: 400,
    title: 'Wrong date',
    detail: 'This must be a date and time with its zone, such as 2026-05-24T00:00:00Z.',
  },
  'open311-date-ahead': { status: 400, title: 'Date to come', detail: 'This is yet to come.' },
  'open311-span-wrong': {
    status: 400,
    title: 'Wrong span',
    detail: 'start_date comes before end_date, and at most {days} days lie between them.',
  },
  'open311-status-wrong': { status: 400, title: 'Unknown status', detail: 'The status is one of {known}.' },
  'open311-number-wrong': {
    status: 400,
    title: 'Wrong number',
    detail: 'This must be a whole number from 1 on.',
  },
  'open311-location-missing': {
    status: 400,
    title: 'Location missing',
    detail: 'A location is needed: lat and long, address_string or address_id.',
  },
  'open311-location-wrong': {
    status: 400,
    title: 'Wrong location',
    detail: 'lat and long must both be degrees (WGS84) such as 43.5453 and -5.6615.',
  },
  'open311-too-long': {
    status: 400,
    title: 'Too long',
    detail: 'This has more than {max} characters. Shorten it.',
  },
  'open311-html': {
    status: 400,
    title: 'HTML',
    detail: 'This has HTML or code in it. Send plain words.',
  },
  'open311-character': {
    status: 400,
    title: 'Control character',
    detail: 'This has a character that is not seen and that XML does not have.',
  },
  'open311-service-unknown': {
    status: 404,
    title: 'Unknown service',
    detail: 'There is no such service.',
  },
  'open311-request-unknown': {
    status: 404,
    title: 'Unknown request',
    detail: 'There is no such request.',
  },
  'open311-token-unknown': {
    status: 404,
    title: 'Unknown token',
    detail: 'There is no such token, or its request is not yet confirmed by who made it.',
  },
  'open311-update-known': {
    status: 400,
    title: 'Update known',
    detail: 'An update with this id exists already.',
  },
});
