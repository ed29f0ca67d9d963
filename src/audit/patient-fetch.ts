/**
 * Reading over HTTP from somebody who is not trusted: no answer is longer than asked for or takes for ever, what fails for a
 * moment is asked again, and nobody is sent to another site.
 */

export type UnreadableCode =
  | 'address-malformed'
  /** No connection, or one that broke. */
  | 'log-unreachable'
  | 'answer-late'
  /** A status that says that it cannot answer now. */
  | 'log-failing'
  | 'answer-too-long'
  /** Something else than was asked for, such as a page. */
  | 'answer-of-another-kind'
  | 'redirect-elsewhere'
  | 'log-not-found'
  | 'log-too-long';

/** A log cannot be read; the message says what to do. That is a verdict on nobody. */
export class LogUnreadable extends Error {
  constructor(
    readonly code: UnreadableCode,
    message: string,
  ) {
    super(message);
    this.name = 'LogUnreadable';
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
}

export interface FetchOptions {
  /** Ends everything that is asked; whoever waits is rejected with its reason. */
  signal?: AbortSignal;
  /** Milliseconds without a byte after which an answer is late (default 20,000). */
  idleMs?: number;
  /** Milliseconds for a whole answer (default 120,000). */
  wholeMs?: number;
  /** Milliseconds of the pause before the second try, doubled for each further one (default 500). */
  pauseMs?: number;
}

const TRIES = 4;
const MOST_REDIRECTS = 3;
const LONGEST_PAUSE_MS = 30_000;
/** Statuses that may be others in a moment. */
const ASK_AGAIN = new Set([408, 425, 429, 500, 502, 503, 504]);

export class PatientFetch {
  readonly #idleMs: number;
  readonly #wholeMs: number;
  readonly #pauseMs: number;
  readonly #signal: AbortSignal | undefined;

  constructor({ signal, idleMs = 20_000, wholeMs = 120_000, pauseMs = 500 }: FetchOptions = {}) {
    this.#signal = signal;
    this.#idleMs = idleMs;
    this.#wholeMs = wholeMs;
    this.#pauseMs = pauseMs;
  }

  /** The answer with any status that is not for asking again. @throws LogUnreadable, and the reason of the signal */
  async get(address: URL, maxBytes: number): Promise<Answer> {
    for (let tried = 1; ; tried++) {
      const answer = await this.#try(address, maxBytes).catch((error: unknown) => {
        this.#signal?.throwIfAborted();
        if (!(error instanceof LogUnreadable)) throw error;
        return error;
      });
      const failure = answer instanceof LogUnreadable ? answer : failureOf(address, answer);
      if (failure === undefined) return answer as Answer;
      const mayPass = ['log-unreachable', 'answer-late', 'log-failing'].includes(failure.code);
      if (!mayPass || tried === TRIES) throw failure;
      const asked = answer instanceof LogUnreadable ? 0 : retryAfterMs(answer.headers);
      await this.#pause(Math.max(asked, this.#pauseMs * 2 ** (tried - 1)));
    }
  }

  async #try(address: URL, maxBytes: number): Promise<Answer> {
    const ending = new AbortController();
    const late = () =>
      ending.abort(
        new LogUnreadable('answer-late', `${address.href} did not answer in time. Try again later.`),
      );
    const stop = () => ending.abort(this.#signal?.reason);
    if (this.#signal?.aborted === true) stop();
    this.#signal?.addEventListener('abort', stop);
    const whole = setTimeout(late, this.#wholeMs);
    let idle = setTimeout(late, this.#idleMs);
    const heard = () => {
      clearTimeout(idle);
      idle = setTimeout(late, this.#idleMs);
    };
    try {
      const response = await follow(address, ending.signal);
      heard();
      return {
        status: response.status,
        headers: response.headers,
        bytes: await bodyOf(response, address, maxBytes, heard),
      };
    } catch (error) {
      if (ending.signal.aborted) throw ending.signal.reason;
      throw error instanceof LogUnreadable ? error : unreachable(address, error);
    } finally {
      // Of an answer that is not wanted any more nothing is read.
      ending.abort();
      clearTimeout(whole);
      clearTimeout(idle);
      this.#signal?.removeEventListener('abort', stop);
    }
  }

  async #pause(ms: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const signal = this.#signal;
      const stop = () => {
        clearTimeout(timer);
        reject(signal?.reason as Error);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', stop);
        resolve();
      }, ms);
      signal?.addEventListener('abort', stop, { once: true });
    });
  }
}

/** Redirects lead within the site. A browser says of none where it leads, so that there it follows none. */
async function follow(address: URL, signal: AbortSignal): Promise<Response> {
  let at = address;
  for (let redirects = 0; ; redirects++) {
    const response = await fetch(at, { redirect: 'manual', credentials: 'omit', signal });
    const location = response.headers.get('location');
    const isRedirect = [301, 302, 303, 307, 308].includes(response.status) && location !== null;
    if (!isRedirect && response.type !== 'opaqueredirect') return response;
    await response.body?.cancel();
    const to = location !== null && URL.canParse(location, at) ? new URL(location, at) : undefined;
    if (to?.origin !== address.origin || redirects === MOST_REDIRECTS) {
      throw new LogUnreadable(
        'redirect-elsewhere',
        `${address.href} redirects to ${to?.origin ?? 'another address'}, which is not followed. If you trust that site, ask it itself.`,
      );
    }
    at = to;
  }
}

async function bodyOf(
  { body }: Response,
  address: URL,
  maxBytes: number,
  heard: () => void,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const reader = body?.getReader();
  while (reader !== undefined) {
    const { done, value } = await reader.read();
    if (done) break;
    heard();
    length += value.length;
    if (length > maxBytes) {
      throw new LogUnreadable(
        'answer-too-long',
        `${address.href} answers more than ${maxBytes} bytes, which nothing of a log has there. Is it the address of a Concejo site?`,
      );
    }
    pieces.push(value);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function failureOf(address: URL, answer: Answer): LogUnreadable | undefined {
  if (!ASK_AGAIN.has(answer.status)) return undefined;
  return new LogUnreadable(
    'log-failing',
    `${address.href} answers with status ${answer.status}: it has trouble of its own. Try again later.`,
  );
}

function unreachable(address: URL, error: unknown): LogUnreadable {
  const { cause, message } = error as { cause?: { code?: string; message?: string }; message?: string };
  const why = cause?.code ?? cause?.message ?? message ?? 'no reason given';
  return new LogUnreadable(
    'log-unreachable',
    `${address.href} cannot be read (${why}). Check the address and your connection, and try again.`,
  );
}

/** In seconds only, as servers that are busy say it. */
function retryAfterMs(headers: Headers): number {
  const given = headers.get('retry-after') ?? '';
  return /^\d{1,6}$/.test(given) ? Math.min(LONGEST_PAUSE_MS, Number(given) * 1_000) : 0;
}
