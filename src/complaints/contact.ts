/** Whom to answer, and where. Pure. */
import { textFault } from '../contents/text.js';
import type { Rejection } from '../event-store/command-log.js';
import { mailAddress } from '../mail/mail.js';

export interface Contact {
  readonly name?: string;
  /** As `mailAddress` gives it: of two in the one form in which they are the same. */
  readonly email?: string;
  readonly phone?: string;
  readonly language: string;
}

/** Whom to write to; rejects with `email-invalid`, and as `textFault`. */
export function contactOf(
  { name, email, phone }: { name?: string; email?: string; phone?: string },
  language: string,
): Contact | Rejection {
  const normal = email === undefined ? undefined : mailAddress(email);
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
