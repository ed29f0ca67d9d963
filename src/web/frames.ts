/** Makes the frame of a page out of a request: language, city, who is signed in, whether the site is a demo. */
import { Inject, Injectable, Optional } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NO_TIME_ZONE } from '../../projections/city.view.js';
import { GetCity } from '../city/city.queries.js';
import type { Clock } from '../clock.js';
import { DEMO, type Demo } from '../demo-site.js';
import { CLOCK, SETTINGS } from '../platform.module.js';
import type { Settings } from '../settings.js';
import type { Moment } from '../rest/as-of.js';
import { Tagged } from '../rest/conditional.js';
import { actorOf } from '../staff/authentication.guard.js';
import type { PastOf } from '../views/view-reader.js';
import { Format } from './format.js';
import { chooseLanguage, offeredLanguages, wordsIn, type Language } from './languages.js';
import type { Frame } from './layout.js';
import { MESSAGES } from './messages.js';
import { PAGES_VERSION, STYLE_FILE } from './version.js';

const COOKIE = 'lang';
const YEAR_SECONDS = 31_536_000;

interface KnownCity {
  names: Readonly<Record<string, string>>;
  timeZone: string;
  changed: bigint;
}

const UNDESCRIBED: KnownCity = { names: {}, timeZone: NO_TIME_ZONE, changed: -1n };

/** A moment that a page shows, and what it was read from. */
export interface ShownMoment extends Moment {
  readonly digests: PastOf['digests'];
}

export function shownMoment(moment: Moment | undefined, past: PastOf | undefined): ShownMoment | undefined {
  return moment && { ...moment, digests: past?.digests ?? [] };
}

@Injectable()
export class Frames {
  readonly #offered: readonly Language[];
  /** Of the last page: a page that says what went wrong must not ask for anything. */
  #city = UNDESCRIBED;

  constructor(
    @Inject(QueryBus) private readonly queries: QueryBus,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'languages' | 'publicUrl' | 'mapTiles'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Optional() @Inject(DEMO) private readonly demo?: Demo,
  ) {
    this.#offered = offeredLanguages(settings.languages);
  }

  /** The frame, and what of it a page's ETag must say. */
  async of(request: FastifyRequest, moment?: ShownMoment): Promise<{ frame: Frame; tag: string }> {
    const found = await this.queries.execute(new GetCity());
    this.#city =
      found === undefined
        ? UNDESCRIBED
        : { names: found.row.names, timeZone: found.row.timeZone, changed: found.changed };
    const frame = asOf(this.ofKnown(request), moment);
    // The clock of a demo stands on every page.
    const shown = [frame.signedIn?.id ?? '', frame.demo === undefined ? '' : Date.parse(frame.demo.now)];
    return { frame, tag: [PAGES_VERSION, frame.language, this.#city.changed, ...shown].join('.') };
  }

  /**
   * A page that whoever has it already is not sent again.
   * @param tag what the page shows beside its frame, by which it changes
   * @param shown the past that it shows
   */
  async page(
    request: FastifyRequest,
    reply: FastifyReply,
    tag: (frame: Frame) => string,
    page: (frame: Frame) => string | Promise<string>,
    shown?: ShownMoment,
  ): Promise<Tagged<string>> {
    const { frame, tag: ofFrame } = await this.of(request, shown);
    this.remember(request, reply);
    const cacheControl = frame.signedIn === undefined ? 'no-cache' : 'private, no-cache';
    return new Tagged(`${ofFrame}.${tag(frame)}`, () => page(frame), cacheControl);
  }

  /** The frame by what is known already; asks nothing. */
  ofKnown(request: FastifyRequest): Frame {
    const query = (request.query ?? {}) as Readonly<Record<string, unknown>>;
    // A request that broke before its cookies were read has none.
    const cookies = request.cookies as Readonly<Record<string, string | undefined>> | undefined;
    const language = chooseLanguage(
      { query: query[COOKIE], cookie: cookies?.[COOKIE], acceptLanguage: request.headers['accept-language'] },
      this.#offered,
    );
    const actor = actorOf(request);
    return {
      language,
      offered: this.#offered,
      m: MESSAGES[language],
      format: new Format(language, this.#city.timeZone),
      city: wordsIn(this.#city.names, language),
      path: without(onThisSite(request.url), COOKIE),
      origin: this.settings.publicUrl,
      tiles: this.settings.mapTiles,
      stylesheet: `/assets/${STYLE_FILE}`,
      signedIn: actor && { id: actor.id, roles: actor.roles },
      now: this.clock.now().toISOString(),
      demo: this.demo && { now: toMinute(this.demo.now()) },
    };
  }

  /** Remembers a language that somebody chose. */
  remember(request: FastifyRequest, reply: FastifyReply): void {
    const { lang } = request.query as { lang?: unknown };
    const chosen = this.#offered.find((language) => language === lang);
    if (chosen === undefined) return;
    void reply.setCookie(COOKIE, chosen, {
      path: '/',
      maxAge: YEAR_SECONDS,
      sameSite: 'lax',
      httpOnly: true,
    });
  }
}

/** Pages of a demo are good for a minute of its clock. */
function toMinute(now: Date): string {
  return `${now.toISOString().slice(0, 16)}:00.000Z`;
}

/** The frame of a page that shows a past. */
function asOf(frame: Frame, shown: ShownMoment | undefined): Frame {
  if (shown === undefined) return frame;
  const { asked, at, index, digests } = shown;
  const today = without(frame.path, 'asOf');
  return { ...frame, now: at, past: { asked, index: String(index), digests, today } };
}

/** With one slash at its beginning: two, or a backslash for one, lead to the site that is named after them. */
function onThisSite(url: string): string {
  return `/${url.replace(/^[/\\]+/, '')}`;
}

/** The same address without a parameter. */
function without(url: string, name: string): string {
  const [path = '/', query = ''] = url.split('?', 2);
  const kept = query.split('&').filter((pair) => pair !== '' && pair.split('=', 1)[0] !== name);
  return kept.length === 0 ? path : `${path}?${kept.join('&')}`;
}
