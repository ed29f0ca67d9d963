/** Whom to answer, and where. Pure. */
import { textFault } from '../contents/text.js';
import type { Rejection } from '../event-store/command-log.js';

export interface Contact {
  readonly name?: string;
  /** As `normalEmail` gives it. */
  readonly email?: string;
  readonly phone?: string;
  readonly language: string;
}

/** Whom to write to; rejects with `email-invalid`, and as `textFault`. */
export function contactOf(
  { name, email, phone }: { name?: string; email?: string; phone?: string },
  language: string,
): Contact | Rejection {
  const normal = email === undefined ? undefined : normalEmail(email);
  if (email !== undefined && normal === undefined)
    return { rejected: 'email-invalid', field: 'reporter.email' };
  for (const [field, words = ''] of Object.entries({ name, phone })) {
    const fault = textFault(words);
    if (fault !== undefined) return { rejected: fault, field: `reporter.${field}` };
  }
  return {
    language,
    ...(name !== undefined && { name }),
    ...(normal !== undefined && { email: normal }),
    ...(phone !== undefined && { phone }),
  };
}

const EMAIL = /^[^\s@<>"(),:;[\]\\]{1,64}@[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+$/;

/** The address in the one form in which two are the same; `undefined` for what is none. The part before the @ keeps its case. */
export function normalEmail(given: string): string | undefined {
  const text = given.trim();
  const at = text.lastIndexOf('@');
  const email = `${text.slice(0, at)}@${text.slice(at + 1).toLowerCase()}`;
  return at > 0 && email.length <= 254 && EMAIL.test(email) && textFault(email) === undefined
    ? email
    : undefined;
}
