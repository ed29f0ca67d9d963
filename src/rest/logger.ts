/** The program's log: pino lines. It holds no personal data, no addresses of clients and no query strings. */
import type { LoggerService } from '@nestjs/common';
import { pino, type Logger } from 'pino';
import { currentRequestId } from './request-id.js';

/**
 * @param level of pino, or `silent`
 * @param destination `stderr` for a command whose standard output is its result
 */
export function makeLog(level: string, destination: 'stdout' | 'stderr' = 'stdout'): Logger {
  // Written at once: a command may end the process right after its last line.
  const lines = pino.destination({ dest: destination === 'stdout' ? 1 : 2, sync: true });
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, mixin: logMixin }, lines);
}

/** What stands on every line: the number of the request that it is about. */
export function logMixin(): { request?: string } {
  const request = currentRequestId();
  return request === undefined ? {} : { request };
}

/** What NestJS tells goes to pino. The last text that it passes names who speaks; before it an error has its stack. */
export function nestLog(pinoLog: Logger): LoggerService {
  const line =
    (level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace') =>
    (message: unknown, ...rest: unknown[]): void => {
      const stack = rest.find((part) => typeof part === 'string' && part.includes('\n    at '));
      const context = rest.filter((part) => typeof part === 'string' && part !== stack).at(-1);
      pinoLog[level]({ context, stack }, message instanceof Error ? message.message : String(message));
    };
  return {
    fatal: line('fatal'),
    error: line('error'),
    warn: line('warn'),
    // NestJS logs every route and module at this level when it starts.
    log: line('debug'),
    debug: line('debug'),
    verbose: line('trace'),
  };
}
