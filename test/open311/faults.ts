/** Ways in which a GeoReport server is wrong, each with a check that finds it. */
import type { Fault } from './throwaway-server.js';

type Rows = Record<string, unknown>[];

/** Alters each entry of the lists that `path` answers. */
function each(path: RegExp, alter: (row: Record<string, unknown>) => unknown): Fault {
  return {
    data: (data, at) => {
      if (path.test(at))
        for (const row of Array.isArray(data) ? (data as Rows) : [data as Rows[number]]) alter(row);
      return data;
    },
  };
}

const DISCOVERY = 'discovery has every field and names this endpoint with both formats';
const SERVICES = 'services are listed with every field';
const DEFINITION = 'a definition has its questions in an order of their own';
const VALUES = 'a question with a list has values with keys of their own';
const FILED = 'a request gets an id that leads to it at once';
const DESCRIPTION = 'a description has at most 4,000 characters, whatever their bytes are';
const LISTED = 'the last 90 days are listed, and at most 1,000';
const OLDER = 'one that is older is found between its dates';
const PAGES = 'pages are of the size asked for, one after the other, and end';
const CLOSED = 'a closed request tells when and why';
const RELEASE = 'before its release a request has its status and its service, and is in no list';
const HTML = 'a description with HTML is refused, and one with signs of comparison is not';
const LETTER = 'what is written comes back to the letter once it is public';
const UPDATES = 'updates lie between the dates asked for, and each has an id of its own';
const UPDATE_ID = 'an update gets an id, and is listed under no other';
const KEYS = 'no key, an empty one and a wrong one are forbidden';

/** What is wrong, the fault itself and the check that finds it. */
export const FAULTS: readonly (readonly [wrong: string, fault: Fault, found: string])[] = [
  // What every answer has.
  ['XML has no declaration', { text: (text) => text.replace(/^<\?xml.*\?>\n/, '') }, SERVICES],
  [
    'XML has a namespace',
    { text: (text) => text.replace('<services>', '<services xmlns="http://wiki.open311.org/GeoReport_v2">') },
    SERVICES,
  ],
  [
    'an element has an attribute',
    { text: (text) => text.replace('<service_code>', '<service_code type="string">') },
    SERVICES,
  ],
  [
    'a foreign element stands among the others',
    { text: (text) => text.replace('<service>', '<service><id>1</id>') },
    SERVICES,
  ],
  [
    'JSON has an object around its list',
    { text: (text) => (text.startsWith('[') ? `{"services":${text}}` : text) },
    SERVICES,
  ],
  ['the charset is not said', { head: (head) => (head.type = head.type.split(';')[0] ?? '') }, SERVICES],
  [
    'XML is sent as application/xml',
    { head: (head) => (head.type = head.type.replace('text/', 'application/')) },
    SERVICES,
  ],
  ['true and false are words in JSON', each(/^services$/, (row) => (row.metadata = 'yes')), SERVICES],
  ['an answer is made with 201', { head: (head, path) => path === 'requests' && (head.status = 201) }, FILED],
  [
    'the formats differ',
    { text: (text) => text.replace(/"Ask us"/, '"Ask them"') },
    'XML and JSON say the same',
  ],
  ['a code of an error is its own', { belief: 'codes are its own' }, 'an unknown service has no definition'],
  ['an error says nothing', { belief: 'words say nothing' }, KEYS],
  [
    'an error is no list',
    { data: (data, at) => (at === 'nothing' ? { error: 'no' } : data) },
    'an address or a format that is not there is refused as everything is',
  ],
  [
    'what is not there is a bad request',
    { belief: 'unknown paths are 400' },
    'an address or a format that is not there is refused as everything is',
  ],
  // Discovery, services and definitions.
  ['discovery leaves a field out', each(/^discovery$/, (row) => delete row.key_service), DISCOVERY],
  [
    'discovery names another endpoint',
    each(/^discovery$/, (row) => ((row.endpoints as Rows)[0]!.url = 'https://example.org/')),
    DISCOVERY,
  ],
  [
    'discovery hides JSON',
    each(/^discovery$/, (row) => ((row.endpoints as Rows)[0]!.formats = ['text/xml'])),
    DISCOVERY,
  ],
  ['a service has no group', each(/^services$/, (row) => delete row.group), SERVICES],
  [
    'a code has a comma',
    each(/^services$/, (row) => (row.service_code = `${String(row.service_code)},1`)),
    SERVICES,
  ],
  [
    'no service has questions',
    each(/^services$/, (row) => (row.metadata = false)),
    'a service says whether it has questions, and how it answers',
  ],
  [
    'every service is realtime',
    each(/^services$/, (row) => (row.type = 'realtime')),
    'a service says whether it has questions, and how it answers',
  ],
  [
    'a keyword is empty',
    each(/^services$/, (row) => (row.keywords = 'street,, night')),
    'keywords stand with commas between them',
  ],
  [
    'an order is used twice',
    each(/^services\/./, (row) => (row.attributes as Rows | undefined)?.forEach((one) => (one.order = 1))),
    DEFINITION,
  ],
  [
    'an order is zero',
    each(/^services\/./, (row) =>
      (row.attributes as Rows | undefined)?.forEach((one) => (one.order = Number(one.order) - 1)),
    ),
    DEFINITION,
  ],
  [
    'a list has no values',
    each(/^services\/./, (row) => (row.attributes as Rows | undefined)?.forEach((one) => (one.values = []))),
    VALUES,
  ],
  [
    'every service has a definition',
    { belief: 'every service has a definition' },
    'an unknown service has no definition',
  ],
  [
    'a parameter that nobody knows changes the list',
    { belief: 'unknown parameters choose' },
    'an empty parameter, or one that nobody knows, changes nothing',
  ],
  // Filing.
  [
    'an id and a token are given both',
    each(/^requests$/, (row) => 'account_id' in row && (row.token = 't-1')),
    FILED,
  ],
  [
    'an id has a slash',
    each(/^requests$/, (row) => (row.service_request_id = `2026/${String(row.service_request_id)}`)),
    FILED,
  ],
  ['a number is no text', each(/^requests$/, (row) => (row.service_code = 7)), LISTED],
  ['a token leads to another request', { belief: 'token leads astray' }, 'a token leads to an id'],
  ['any token leads somewhere', { belief: 'any token does' }, 'an unknown token leads nowhere'],
  ['an address id is no location', { belief: 'address_id is no place' }, 'each kind of location is enough'],
  [
    'no location is needed',
    { belief: 'no place is needed' },
    'no location, half a location and a wrong one are refused',
  ],
  [
    'the whole world is the city',
    { belief: 'the world is the city' },
    'a location outside the city is refused',
  ],
  [
    'an unknown service is a bad request',
    { belief: 'unknown service is 400' },
    'no service code is refused, and an unknown one is not found',
  ],
  ['no key is needed', { belief: 'keys are not asked for' }, KEYS],
  ['a missing key is 401', { belief: 'no key is 401' }, KEYS],
  ['bytes are counted for characters', { belief: 'bytes are counted' }, DESCRIPTION],
  ['a description has no end', { belief: 'words are endless' }, DESCRIPTION],
  ['HTML is taken', { belief: 'html is taken' }, HTML],
  ['no sign of comparison is taken', { belief: 'no < at all' }, HTML],
  [
    'words are written twice over',
    { data: (data) => JSON.parse(JSON.stringify(data).replaceAll('&', '&amp;')) as unknown },
    LETTER,
  ],
  [
    'line breaks are lost',
    each(/^requests\//, (row) => (row.description = String(row.description).replace(/\s+/g, ' '))),
    LETTER,
  ],
  [
    'any character is taken',
    { belief: 'any character is taken' },
    'a character that XML cannot have is refused',
  ],
  [
    'unknown attributes are refused',
    { belief: 'unknown attributes are refused' },
    'what FixMyStreet sends along is not refused',
  ],
  [
    'an empty field is refused',
    { belief: 'empty is something' },
    'no service code is refused, and an unknown one is not found',
  ],
  [
    'lists need brackets',
    { belief: 'brackets are needed' },
    'several answers to one question arrive in both forms',
  ],
  [
    'a list takes any value',
    { belief: 'any value is in a list' },
    'several answers to one question arrive in both forms',
  ],
  [
    'no question must be answered',
    { belief: 'nothing is required' },
    'a required question must be answered, and the refusal names it',
  ],
  ['any answer does', { belief: 'any answer does' }, 'an answer must be of its datatype'],
  ['one of a list may be two', { belief: 'one may be two' }, 'one of a list is one'],
  [
    'a photo is lost',
    each(/^requests\//, (row) => (row.media_url = null)),
    'a photo comes as a part of the form and is public with the request',
  ],
  [
    'a photo is shown as a page',
    { belief: 'photo is a page' },
    'a photo comes as a part of the form and is public with the request',
  ],
  ['any file is a photo', { belief: 'any file is a photo' }, 'what is no picture is refused'],
  ['each form is a new request', { belief: 'each form is new' }, 'the same form twice is one request'],
  ['all forms are one request', { belief: 'forms are one' }, 'the same form twice is one request'],
  ['the reporter is shown', { belief: 'reporters are shown' }, 'who reports is shown to nobody'],
  // Lists.
  ['a list has no end', { belief: 'no list ends' }, LISTED],
  ['everything is recent', { belief: 'everything is recent' }, LISTED],
  ['a start is ignored', { belief: 'a start is ignored' }, 'a start alone bounds the list'],
  ['an end is ignored', { belief: 'an end is ignored' }, OLDER],
  ['a start is ignored between two dates', { belief: 'a start is ignored' }, OLDER],
  [
    'a span has no end',
    { belief: 'spans are endless' },
    'a span of 90 days is listed, and a longer one refused',
  ],
  ['any date does', { belief: 'any date does' }, 'a wrong date is refused'],
  [
    'a status is ignored',
    { belief: 'status is ignored' },
    'a status chooses, several do, and an unknown one is refused',
  ],
  [
    'any status is known',
    { belief: 'any status is known' },
    'a status chooses, several do, and an unknown one is refused',
  ],
  [
    'a service code is ignored',
    { belief: 'service codes are ignored' },
    'a service code chooses, several do, and an unknown one chooses nothing',
  ],
  [
    'only the first of several codes counts',
    { belief: 'one code counts' },
    'a service code chooses, several do, and an unknown one chooses nothing',
  ],
  [
    'only one parameter of a name counts',
    { belief: 'one parameter counts' },
    'codes with a comma between them may come as parameters of one name',
  ],
  [
    'filters go before ids',
    { belief: 'filters go first' },
    'ids choose, whatever else is asked for, and an unknown one is left out',
  ],
  [
    'every id of a list must be known',
    { belief: 'all ids must be known' },
    'ids choose, whatever else is asked for, and an unknown one is left out',
  ],
  ['pages are ignored', { belief: 'pages are ignored' }, PAGES],
  ['any page is a page', { belief: 'any page is a page' }, PAGES],
  ['extensions always come', { belief: 'extensions always come' }, 'extensions come when they are asked for'],
  ['extensions never come', { belief: 'extensions never come' }, 'extensions come when they are asked for'],
  [
    'notes come in any order',
    each(/^requests\//, (row) => (row.notes as Rows | undefined)?.reverse()),
    'extensions come when they are asked for',
  ],
  ['an unknown request is a bad request', { belief: 'unknown is 400' }, 'an unknown request is not found'],
  ['one for staff alone is shown', { belief: 'hidden is shown' }, 'one for staff alone is not found'],
  [
    'one for staff alone is listed by its id',
    { belief: 'hidden is listed' },
    'one for staff alone is not found',
  ],
  ['all is told at once', { belief: 'all is told at once' }, RELEASE],
  ['lists show what is not public', { belief: 'lists show all' }, RELEASE],
  [
    'latitude and longitude are turned',
    each(/^requests\//, (row) => ([row.lat, row.long] = [row.long, row.lat])),
    'a public request has its place in numbers',
  ],
  [
    'an address is lost',
    each(/^requests\//, (row) => (row.address = null)),
    'a public request has its place in numbers',
  ],
  ['the time of closing is lost', { belief: 'closing time is lost' }, CLOSED],
  ['nobody says why it is closed', each(/^requests\//, (row) => (row.status_notes = null)), CLOSED],
  [
    'an empty parameter is a wrong one',
    { belief: 'empty is something' },
    'an empty parameter of the list means the same as none',
  ],
  ['a date has no zone', { text: (text) => text.replaceAll('Z<', '<').replaceAll('Z"', '"') }, LISTED],
  // Updates.
  ['updates are for everybody', { belief: 'updates need no key' }, 'updates are for whoever has a key'],
  [
    'the status of an update is lost',
    each(/updates$/, (row) => 'status' in row && (row.status = 'CLOSED')),
    'what staff did is among the updates of its hour, and of no other',
  ],
  [
    'the hour of updates is ignored',
    { belief: 'windows are ignored' },
    'what staff did is among the updates of its hour, and of no other',
  ],
  [
    'an update has a status that nobody knows',
    each(/updates$/, (row) => 'status' in row && (row.status = 'DONE')),
    UPDATES,
  ],
  ['two updates have one id', each(/updates$/, (row) => 'status' in row && (row.update_id = 'u-1')), UPDATES],
  [
    'updates tell of what is not public',
    { belief: 'updates tell all' },
    'nothing is told of what is not public',
  ],
  [
    'updates need dates',
    { belief: 'no dates, no updates' },
    'updates without dates, or with one, are those of the last day',
  ],
  ['time may run backwards', { belief: 'time runs backwards' }, 'wrong dates of updates are refused'],
  ['an update is listed under another id', { belief: 'updates are renamed' }, UPDATE_ID],
  ['all updates have one id', { belief: 'updates are one' }, UPDATE_ID],
  ['the same update is taken twice', { belief: 'updates come twice' }, 'the same update twice is refused'],
  [
    'any request is updated',
    { belief: 'any request is updated' },
    'an update of an unknown request is not found',
  ],
  [
    'an update needs no field',
    { belief: 'updates need nothing' },
    'each field that an update needs is asked for',
  ],
  ['any update is taken', { belief: 'any update does' }, 'an update with a wrong field is refused'],
  [
    'what is older overrides',
    { belief: 'older overrides' },
    'an update moves the state, and one that is older never does',
  ],
  [
    'a status of FixMyStreet is not known',
    { belief: 'few statuses are known' },
    'what FixMyStreet sends along with an update is not refused',
  ],
  [
    'updates tell who wrote',
    { belief: 'updates tell who wrote' },
    'what FixMyStreet sends along with an update is not refused',
  ],
  [
    'an empty field is something',
    { belief: 'every field is needed' },
    'an empty field means the same as none',
  ],
];
