/** The words of the page on which anybody checks the log, in every language. */
import { ast } from './audit-words.ast.js';
import { en } from './audit-words.en.js';
import { es, type AuditWords } from './audit-words.es.js';
import type { Language } from './languages.js';

export type { AuditWords };
export const AUDIT_WORDS: Readonly<Record<Language, AuditWords>> = { es, ast, en };
