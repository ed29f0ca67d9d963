/** Which mails an event makes: every room that writes to people tells it here, at start. */
import { Injectable } from '@nestjs/common';
import type { ClientBase } from 'pg';
import type { LogEvent } from '../../projections/event.js';
import type { EventName } from '../../projections/events/catalogue.js';
import type { Mail } from './mail.js';

export interface Correspondent<Facts = unknown> {
  /** Types of the events that it writes about. */
  readonly writesAbout: readonly EventName[];
  /** The stream that its mails tell of, by which they are erased; that of the event where nothing is said. */
  readonly about?: (event: LogEvent) => string;
  /**
   * Reads what the mails need to know, such as who is written to. The views have come to the event.
   * @param client of the transaction in which the mails are put into the outbox
   */
  readonly facts: (event: LogEvent, client: ClientBase) => Promise<Facts>;
  /** Pure: the mails that the event makes, none where nobody is to be told. */
  readonly mails: (event: LogEvent, facts: Facts) => readonly Mail[];
}

@Injectable()
export class Correspondents {
  readonly #all: Correspondent[] = [];

  add<Facts>(correspondent: Correspondent<Facts>): void {
    this.#all.push(correspondent as Correspondent);
  }

  /** Those that write about an event of this type. */
  about(type: EventName): readonly Correspondent[] {
    return this.#all.filter(({ writesAbout }) => writesAbout.includes(type));
  }
}
