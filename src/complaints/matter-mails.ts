/**
 * Which mails an event of a matter makes. Pure. Before an address is confirmed, of who filed or who joined, it gets the code and
 * nothing else: neither a link nor a word of the matter. Joiners are written to about what everybody sees, and each of their mails says how it ends.
 */
import type { LogEvent } from '../../projections/event.js';
import type { Texts } from '../contents/text.js';
import { MAIL_LANGUAGES, type Mail, type MailLanguage } from '../mail/mail.js';
import { MATTER_MAIL_WORDS, type MatterMailWords } from './matter-mail-words.js';
import { matterNumber } from './matter-number.js';
import type { Person } from './people.js';

/** Whom to write to, with the address at which it ends for her. */
export type WrittenTo = Pick<Person, 'role' | 'email' | 'language' | 'confirmedAt'> & {
  readonly unsubscribe?: string;
};

export interface MatterFacts {
  /** The reporter first. */
  readonly people: readonly WrittenTo[];
  /** Of who has filed now, and has to confirm her address. */
  readonly code?: string;
  /** That comes with the code: an address, or the link alone. */
  readonly firstLink?: string;
  /** The reporter's own, whole. */
  readonly ownLink?: string;
  /** The page of a matter that everybody may see. */
  readonly page?: string;
  readonly isPublic: boolean;
  /** The name of its category. */
  readonly about?: Texts;
  /** What the city says, where the event says something. */
  readonly words?: Texts;
  /** Said of a case that not everybody sees: joiners do not read it. */
  readonly isWithheld?: boolean;
}

export type ToldEvent = LogEvent<
  'MatterFiled' | 'MatterConfirmed' | 'MatterAnswered' | 'MatterMoved' | 'MatterReopened'
>;

export const TOLD_EVENTS: readonly ToldEvent['type'][] = [
  'MatterFiled',
  'MatterConfirmed',
  'MatterAnswered',
  'MatterMoved',
  'MatterReopened',
];

export function matterMails(event: ToldEvent, facts: MatterFacts): Mail[] {
  if (event.type === 'MatterFiled') {
    const { code, firstLink: link } = facts;
    if (code === undefined) return [];
    return facts.people
      .filter(({ role, confirmedAt }) => role === 'reporter' && confirmedAt === undefined)
      .flatMap((person) => codeMail(person, event.data.matterId, { code, link }));
  }
  return news(event, facts);
}

/** The code for her address, and her link where nobody else has given it to her; none without an address. */
export function codeMail(
  { email, language: tag }: Pick<WrittenTo, 'email' | 'language'>,
  matterId: string,
  { code, link }: { code: string; link?: string | undefined },
): Mail[] {
  if (email === undefined) return [];
  const language = languageOf(tag);
  const words = MATTER_MAIL_WORDS[language];
  const byOther = link === undefined ? [] : [`${words.byOther}\n${link}`];
  const text = [words.codeSays(code), ...byOther, words.automatic].join('\n\n');
  const subject = words.code(matterNumber(matterId));
  return [{ kind: 'matter-code', to: email, language, subject, text, secret: true }];
}

/** Tells who asked to join that she had before, with her link where she has one of this matter. */
export function hadJoinedMail(
  { email, language: tag }: { email: string; language: string },
  matterId: string,
  link: string | undefined,
): Mail[] {
  const language = languageOf(tag);
  const words = MATTER_MAIL_WORDS[language];
  const own = link === undefined ? [] : [`${words.ownLink}\n${link}`];
  const text = [words.hadJoinedSays, ...own, words.automatic].join('\n\n');
  const subject = words.hadJoined(matterNumber(matterId));
  return [{ kind: 'matter-joined-before', to: email, language, subject, text, secret: true }];
}

type News = Exclude<ToldEvent, LogEvent<'MatterFiled'>>;

function news(event: News, facts: MatterFacts): Mail[] {
  const ref = matterNumber(event.data.matterId);
  return facts.people.flatMap((person) => {
    const language = languageOf(person.language);
    const words = MATTER_MAIL_WORDS[language];
    const told = mailTo(person, event, facts, ref, words);
    if (told === undefined || person.email === undefined) return [];
    const { kind, subject, paragraphs, isSecret } = told;
    const { unsubscribe } = person;
    const ends =
      person.role === 'joiner' && unsubscribe !== undefined
        ? [`${words.joined} ${words.unsubscribe}\n${unsubscribe}`]
        : [];
    const about =
      facts.about === undefined ? [] : [words.about(ref, inLanguage(facts.about, person.language))];
    const text = [...about, ...paragraphs, ...ends, words.automatic].join('\n\n');
    const secret = isSecret ?? !facts.isPublic;
    const mail: Mail = { kind, to: person.email, language, subject, text, ...(secret && { secret }) };
    return [ends.length === 0 || unsubscribe === undefined ? mail : { ...mail, unsubscribe }];
  });
}

interface Told {
  readonly kind: string;
  readonly subject: string;
  readonly paragraphs: readonly string[];
  /** Holds a code or a link that is hers alone. */
  readonly isSecret?: true;
}

function mailTo(
  { role, language, confirmedAt }: WrittenTo,
  event: News,
  facts: MatterFacts,
  ref: string,
  words: MatterMailWords,
): Told | undefined {
  const isReporter = role === 'reporter';
  if (confirmedAt === undefined || (!isReporter && !facts.isPublic)) return undefined;
  if (event.type === 'MatterConfirmed') {
    if (!isReporter) return undefined;
    const link = facts.ownLink === undefined ? [] : [`${words.ownLink}\n${facts.ownLink}`];
    const paragraphs = [words.filedSays, ...link];
    return { kind: 'matter-filed', subject: words.filed(ref), paragraphs, isSecret: true };
  }
  const isHers = isReporter || facts.isWithheld !== true;
  const said = facts.words === undefined || !isHers ? [] : [inLanguage(facts.words, language)];
  const page = facts.page === undefined ? [] : [`${words.seeIt}\n${facts.page}`];
  switch (event.type) {
    case 'MatterAnswered':
      return {
        kind: 'matter-answered',
        subject: words.answered(ref),
        paragraphs: [words.answeredSays, ...said, ...page],
      };
    case 'MatterMoved': {
      const subject = words.moved[event.data.stateKind](ref);
      return { kind: 'matter-moved', subject, paragraphs: [`${subject}.`, ...said, ...page] };
    }
    case 'MatterReopened': {
      // Who opened it again knows.
      if (isReporter && event.data.by !== 'staff') return undefined;
      const subject = words.reopened(ref);
      const own = event.data.by === 'staff' ? said : [];
      return { kind: 'matter-reopened', subject, paragraphs: [`${subject}.`, ...own, ...page] };
    }
  }
}

/** Asks whether it is fixed; to nobody without an address. */
export function questionnaireMail(
  { email, language: tag }: Pick<WrittenTo, 'email' | 'language'>,
  matterId: string,
  { ownLink, about }: { ownLink?: string | undefined; about?: Texts | undefined },
): Mail[] {
  if (email === undefined) return [];
  const language = languageOf(tag);
  const words = MATTER_MAIL_WORDS[language];
  const subject = words.fixed(matterNumber(matterId));
  const link = ownLink === undefined ? words.fixedNoLink : `${words.fixedLink}\n${ownLink}`;
  const said = about === undefined ? [] : [words.about(matterNumber(matterId), inLanguage(about, tag))];
  const text = [...said, words.fixedSays, link, words.automatic].join('\n\n');
  return [{ kind: 'matter-questionnaire', to: email, language, subject, text, secret: true }];
}

/** The city's first where she reads none of ours. */
function languageOf(tag: string): MailLanguage {
  return MAIL_LANGUAGES.find((one) => one === tag.split('-', 1)[0]) ?? 'es';
}

/** In her language, or whatever there is. */
function inLanguage(texts: Texts, tag: string): string {
  const given = texts;
  return given[tag] ?? given[languageOf(tag)] ?? Object.values(given)[0] ?? '';
}
