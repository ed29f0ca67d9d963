/** When a reporter is asked whether it is fixed, and about what she never is. */
import { describe, expect, it } from '@jest/globals';
import { mattersView } from '../../projections/matters.view.js';
import { questionnaireMail } from '../../src/complaints/matter-mails.js';
import { askedAt, closingOf } from '../../src/complaints/questionnaire.js';
import { answered, CASE, filed, folded, LAMP, minute, moved, refOf, released } from './matter-events.js';

type Events = Parameters<typeof folded>[1][];

function closing(...events: Events): string | undefined {
  const row = folded(mattersView, ...events).get(LAMP);
  return row && closingOf(row);
}

describe('what is asked about', () => {
  it('is a matter that is closed, since it was by the clock of the log, whatever was said of when', () => {
    expect(closing(filed)).toBeUndefined();
    expect(closing(filed, released, answered())).toBe(minute(2));
    expect(closing(filed, moved('answered', { stateKind: 'closed', happenedAt: minute(3) }))).toBe(minute(1));
    // Found to be fixed later: it was closed before.
    const fixed = moved('resolved', { stateKind: 'fixed', happenedAt: minute(12) });
    expect(closing(filed, answered({ state: 'answered', stateKind: 'closed' }), fixed)).toBe(minute(1));
  });

  it('is nothing that is open again, and anew what is closed again', () => {
    const reopened: Events[number] = ['MatterReopened', { matterId: LAMP, by: 'staff' }];
    expect(closing(filed, answered(), reopened)).toBeUndefined();
    expect(closing(filed, answered(), reopened, answered({ happenedAt: minute(30) }))).toBe(minute(3));
  });

  it('is nothing that cannot be opened again, and no thanks', () => {
    expect(closing(filed, moved('void', { stateKind: 'closed' }))).toBeUndefined();
    expect(closing(filed, ['MatterDuplicated', { matterId: LAMP, of: CASE }])).toBeUndefined();
    expect(
      closing(filed, answered(), ['MatterErased', { matterId: LAMP, basis: 'gdpr-17' }]),
    ).toBeUndefined();
    const thanks: Events[number] = [
      'MatterFiled',
      { matterId: LAMP, kind: 'thanks', details: refOf('details') },
    ];
    expect(closing(thanks, answered())).toBeUndefined();
  });
});

describe('when she is asked', () => {
  it('is four weeks later to the minute, and at once where it is told late', () => {
    expect(askedAt('2026-10-01T08:00:00.000Z', '2026-10-01T09:00:00.000Z').toISOString()).toBe(
      '2026-10-29T08:00:00.000Z',
    );
    expect(askedAt('2026-10-01T08:00:00.000Z', '2026-12-01T09:00:00.000Z').toISOString()).toBe(
      '2026-12-01T09:00:00.000Z',
    );
  });
});

describe('the mail that asks', () => {
  it.each([
    ['es', 'es', '¿Está arreglado? Tu asunto'],
    ['ast', 'ast', '¿Ta iguao? El to asuntu'],
    ['en-GB', 'en', 'Is it fixed? Your matter'],
    ['pl', 'es', '¿Está arreglado? Tu asunto'],
  ])('to who reads %s is in %s, with her link', (tag, language, subject) => {
    const [mail, ...more] = questionnaireMail({ email: 'ana@example.org', language: tag }, LAMP, {
      ownLink: 'https://v/#l',
      about: { es: 'Farola', en: 'Street lamp' },
    });
    expect(more).toEqual([]);
    expect(mail).toMatchObject({ kind: 'matter-questionnaire', to: 'ana@example.org', language });
    expect(mail?.subject).toBe(`${subject} ${LAMP.slice(0, 8)}`);
    expect(mail?.text).toContain('\nhttps://v/#l\n');
    const about = language === 'en' ? 'Street lamp' : 'Farola';
    expect(mail?.text.split('\n', 1)[0]).toMatch(new RegExp(`^\\w+ ${LAMP.slice(0, 8)}: ${about}\\.$`));
  });

  it('is for nobody without an address', () => {
    expect(questionnaireMail({ language: 'es' }, LAMP, {})).toEqual([]);
  });
});
