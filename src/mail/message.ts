/** A mail as it goes over the wire: the same bytes at every try, so that servers can tell a double. */
import MailComposer from 'nodemailer/lib/mail-composer';
import type { TakenMail } from './outbox.js';

/** Who mails are from. */
export interface Sender {
  readonly address: string;
  readonly name: string;
}

/**
 * The message in the form of RFC 5322: plain text, marked as made by a program (RFC 3834) so that nothing answers it, and where it is a
 * subscription with the way to end it (RFC 2369, RFC 8058).
 */
export async function messageBytes(mail: TakenMail, from: Sender): Promise<Uint8Array> {
  const { id, recipient, subject, text, language, unsubscribe, madeAt } = mail;
  const host = from.address.slice(from.address.lastIndexOf('@') + 1);
  const composer = new MailComposer({
    from: { name: from.name, address: from.address },
    to: { name: '', address: recipient },
    subject,
    text,
    textEncoding: 'quoted-printable',
    newline: '\r\n',
    date: madeAt,
    messageId: `<${id}@${host}>`,
    headers: {
      'Auto-Submitted': 'auto-generated',
      'Content-Language': language,
      ...(unsubscribe !== undefined && {
        'List-Unsubscribe': { prepared: true, foldLines: false, value: `<${unsubscribe}>` },
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      }),
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return new Promise((resolve, reject) => {
    composer.compile().build((error, message) => {
      if (error) reject(error);
      else resolve(message);
    });
  });
}
