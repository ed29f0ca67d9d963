/** The words that explain a count, in every language. */
import { ast } from './explanation-words.ast.js';
import { en } from './explanation-words.en.js';
import { es, type ExplanationWords } from './explanation-words.es.js';
import type { Language } from './languages.js';

export const EXPLANATION_WORDS: Readonly<Record<Language, ExplanationWords>> = { es, ast, en };
