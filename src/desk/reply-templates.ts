/**
 * The table of reply templates. It is only added to: a change and a withdrawal are versions of their own, and the last one
 * counts. Whoever changes one says which version she saw.
 */
import type { Pool } from 'pg';
import type { Clock } from '../clock.js';
import { normalTexts, type Texts } from '../contents/text.js';
import { isRejection, type Rejection } from '../event-store/command-log.js';
import { isUuid } from '../event-store/event-ids.js';
import { unknownPlaceholders } from './reply-words.js';
import { liesIn, type CategoryTree } from '../categories/categories.js';
import type { RulesInForce } from '../categories/rules-in-force.js';

/** What somebody writes. */
export interface TemplateWords {
  /** For staff, to find it by. */
  readonly name: string;
  /** With the categories in it; any where none is named. */
  readonly category?: string;
  /** Any where none is named. */
  readonly state?: string;
  readonly words: Texts;
}

export interface ReplyTemplate extends TemplateWords {
  readonly templateId: string;
  /** From 1. */
  readonly version: number;
  readonly author: string;
  readonly writtenAt: Date;
}

/** Characters of the words in one language: room is left for what is filled in. */
export const MAX_TEMPLATE_LENGTH = 8_000;
/** Versions of one: the next one is an `integer`, too. */
export const MOST_VERSIONS = 2_147_483_646;
/** In force at once. */
const MOST_TEMPLATES = 1_000;
const COLUMNS = 'template_id, version, name, category, state, words, withdrawn, author, written_at';

interface Row {
  template_id: string;
  version: number;
  name: string;
  category: string | null;
  state: string | null;
  words: Texts;
  withdrawn: boolean;
  author: string;
  written_at: Date;
}

export class ReplyTemplates {
  constructor(
    private readonly pool: Pool,
    private readonly rules: Pick<RulesInForce, 'now'>,
    private readonly clock: Clock,
  ) {}

  /** Those in force, by name. */
  async all(): Promise<ReplyTemplate[]> {
    const { rows } = await this.pool.query<Row>(
      `select ${COLUMNS} from (
         select distinct on (template_id) ${COLUMNS} from reply_templates order by template_id, version desc
       ) as last where not withdrawn order by name, template_id limit $1`,
      [MOST_TEMPLATES],
    );
    return rows.map(templateOf);
  }

  /** `undefined` for one that is not in force. */
  async one(templateId: string): Promise<ReplyTemplate | undefined> {
    const row = await this.#last(templateId);
    return row === undefined || row.withdrawn ? undefined : templateOf(row);
  }

  /** As it was in one version, also where that is in force no more. */
  async version(templateId: string, version: number): Promise<ReplyTemplate | undefined> {
    const { rows } = await this.pool.query<Row>(
      `select ${COLUMNS} from reply_templates where template_id = $1 and version = $2 and not withdrawn`,
      [templateId, version],
    );
    return rows[0] && templateOf(rows[0]);
  }

  /**
   * Makes a template under an id that the request gives, so that the same again makes no second one. Rejects with
   * `command-id-reused` where something else has that id, `templates-too-many`, `category-unknown`, `state-unknown`, `placeholder-unknown`, and as `normalTexts`.
   */
  async make(templateId: string, given: TemplateWords, author: string): Promise<ReplyTemplate | Rejection> {
    const checked = await this.#checked(given);
    if (isRejection(checked)) return checked;
    const isThere = (await this.#last(templateId)) !== undefined;
    // All of them are listed.
    if (!isThere && (await this.all()).length >= MOST_TEMPLATES)
      return { rejected: 'templates-too-many', detail: { max: MOST_TEMPLATES } };
    const made = await this.#add({ templateId, version: 1, withdrawn: false, author }, checked);
    return made ?? this.#repeated(templateId, 1, checked, { author, otherwise: 'command-id-reused' });
  }

  /** Rejects as `make`, and with `template-unknown`, or `template-changed` where another version is the last. */
  async change(
    templateId: string,
    seen: number,
    given: TemplateWords,
    author: string,
  ): Promise<ReplyTemplate | Rejection> {
    const checked = await this.#checked(given);
    if (isRejection(checked)) return checked;
    const last = await this.#last(templateId);
    if (last === undefined || last.withdrawn) return { rejected: 'template-unknown' };
    const next = { templateId, version: seen + 1, withdrawn: false, author };
    const changed = last.version === seen ? await this.#add(next, checked) : undefined;
    return (
      changed ?? this.#repeated(templateId, seen + 1, checked, { author, otherwise: 'template-changed' })
    );
  }

  /** It is offered no more. Rejects with `template-unknown` or `template-changed`. */
  async withdraw(templateId: string, seen: number, author: string): Promise<ReplyTemplate | Rejection> {
    const last = await this.#last(templateId);
    if (last === undefined) return { rejected: 'template-unknown' };
    if (last.withdrawn)
      return last.version === seen + 1 ? templateOf(last) : { rejected: 'template-unknown' };
    if (last.version !== seen) return { rejected: 'template-changed' };
    const withdrawn = { templateId, version: seen + 1, withdrawn: true, author };
    return (await this.#add(withdrawn, templateOf(last))) ?? { rejected: 'template-changed' };
  }

  async #checked(given: TemplateWords): Promise<TemplateWords | Rejection> {
    const { categories, states } = await this.rules.now();
    const { category, state } = given;
    const name = given.name.normalize('NFC').trim();
    if (name === '') return { rejected: 'name-missing', field: 'name' };
    if (category !== undefined && !categories.has(category))
      return { rejected: 'category-unknown', field: 'category' };
    // A duplicate comes about in another way.
    if (state !== undefined && (!states.has(state) || state === 'duplicate'))
      return { rejected: 'state-unknown', field: 'state' };
    const words = normalTexts(given.words, 'words', MAX_TEMPLATE_LENGTH);
    if (isRejection(words)) return words;
    const [unknown] = unknownPlaceholders(words);
    if (unknown !== undefined)
      return { rejected: 'placeholder-unknown', field: 'words', detail: { name: unknown } };
    return {
      name,
      ...(category !== undefined && { category }),
      ...(state !== undefined && { state }),
      words,
    };
  }

  async #last(templateId: string): Promise<Row | undefined> {
    if (!isUuid(templateId)) return undefined;
    const { rows } = await this.pool.query<Row>(
      `select ${COLUMNS} from reply_templates where template_id = $1 order by version desc limit 1`,
      [templateId],
    );
    return rows[0];
  }

  /** `undefined` where this version is there. */
  async #add(
    place: { templateId: string; version: number; withdrawn: boolean; author: string },
    { name, category, state, words }: TemplateWords,
  ): Promise<ReplyTemplate | undefined> {
    const { templateId, version, withdrawn, author } = place;
    const { rows } = await this.pool.query<Row>(
      `insert into reply_templates (${COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       on conflict do nothing returning ${COLUMNS}`,
      [
        templateId,
        version,
        name,
        category ?? null,
        state ?? null,
        JSON.stringify(words),
        withdrawn,
        author,
        this.clock.now(),
      ],
    );
    return rows[0] && templateOf(rows[0]);
  }

  /** The version where the same person wrote the same, which then was a repeated request. */
  async #repeated(
    templateId: string,
    version: number,
    given: TemplateWords,
    { author, otherwise }: { author: string; otherwise: string },
  ): Promise<ReplyTemplate | Rejection> {
    const { rows } = await this.pool.query<Row>(
      `select ${COLUMNS} from reply_templates
       where template_id = $1 and version = $2 and author = $3 and not withdrawn and name = $4
         and category is not distinct from $5 and state is not distinct from $6 and words = $7::jsonb`,
      [
        templateId,
        version,
        author,
        given.name,
        given.category ?? null,
        given.state ?? null,
        JSON.stringify(given.words),
      ],
    );
    return rows[0] === undefined ? { rejected: otherwise } : templateOf(rows[0]);
  }
}

function templateOf(row: Row): ReplyTemplate {
  return {
    templateId: row.template_id,
    version: row.version,
    name: row.name,
    ...(row.category !== null && { category: row.category }),
    ...(row.state !== null && { state: row.state }),
    words: row.words,
    author: row.author,
    writtenAt: row.written_at,
  };
}

/** Whether a template is for matters of a category: it, or one that it lies in, is what it names. */
export function isFor(
  { category }: Pick<TemplateWords, 'category'>,
  ofMatter: string | undefined,
  tree: CategoryTree,
): boolean {
  return category === undefined || liesIn(category, ofMatter, tree);
}
