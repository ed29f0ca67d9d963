/** What of a mail may be more than it is: nothing. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isUnsubscribeAddress, mailAddress, plainText, subjectLine } from '../../src/mail/mail.js';
import { messageBytes } from '../../src/mail/message.js';
import { headerOf } from './mail-server.js';

const from = { address: 'no-reply@villa.example', name: 'Villa' };
const mail = {
  id: '3f6d6a52-5d1e-8c9e-8b6e-1f0b5a2f4c11',
  language: 'es',
  recipient: 'ana@example.org',
  subject: 'Su aviso',
  text: 'Hola\n',
  madeAt: new Date('2026-11-27T08:00:00.000Z'),
  tries: 1,
};
const written = async (more: Partial<typeof mail> & { unsubscribe?: string } = {}) =>
  Buffer.from(await messageBytes({ ...mail, ...more }, from)).toString('latin1');

describe('an address', () => {
  it.each([
    ['ana@example.org', 'ana@example.org'],
    [' Ana.B+x@Example.ORG ', 'Ana.B+x@example.org'],
    ['ana@peñamellera.es', 'ana@xn--peamellera-u9a.es'],
    [`${'a'.repeat(64)}@example.org`, `${'a'.repeat(64)}@example.org`],
  ])('%j is one', (given, address) => {
    expect(mailAddress(given)).toBe(address);
  });

  it.each([
    '',
    'ana',
    '@example.org',
    'ana@',
    'ana@example',
    'ana@localhost',
    'ana@127.0.0.1',
    'ana@[127.0.0.1]',
    '"ana b"@example.org',
    'a..b@example.org',
    '.a@example.org',
    'ana@example.org,bea@example.org',
    'ana@bea@example.org',
    'Ana <ana@example.org>',
    'ana@example.org>\r\nRCPT TO:<bea@example.org',
    'ana@exam\nple.org',
    'ana\r\nBcc: bea@example.org',
    'añá@example.org',
    'ana@example.org/../x',
    'ana@ex%61mple.org',
    `${'a'.repeat(65)}@example.org`,
    `ana@${'a.'.repeat(130)}org`,
  ])('%j is none', (given) => {
    expect(mailAddress(given)).toBeUndefined();
  });

  it('that is one stays as it is, and has nothing that ends a line, a path or a list', () => {
    fc.assert(
      fc.property(fc.oneof(fc.emailAddress(), fc.string({ unit: 'binary' })), (given) => {
        const address = mailAddress(given);
        if (address === undefined) return;
        expect(mailAddress(address)).toBe(address);
        expect(address).toMatch(/^[\x21-\x7e]{3,254}$/);
        expect(address).not.toMatch(/[<>,;:\\"()[\]\s]/);
      }),
    );
  });
});

describe('a message', () => {
  it('is plain text with who, what and when, the same at every try', async () => {
    const text = await written({ subject: 'Tu aviso nº 7, día 3', text: 'Grúa en la calle.\n.\nAdiós\n' });
    expect(
      await written({ subject: 'Tu aviso nº 7, día 3', text: 'Grúa en la calle.\n.\nAdiós\n', tries: 2 }),
    ).toBe(text);
    expect(headerOf(text, 'From')).toBe('Villa <no-reply@villa.example>');
    expect(headerOf(text, 'To')).toBe('ana@example.org');
    expect(headerOf(text, 'Date')).toBe('Fri, 27 Nov 2026 08:00:00 +0000');
    expect(headerOf(text, 'Message-ID')).toBe('<3f6d6a52-5d1e-8c9e-8b6e-1f0b5a2f4c11@villa.example>');
    expect(headerOf(text, 'Auto-Submitted')).toBe('auto-generated');
    expect(headerOf(text, 'Content-Language')).toBe('es');
    expect(headerOf(text, 'Content-Type')).toBe('text/plain; charset=utf-8');
    expect(headerOf(text, 'Subject')).toMatch(/^=\?UTF-8\?Q\?Tu_aviso_n=C2=BA_7/);
    expect(text).toContain('Gr=C3=BAa en la calle.');
    expect(headerOf(text, 'List-Unsubscribe')).toBeUndefined();
  });

  it('of a subscription says how it ends', async () => {
    const unsubscribe = `https://vota.example.org/unsubscribe/${'x'.repeat(200)}`;
    const text = await written({ unsubscribe });
    expect(headerOf(text, 'List-Unsubscribe')).toBe(`<${unsubscribe}>`);
    expect(headerOf(text, 'List-Unsubscribe-Post')).toBe('List-Unsubscribe=One-Click');
    for (const wrong of [
      'javascript:x',
      'https://a>\r\nBcc: b@example.org',
      'https://a b',
      'https://a,<https://b>',
    ])
      expect([wrong, isUnsubscribeAddress(wrong)]).toEqual([wrong, false]);
  });

  it('has no header and no line of the dialogue that somebody wrote into a field', async () => {
    const known =
      /^(From|To|Subject|Message-ID|Content-Transfer-Encoding|Date|MIME-Version|Content-Type|Auto-Submitted|Content-Language)$/i;
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.constantFrom(
            'a\r\nBcc: b@example.org',
            'a\n\n<b>',
            'a\rX: y',
            'a\u2028X: y',
            '=?UTF-8?Q?a=0D=0ABcc:_b?=',
          ),
        ),
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.constantFrom('a'.repeat(5_000), 'ñ '.repeat(500), '.\n..\n'),
        ),
        async (subject, words) => {
          const text = await written({ subject: subjectLine(subject), text: plainText(words) });
          const [head = '', ...rest] = text.split('\r\n\r\n');
          for (const line of head.split('\r\n')) {
            if (!/^[ \t]/.test(line)) expect(line.split(':', 1)[0]).toMatch(known);
          }
          expect(text).toMatch(/^[\t\r\n\x20-\x7e]*$/);
          expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
          for (const line of rest.join('\r\n\r\n').split('\r\n')) expect(line.length).toBeLessThanOrEqual(76);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('keeps subject and text within bounds, and whole characters', () => {
    expect(subjectLine('a\r\n\tb\0  c ')).toBe('a b c');
    expect(subjectLine('a'.repeat(300))).toHaveLength(200);
    expect(subjectLine(`${'a'.repeat(198)}😀b`)).toBe(`${'a'.repeat(198)}…`);
    expect(plainText('a\r\nb\rc\u2028d\u0007\n\n')).toBe('a\nb\nc\nd\n');
    expect(plainText('a'.repeat(60_000))).toHaveLength(50_001);
  });
});
