import { describe, expect, it } from '@jest/globals';
import { parseOpen311 } from '../../src/open311/open311-setting.js';
import { parseInstant, Parameters } from '../../src/open311/parameters.js';
import { requestFormOf } from '../../src/open311/request-form.js';
import { actOf, type ExtendedStatus } from '../../src/open311/update-form.js';
import { writeXml } from '../../src/open311/xml.js';
import { hashKey } from '../../src/staff/keys.js';

const form = { service_code: 'lights', lat: '43.5', long: '-5.6', description: 'Una farola' };

describe('what Open311 clients send', () => {
  it('has its media told in the words, and nothing of it fetched', () => {
    const media_url = ['https://fms.example.org/1.jpeg', 'file:///etc/passwd'];
    expect(requestFormOf(new Parameters({ ...form, media_url })).words).toBe(
      'Una farola\n\nhttps://fms.example.org/1.jpeg',
    );
  });

  it('is in microdegrees, and names nobody with a hyphen', () => {
    const names = { first_name: 'Sara', last_name: '-' };
    expect(requestFormOf(new Parameters({ ...form, ...names }))).toMatchObject({
      place: { lat: 43_500_000, long: -5_600_000 },
      reporter: { name: 'Sara' },
    });
  });

  it('is cut between characters, never in one', () => {
    const first_name = `${'a'.repeat(199)}😀😀`;
    expect(requestFormOf(new Parameters({ ...form, first_name })).reporter.name).toBe(`${'a'.repeat(199)}😀`);
  });

  it.each([
    ['2026-02-28T23:59:59Z', true],
    ['2024-02-29T00:00:00+02:00', true],
    ['2026-02-29T00:00:00Z', false],
    ['2026-02-28T24:00:00Z', false],
    ['2026-02-28', false],
    ['2026-02-28T00:00:00', false],
  ])('has the date %s: %s', (text, isDate) => {
    expect(parseInstant(text) !== undefined).toBe(isDate);
  });
});

describe('an update', () => {
  const filedAt = '2026-11-01T08:00:00.000Z';
  const closed = {
    state: 'resolved',
    stateKind: 'fixed',
    stateAt: '2026-11-02T08:00:00.500Z',
    filedAt,
  } as const;
  const now = Date.parse('2026-11-03T08:00:00.000Z');
  const at = Date.parse('2026-11-03T07:00:00Z');
  const act = (status: ExtendedStatus, more: { at?: number; moves?: boolean } = {}) =>
    actOf({ status, at: more.at ?? at }, closed, more.moves ?? true, now);

  it('of a client that moves nothing is what somebody adds', () => {
    expect(act('FIXED', { moves: false })).toEqual({ do: 'add' });
  });

  it('opens a closed matter again, so that it leaves its trace', () => {
    for (const status of ['OPEN', 'REOPEN', 'IN_PROGRESS', 'PLANNED'] as const) {
      expect(act(status)).toEqual({ do: 'reopen' });
    }
    expect(act('UNCHANGED')).toMatchObject({ do: 'move', state: 'resolved' });
  });

  it('that is older than the state opens nothing, and happened no earlier than the filing', () => {
    const early = { at: Date.parse('2026-10-01T08:00:00Z') };
    expect(act('IN_PROGRESS', early)).toEqual({ do: 'move', state: 'in-progress', happenedAt: filedAt });
  });

  it('of the very second of the state comes after it', () => {
    expect(act('CLOSED', { at: Date.parse('2026-11-02T08:00:00Z') })).toEqual({
      do: 'answer',
      state: 'answered',
      happenedAt: '2026-11-02T08:00:00.999Z',
    });
  });
});

it('XML has neither what it cannot write nor anything but elements', () => {
  expect(writeXml('service_requests', [{ a: 'x & <y>\r\n\u0001', b: null, c: undefined, d: true }])).toBe(
    '<?xml version="1.0" encoding="utf-8"?>\n<service_requests><request><a>x &amp; &lt;y&gt;&#13;\n\ufffd</a><b></b>' +
      '<d>true</d></request></service_requests>\n',
  );
});

describe('the setting of Open311', () => {
  const key = { name: 'works', keyHash: hashKey('k') };
  it('has keys that move nothing by default', () => {
    expect(parseOpen311({ contact: 'us', keys: [key] })).toEqual({
      contact: 'us',
      keyService: 'us',
      type: 'production',
      keys: [{ ...key, moves: false }],
    });
  });

  it.each([
    [null],
    [{ contact: '' }],
    [{ contact: 'us', type: 'live' }],
    [{ contact: 'us', keys: {} }],
    [{ contact: 'us', keys: [{ ...key, name: 'Sara Pidal' }] }],
    [{ contact: 'us', keys: [{ ...key, keyHash: 'short' }] }],
    [{ contact: 'us', keys: [key, { ...key, name: 'other' }] }],
  ])('refuses %j', (setting) => {
    expect(parseOpen311(setting)).toEqual(expect.any(String));
  });
});
