/** The refusals of a real server, with the codes, words and headers by which the client tells them apart. */
import { Metadata, status } from '@grpc/grpc-js';

/** What a call is ended with. */
export class Problem extends Error {
  readonly metadata = new Metadata();

  constructor(
    readonly code: status,
    readonly details: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(details);
    for (const [name, value] of Object.entries(headers)) this.metadata.set(name, value);
  }
}

export const MAX_APPEND = 1_048_576;

export const notReady = () => new Problem(status.UNAVAILABLE, 'Server Is Not Ready');
export const busy = () => new Problem(status.UNAVAILABLE, 'Server Is Too Busy');
export const noLeader = () => new Problem(status.UNKNOWN, 'No leader info available in response');
export const timedOut = () => new Problem(status.ABORTED, 'Operation timed out: prepare or commit timed out');
export const cancelled = () => new Problem(status.CANCELLED, 'The operation was cancelled.');
export const unavailable = () => new Problem(status.UNAVAILABLE, 'Connection dropped');
export const unauthenticated = () => new Problem(status.UNAUTHENTICATED, 'Unauthenticated');
export const thrown = () => new Problem(status.UNKNOWN, 'Exception was thrown by handler.');
export const unexpected = (what: string) => new Problem(status.UNKNOWN, `Unexpected ${what}`);
export const noPlace = () => new Problem(status.INVALID_ARGUMENT, 'Trying to read from an invalid position.');

export const accessDenied = () =>
  new Problem(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' });

export const notLeader = (host: string, port: number) =>
  new Problem(status.NOT_FOUND, 'Leader info available', {
    exception: 'not-leader',
    'leader-endpoint-host': host,
    'leader-endpoint-port': String(port),
  });

export const streamDeleted = (stream: string) =>
  new Problem(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  });

export const tooLarge = () =>
  new Problem(status.INVALID_ARGUMENT, `Maximum Append Size of ${MAX_APPEND} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(MAX_APPEND),
  });

/** Of a delete; an append answers a wrong revision with a message instead. */
export const wrongVersion = (stream: string, expected: bigint, actual: bigint) =>
  new Problem(
    status.FAILED_PRECONDITION,
    `Delete failed due to WrongExpectedVersion. Stream: ${stream}, Expected version: ${expected.toString()}, ` +
      `Actual version: ${actual.toString()}`,
    {
      exception: 'wrong-expected-version',
      'stream-name': stream,
      'expected-version': expected.toString(),
      'actual-version': actual.toString(),
    },
  );
