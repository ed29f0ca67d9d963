/** The frame of every page: landmarks, the switch of languages, sign-in, and the word that a demo is one. */
import type { ComponentChildren } from 'preact';
import type { MapTilesSetting } from '../settings.js';
import type { PastOf } from '../views/view-reader.js';
import { AUDIT_WORDS } from './audit-words.js';
import type { Format } from './format.js';
import { LANGUAGE_NAMES, type Language, type Words } from './languages.js';
import type { Messages } from './messages.es.js';
import { MATTER_WORDS } from './matter-words.js';
import { PastBanner } from './past.js';

/** What every page is given beside its data. */
export interface Frame {
  readonly language: Language;
  /** Those of the switch. */
  readonly offered: readonly Language[];
  readonly m: Messages;
  readonly format: Format;
  /** `undefined` before the city was described. */
  readonly city: Words | undefined;
  /** Path and query of the page, without `lang`. */
  readonly path: string;
  /** Where people reach the site, without a slash at the end; `undefined` when the settings do not say. */
  readonly origin: string | undefined;
  readonly stylesheet: string;
  /** The signed-in member of staff. */
  readonly signedIn: { readonly id: string; readonly roles: readonly string[] } | undefined;
  /** The clock when the page was asked for, or the moment that it shows: UTC with milliseconds. */
  readonly now: string;
  /** Of a page that shows a past. */
  readonly past?: FramePast | undefined;
  /** Of maps, where the city has its own. */
  readonly tiles?: MapTilesSetting | undefined;
  /** In a demo, what its clock says. */
  readonly demo: { readonly now: string } | undefined;
}

export interface FramePast {
  /** As it stands in the address. */
  readonly asked: string;
  /** Of the last event in it. */
  readonly index: string;
  readonly digests: PastOf['digests'];
  /** The same page as it is now. */
  readonly today: string;
}

export interface LayoutProps {
  frame: Frame;
  title: string;
  /** Of the title, where it is not the page's. */
  titleLanguage?: string | undefined;
  /** Kept out of search engines: look-ups, staff. */
  isPrivate?: boolean;
  /** The address of a script that the page goes without where there is none. */
  script?: string | undefined;
  /** The address of the feed that says what happens on it. */
  feed?: string | undefined;
  children: ComponentChildren;
}

export function Layout({
  frame,
  title,
  titleLanguage,
  isPrivate = false,
  script,
  feed,
  children,
}: LayoutProps) {
  const { m, language, city } = frame;
  return (
    <html lang={language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${title} · ${city?.text ?? m.site.name}`}</title>
        <meta name="color-scheme" content="light dark" />
        {isPrivate ? <meta name="robots" content="noindex" /> : <Alternates {...frame} />}
        {feed !== undefined && <link rel="alternate" type="application/atom+xml" title={title} href={feed} />}
        <link rel="icon" href={ICON} />
        <link rel="stylesheet" href={frame.stylesheet} />
        {script !== undefined && <script defer src={script} />}
      </head>
      <body>
        <a class="skip" href="#content">
          {m.site.skip}
        </a>
        {frame.demo && <DemoBanner {...frame} now={frame.demo.now} />}
        {frame.past && <PastBanner {...frame} past={frame.past} />}
        <header class="site">
          <div class="bar">
            <p class="name">
              <a href="/">
                {city === undefined ? (
                  m.site.name
                ) : (
                  <span lang={otherThan(language, city.language)}>{city.text}</span>
                )}
              </a>
              <span class="tagline">{m.site.tagline}</span>
            </p>
            <nav aria-label={m.site.main}>
              <ul>
                <li>
                  <a href="/">{m.site.elections}</a>
                </li>
                <li>
                  <a href="/matters">{MATTER_WORDS[language].title}</a>
                </li>
                <SignIn {...frame} />
              </ul>
            </nav>
            <LanguageSwitch {...frame} />
          </div>
        </header>
        <main id="content" tabindex={-1}>
          <h1 lang={otherThan(language, titleLanguage)}>{title}</h1>
          {children}
        </main>
        <footer class="site">
          <div class="bar">
            <p>{m.site.footer}</p>
            <ul class="links">
              <li>
                <a href="/audit">{AUDIT_WORDS[language].title}</a>
              </li>
              <li>
                <a href="/receipts">{m.receipt.title}</a>
              </li>
              <li>
                <a href="/api/docs">{m.site.api}</a>
              </li>
            </ul>
          </div>
        </footer>
      </body>
    </html>
  );
}

/** The `lang` of words inside a page: only where it differs. */
export function otherThan(language: Language, ofWords: string | undefined): string | undefined {
  return ofWords === language || ofWords === undefined ? undefined : ofWords;
}

/** Words in their language; a text that is hidden or erased says so. */
export function Said({ frame, words, id }: { frame: Frame; words: Words | undefined; id?: string }) {
  if (words !== undefined) return <span lang={otherThan(frame.language, words.language)}>{words.text}</span>;
  return (
    <span class="missing">
      ({frame.m.site.unavailable}
      {id !== undefined && `: ${id}`})
    </span>
  );
}

/** An instant that programs can read as well. */
export function When({ frame, at }: { frame: Frame; at: string }) {
  return <time dateTime={at}>{frame.format.instant(at)}</time>;
}

function DemoBanner({ m, format, now }: Frame & { now: string }) {
  return (
    <aside class="demo" aria-label="Demo">
      <p>
        <strong>{m.demo.banner}</strong> {m.demo.clock(format.instant(now))} <a href="/demo">{m.demo.link}</a>
      </p>
    </aside>
  );
}

function SignIn({ m, signedIn }: Frame) {
  if (signedIn === undefined) {
    return (
      <li>
        <a href="/session">{m.site.signIn}</a>
      </li>
    );
  }
  return (
    <>
      <li>
        <a href="/staff">{m.site.staff}</a>
      </li>
      <li>
        <form method="post" action="/session/end">
          <span>{m.site.signedInAs(signedIn.id)}</span> <button class="quiet">{m.site.signOut}</button>
        </form>
      </li>
    </>
  );
}

function LanguageSwitch({ m, offered, language, path }: Frame) {
  if (offered.length < 2) return null;
  return (
    <nav aria-label={m.site.language} class="languages">
      <ul>
        {offered.map((other) => (
          <li key={other}>
            <a
              href={inLanguage(path, other)}
              lang={other}
              hreflang={other}
              aria-current={other === language ? 'true' : undefined}
            >
              {LANGUAGE_NAMES[other]}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Alternates({ offered, path, origin = '' }: Frame) {
  return (
    <>
      {offered.map((other) => (
        <link key={other} rel="alternate" hreflang={other} href={origin + inLanguage(path, other)} />
      ))}
      <link rel="alternate" hreflang="x-default" href={origin + path} />
    </>
  );
}

function inLanguage(path: string, language: Language): string {
  return `${path}${path.includes('?') ? '&' : '?'}lang=${language}`;
}

/** A ballot in a box: the policy of the site allows pictures from `data:`. */
const ICON =
  'data:image/svg+xml,' +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#fff" stroke="#0b4f6c" stroke-width="2" d="M9 3h14v16H9z"/><path fill="none" stroke="#0b4f6c" stroke-width="3" d="m12 9 3 3 5-6"/><path fill="#0b4f6c" d="M3 15h26v14H3z"/></svg>',
  );
