/** Which mails an event of a matter makes: to whom, when, and what they never say. */
import { describe, expect, it } from '@jest/globals';
import { MATTER_MAIL_WORDS } from '../../src/complaints/matter-mail-words.js';
import {
  hadJoinedMail,
  matterMails,
  type MatterFacts,
  type ToldEvent,
  type WrittenTo,
} from '../../src/complaints/matter-mails.js';

const matterId = '6d5f1a52-5d1e-5c9e-8b6e-1f0b5a2f4c11';
const at = '2026-10-01T08:00:00.000Z';
const words = { id: matterId, commitment: 'A'.repeat(43) };
const event = (type: ToldEvent['type'], data: object = {}) =>
  ({
    type,
    data: { matterId, ...data },
    id: 'e',
    stream: `matter-${matterId}`,
    at,
    actor: 'lin',
    position: 0n,
    revision: 0n,
  }) as unknown as ToldEvent;
const answered = event('MatterAnswered', { state: 'answered', stateKind: 'closed', happenedAt: at, words });

const reporter: WrittenTo = {
  role: 'reporter',
  email: 'ana@example.org',
  language: 'es',
  confirmedAt: new Date(at),
};
const joiner: WrittenTo = {
  role: 'joiner',
  email: 'bea@example.org',
  language: 'en-GB',
  confirmedAt: new Date(at),
  unsubscribe: 'https://vota.example.org/unsubscribe/x',
};
const facts = (more: Partial<MatterFacts> = {}): MatterFacts => ({
  people: [reporter, joiner],
  isPublic: true,
  page: `https://vota.example.org/matters/${matterId}`,
  words: { es: 'Ya luce.', en: 'It shines.' },
  ...more,
});
const brief = (one: ToldEvent, known: MatterFacts) =>
  matterMails(one, known).map(({ kind, to }) => `${kind} ${to}`);

describe('mails about a matter', () => {
  it('give an address that is not confirmed the code, and neither a link nor a word', () => {
    const { confirmedAt: _, ...unconfirmed } = reporter;
    const known = facts({ people: [unconfirmed, joiner], code: '012345', ownLink: 'https://x/#secret' });
    const [code, ...more] = matterMails(event('MatterFiled', { kind: 'complaint' }), known);
    expect(more).toEqual([]);
    expect(code).toMatchObject({ kind: 'matter-code', to: 'ana@example.org', language: 'es' });
    expect(code?.text).toContain('012345');
    expect(code?.text).not.toMatch(/https:|luce|shines/);
    for (const one of [event('MatterConfirmed'), answered, event('MatterReopened', { by: 'staff', words })])
      expect(matterMails(one, known).filter(({ to }) => to === 'ana@example.org')).toEqual([]);
    expect(brief(event('MatterFiled'), facts())).toEqual([]);
  });

  it('give who joined nothing before she has confirmed her address', () => {
    const { confirmedAt: _, ...unconfirmed } = joiner;
    const known = facts({ people: [reporter, unconfirmed], code: '012345' });
    expect(brief(event('MatterFiled'), known)).toEqual([]);
    expect(brief(answered, known)).toEqual(['matter-answered ana@example.org']);
  });

  it('tell who asks to join that she had joined, with her link where she has one', () => {
    const to = { email: 'bea@example.org', language: 'en-GB' };
    const [told] = hadJoinedMail(to, matterId, 'https://vota.example.org/matters/own#hers');
    expect(told).toMatchObject({ kind: 'matter-joined-before', to: to.email, language: 'en', secret: true });
    expect(told?.text).toContain('https://vota.example.org/matters/own#hers');
    expect(hadJoinedMail(to, matterId, undefined)[0]?.text).not.toContain('https:');
  });

  it('give the link to who has confirmed, and to nobody else', () => {
    const mails = matterMails(
      event('MatterConfirmed'),
      facts({ ownLink: 'https://vota.example.org/matters/own#l' }),
    );
    expect(mails).toMatchObject([{ kind: 'matter-filed', to: 'ana@example.org' }]);
    expect(mails[0]?.text).toContain('https://vota.example.org/matters/own#l');
    expect(mails[0]).not.toHaveProperty('unsubscribe');
  });

  it('are secret where they hold a code, a link, or words about what is not public', () => {
    const unconfirmed = { ...reporter, confirmedAt: undefined } as unknown as WrittenTo;
    const secret = (one: ToldEvent, known: MatterFacts) => matterMails(one, known).map((mail) => mail.secret);
    expect(secret(event('MatterFiled'), facts({ people: [unconfirmed], code: '012345' }))).toEqual([true]);
    expect(secret(event('MatterConfirmed'), facts({ ownLink: 'https://x/#l' }))).toEqual([true]);
    expect(secret(answered, facts({ isPublic: false }))).toEqual([true]);
    expect(secret(answered, facts())).toEqual([undefined, undefined]);
  });

  it('tell the answer in the language of each, and joiners how it ends', () => {
    const [es, en] = matterMails(answered, facts());
    expect(es).toMatchObject({
      kind: 'matter-answered',
      language: 'es',
      subject: 'Respuesta a tu asunto 6d5f1a52',
    });
    expect(es?.text).toContain('\n\nYa luce.\n\nMíralo aquí:\nhttps://vota.example.org/matters/');
    expect(en).toMatchObject({ language: 'en', unsubscribe: joiner.unsubscribe });
    expect(en?.text).toContain('It shines.');
    expect(en?.text).toContain(joiner.unsubscribe);
  });

  it('say by its number and its category which matter it is, once an address is confirmed', () => {
    const about = { es: 'Farola', ast: 'Farola', en: 'Street lamp' };
    const first = (one: ToldEvent, known: MatterFacts) =>
      matterMails(one, known).map(({ text }) => text.split('\n', 1)[0]);
    expect(first(answered, facts({ about }))).toEqual([
      'Asunto 6d5f1a52: Farola.',
      'Matter 6d5f1a52: Street lamp.',
    ]);
    const ofAst = { ...reporter, language: 'ast' };
    expect(first(event('MatterConfirmed'), facts({ about, people: [ofAst] }))).toEqual([
      'Asuntu 6d5f1a52: Farola.',
    ]);
    const { confirmedAt: _, ...unconfirmed } = reporter;
    const [code] = matterMails(event('MatterFiled'), facts({ about, people: [unconfirmed], code: '012345' }));
    expect(code?.text).not.toContain('Farola');
  });

  it('tell joiners nothing of what not everybody sees', () => {
    expect(brief(answered, facts({ isPublic: false }))).toEqual(['matter-answered ana@example.org']);
  });

  it('tell of every move and re-opening, but not who opened it again herself', () => {
    const move = (stateKind: string) =>
      event('MatterMoved', { state: 's', stateKind, stops: false, happenedAt: at });
    expect(['open', 'closed', 'fixed'].map((kind) => matterMails(move(kind), facts())[0]?.subject)).toEqual([
      'Hay novedades en tu asunto 6d5f1a52',
      'Se ha cerrado tu asunto 6d5f1a52',
      'Se ha resuelto tu asunto 6d5f1a52',
    ]);
    expect(brief(event('MatterReopened', { by: 'staff' }), facts())).toHaveLength(2);
    const hers = matterMails(event('MatterReopened', { by: 'reporter', words }), facts());
    expect(hers.map(({ to }) => to)).toEqual(['bea@example.org']);
    // What she wrote is not released by being written.
    expect(hers[0]?.text).not.toMatch(/luce|shines/);
  });

  it('write to nobody without an address', () => {
    const { email: _, ...without } = reporter;
    expect(brief(answered, facts({ people: [without] }))).toEqual([]);
  });

  it('have every word in every language', () => {
    const keys = Object.keys(MATTER_MAIL_WORDS.es);
    for (const own of Object.values(MATTER_MAIL_WORDS)) expect(Object.keys(own)).toEqual(keys);
  });
});
