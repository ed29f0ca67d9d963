/** The program's log: pino lines on stdout. It holds no personal data, no addresses of clients and no query strings. */
import type { LoggerService } from '@nestjs/common';
import { pino, type Logger } from 'pino';

/** @param level of pino, or `silent` */
export function makeLog(level: string): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime });
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
