/**
 * Every code with which the program refuses something: its status, what it is, and what to do next. A room registers its
 * own table in `<room>.problems.ts`, which its controller imports, so that the API's description lists every error.
 */

export interface ProblemEntry {
  readonly status: number;
  readonly title: string;
  /** Sentences for a person; `{name}` stands for a value of the rejection's detail. */
  readonly detail: string;
}

/** A table of many, as short as it reads. */
export type Sentences = Readonly<Record<string, readonly [status: number, title: string, detail: string]>>;

const entries = new Map<string, ProblemEntry>();

/**
 * Adds a table, at load. The same code may come again with the same status (several rooms refuse for the same reason); the
 * first sentence counts. @throws Error for a code that is known with another status
 */
export function registerProblems(table: Readonly<Record<string, ProblemEntry>>): void {
  for (const [code, entry] of Object.entries(table)) {
    const known = entries.get(code);
    if (known !== undefined && known.status !== entry.status) {
      throw new Error(`Problem ${code} has status ${known.status} already, not ${entry.status}`);
    }
    if (known === undefined) entries.set(code, entry);
  }
}

/** See `registerProblems`. */
export function registerSentences(table: Sentences): void {
  registerProblems(
    Object.fromEntries(
      Object.entries(table).map(([code, [status, title, detail]]) => [code, { status, title, detail }]),
    ),
  );
}

/** What is known of a code. One that nobody registered is a refusal by a rule all the same: 422. */
export function entryOf(code: string): ProblemEntry {
  return entries.get(code) ?? { status: 422, title: 'Refused', detail: `A rule refuses this: ${code}.` };
}

export function isRegistered(code: string): boolean {
  return entries.has(code);
}

/** Every code of every table that was loaded. */
export function registeredProblems(): string[] {
  return [...entries.keys()];
}

registerProblems({
  'malformed-json': {
    status: 400,
    title: 'Malformed JSON',
    detail: 'The body is not JSON. Send one JSON value in UTF-8.',
  },
  'bad-request': {
    status: 400,
    title: 'Bad request',
    detail: 'The request is not well formed. Compare it with the description of the API.',
  },
  'invalid-input': {
    status: 422,
    title: 'Invalid input',
    detail:
      'Some fields are not what they should be. Correct what field and errors name, and send the request again.',
  },
  'invalid-cursor': {
    status: 400,
    title: 'Invalid cursor',
    detail: 'The cursor is not one that this list gave. Begin again without a cursor.',
  },
  'idempotency-key-required': {
    status: 400,
    title: 'Idempotency-Key required',
    detail:
      'Every write needs the header Idempotency-Key: a UUID, or 16 to 128 letters, digits, - and _. Choose a new one for ' +
      'each thing you want done, and send the same one when you try again.',
  },
  'command-id-reused': {
    status: 422,
    title: 'Idempotency key used before',
    detail: 'This key was used for another request. Choose a new one.',
  },
  'sign-in-needed': {
    status: 401,
    title: 'Sign-in needed',
    detail: 'Sign in, or send a key as Authorization: Bearer.',
  },
  'key-unknown': {
    status: 401,
    title: 'Unknown key',
    detail: 'This key is nobody’s. Ask who runs the site for a new one.',
  },
  'role-missing': {
    status: 403,
    title: 'Role missing',
    detail: 'None of your roles allows this. Ask somebody who has the role.',
  },
  'cross-site': {
    status: 403,
    title: 'Request from another site',
    detail:
      'A session is only good for requests from this site’s own pages. Open the page here and try again.',
  },
  'too-many-attempts': {
    status: 429,
    title: 'Too many attempts',
    detail: 'Too many wrong keys came from your address. Wait as long as Retry-After says and try again.',
  },
  'not-found': { status: 404, title: 'Not found', detail: 'There is nothing at this address.' },
  'method-not-allowed': {
    status: 405,
    title: 'Method not allowed',
    detail: 'This address does not take this method: see the header Allow.',
  },
  'body-too-large': {
    status: 413,
    title: 'Body too large',
    detail: 'The body is larger than this address takes.',
  },
  'media-type-unsupported': {
    status: 415,
    title: 'Media type not supported',
    detail: 'Send the body in a media type that the description of the API names for this address.',
  },
  'views-behind': {
    status: 503,
    title: 'Not yet that fresh',
    detail: 'What is shown has not come as far as was asked for. Try again as soon as Retry-After says.',
  },
  overloaded: {
    status: 503,
    title: 'Overloaded',
    detail: 'Too much comes in at once; nothing was written. Try again as soon as Retry-After says.',
  },
  'engine-unavailable': {
    status: 503,
    title: 'Store not reachable',
    detail: 'The store cannot be reached. Try again with the same Idempotency-Key: nothing happens twice.',
  },
  'shutting-down': {
    status: 503,
    title: 'Shutting down',
    detail: 'The program is being stopped. Try again in a moment.',
  },
  internal: {
    status: 500,
    title: 'Internal error',
    detail:
      'Something went wrong inside. Try again; if it stays, tell who runs the site the number in instance.',
  },
});
