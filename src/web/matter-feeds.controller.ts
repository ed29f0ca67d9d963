/** Follow by Atom: what changed last of all public matters, or of those that a filter finds, and what happens to one. In the words of the pages. */
import { Controller, Get, Header, Inject, Param, Query, Req } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiExcludeController } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { MattersQuery } from '../complaints/matters.dto.js';
import {
  GetMatter,
  ListMatters,
  type MatterFilter,
  type PublicMatter,
} from '../complaints/matters.queries.js';
import { isUuid } from '../event-store/event-ids.js';
import { SETTINGS } from '../platform.module.js';
import { Tagged } from '../rest/conditional.js';
import { Problem } from '../rest/problem.js';
import type { Settings } from '../settings.js';
import { atom, type Entry } from './atom.js';
import { Frames } from './frames.js';
import { LANGUAGES, wordsIn } from './languages.js';
import type { Frame } from './layout.js';
import { MatterCatalogue } from './matter-catalogue.js';
import { stepInWords } from './matter-history.js';
import { MatterNames } from './matter-names.js';
import { titleOf } from './matter-parts.js';
import { addressOf, chosenInWords } from './matters.page.js';
import { siteAddress } from './site-address.js';

const ATOM = 'application/atom+xml; charset=utf-8';
const VARY = 'Accept-Language, Cookie';
const MAX_TITLE = 80;
/** Of a feed that has nothing yet. */
const NEVER = '1970-01-01T00:00:00.000Z';

/** A reader of feeds asks in no language of its own. */
class FeedQuery extends MattersQuery {
  @IsOptional()
  @IsIn(LANGUAGES)
  lang?: string;
}

@ApiExcludeController()
@Controller('feeds')
export class MatterFeedsController {
  constructor(
    @Inject(QueryBus) private readonly queries: QueryBus,
    @Inject(Frames) private readonly frames: Frames,
    @Inject(MatterCatalogue) private readonly catalogue: MatterCatalogue,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'publicUrl'>,
  ) {}

  /** Takes the filters of `/api/v1/matters`, and `lang`. */
  @Get('matters.atom')
  @Header('content-type', ATOM)
  @Header('vary', VARY)
  async all(@Query() query: FeedQuery, @Req() request: FastifyRequest): Promise<Tagged<string>> {
    const { cursor: _cursor, limit, atLeast: _atLeast, lang, ...filter } = query;
    const [{ matters, changed }, { frame, names, tag }] = await Promise.all([
      this.queries.execute(new ListMatters(filter, limit, undefined, 'change')),
      this.#words(request),
    ]);
    const origin = siteAddress(this.settings, request);
    const asked = encodeURIComponent(JSON.stringify([filter, limit]));
    return new Tagged(`feed.${changed}.${tag}.${asked}.${encodeURIComponent(origin)}`, () =>
      atom({
        id: feedId(origin, { ...filter, lang }),
        language: frame.language,
        title: titleOfFeed(frame, names, filter),
        updated: matters[0]?.row.updatedAt ?? NEVER,
        self: `${origin}${request.url}`,
        alternate: `${origin}${addressOf(filter)}`,
        author: new URL(origin).hostname,
        entries: matters.map((matter) => entryOf(matter, frame, names, origin)),
      }),
    );
  }

  @Get('matters/:file')
  @Header('content-type', ATOM)
  @Header('vary', VARY)
  async one(@Param('file') file: string, @Req() request: FastifyRequest): Promise<Tagged<string>> {
    const [, id = ''] = /^(.*)\.atom$/.exec(file) ?? [];
    const found = isUuid(id) ? await this.queries.execute(new GetMatter(id)) : undefined;
    if (found === undefined) throw new Problem('matter-unknown');
    const { matter, steps, changed } = found;
    const { frame, names, tag } = await this.#words(request);
    const origin = siteAddress(this.settings, request);
    const page = `${origin}/matters/${id}`;
    return new Tagged(`feed.${changed}.${tag}.${id}.${encodeURIComponent(origin)}`, () =>
      atom({
        id: `urn:uuid:${id}`,
        language: frame.language,
        title: entryTitle(matter, frame, names),
        updated: matter.row.updatedAt,
        self: `${origin}${request.url}`,
        alternate: page,
        author: new URL(origin).hostname,
        entries: steps.toReversed().map(({ position, row, words }) => {
          const said = wordsIn(words, frame.language);
          return {
            id: `${page}#${position}`,
            title: stepInWords(frame, names, row),
            updated: row.at,
            link: `${page}#step-${position}`,
            ...(said !== undefined && { text: said.text }),
          };
        }),
      }),
    );
  }

  async #words(request: FastifyRequest): Promise<{ frame: Frame; names: MatterNames; tag: string }> {
    const [{ frame, tag: ofFrame }, { catalogue, tag }] = await Promise.all([
      this.frames.of(request),
      this.catalogue.get(),
    ]);
    return { frame, names: new MatterNames(catalogue, frame.language), tag: `${ofFrame}.${tag}` };
  }
}

/** The same for the same matters, however they are asked for. @see RFC 4287, 4.2.6 */
function feedId(origin: string, asked: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(asked).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  const query = new URLSearchParams(given.sort(([a = ''], [b = '']) => (a < b ? -1 : 1))).toString();
  return `${origin}/feeds/matters.atom${query === '' ? '' : `?${query}`}`;
}

/** What the list is of, and of which city. */
function titleOfFeed(frame: Frame, names: MatterNames, filter: MatterFilter): string {
  const chosen = chosenInWords(frame, names, filter);
  return frame.city === undefined ? chosen : `${chosen} – ${frame.city.text}`;
}

function entryOf(matter: PublicMatter, frame: Frame, names: MatterNames, origin: string): Entry {
  const { matterId, row } = matter;
  const text = wordsIn(matter.text, frame.language)?.text ?? '';
  return {
    id: `urn:uuid:${matterId}`,
    title: entryTitle(matter, frame, names),
    updated: row.updatedAt,
    published: row.releasedAt ?? row.filedAt,
    link: `${origin}/matters/${matterId}`,
    ...(row.category !== undefined && {
      category: { term: row.category, label: names.category(row.category).text },
    }),
    text,
  };
}

/** The beginning of what it says; without words what it is about. */
function entryTitle({ text, row }: PublicMatter, frame: Frame, names: MatterNames): string {
  const [line = ''] = (wordsIn(text, frame.language)?.text ?? '').split('\n', 1);
  if (line === '') return titleOf(frame, names, row);
  return line.length > MAX_TITLE ? `${line.slice(0, MAX_TITLE - 1)}…` : line;
}
