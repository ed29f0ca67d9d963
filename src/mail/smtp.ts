/**
 * One connection to the mail server. What comes of a mail is told by how far the server was: before it was given the message nothing
 * was sent, once it answered it is known, and in between nobody knows (RFC 1047).
 */
import { Readable } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { Outcome } from './outbox.js';

/** Where mail is handed in. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** `from-start` (smtps), `starttls`: not without; `none`: never. */
  readonly tls: 'from-start' | 'starttls' | 'none';
  readonly user?: string;
  readonly password?: string;
}

/** Milliseconds. */
export interface Deadlines {
  readonly connect: number;
  /** Of sender and recipient together. */
  readonly envelope: number;
  /** For the answer to a message. */
  readonly message: number;
  /** For what is under way when the program ends. */
  readonly stop: number;
}

/** @see RFC 5321 §4.5.3.2: ten minutes for the answer to a message, so that as few as can be are unknown */
export const DEADLINES: Deadlines = { connect: 30_000, envelope: 60_000, message: 600_000, stop: 5_000 };

const QUIT_MS = 1_000;

/** The server cannot be reached, or does not take us as we are; no mail is to blame. The message is a code. */
export class MailServerAway extends Error {
  readonly code = 'mail-server-away';
  constructor(readonly reason: string) {
    super(reason);
    this.name = 'MailServerAway';
  }
}

interface SmtpError {
  readonly code?: string;
  readonly command?: string;
  readonly responseCode?: number;
}

export class Smtp {
  #isUsable = true;
  #failed: (error: SmtpError) => void = () => undefined;

  private constructor(
    private readonly connection: SMTPConnection,
    private readonly deadlines: Deadlines,
    private readonly signal: AbortSignal,
  ) {
    // Without a listener the process would end.
    connection.on('error', (error: SmtpError) => this.#failed(error));
    connection.on('end', () => this.#failed({ code: 'ECONNECTION' }));
  }

  /** Connects and signs in. @param tls such as the authorities that are trusted @throws MailServerAway */
  static async open(
    server: MailServer,
    signal: AbortSignal,
    deadlines = DEADLINES,
    tls: ConnectionOptions = {},
  ): Promise<Smtp> {
    const { host, port, user, password } = server;
    const connection = new SMTPConnection({
      host,
      port,
      secure: server.tls === 'from-start',
      requireTLS: server.tls === 'starttls',
      ignoreTLS: server.tls === 'none',
      tls,
      connectionTimeout: deadlines.connect,
      greetingTimeout: deadlines.connect,
      // Our own come first.
      socketTimeout: deadlines.message + deadlines.connect,
      socketCloseTimeout: QUIT_MS,
    });
    const smtp = new Smtp(connection, deadlines, signal);
    await smtp.#step(deadlines.connect, (done) => connection.connect(done));
    if (user !== undefined)
      await smtp.#step(deadlines.connect, (done) => connection.login({ user, pass: password ?? '' }, done));
    return smtp;
  }

  /** Whether another mail may go over it. */
  get isUsable(): boolean {
    return this.#isUsable;
  }

  /** Never rejects. */
  async send(from: string, to: string, message: Uint8Array): Promise<Outcome> {
    let isHandedOver = false;
    let failed: (error: SmtpError) => void = () => undefined;
    const outcome = new Promise<Outcome>((resolve) => {
      failed = (error) => {
        // The first failure tells; closing the connection would be another.
        this.#failed = () => undefined;
        resolve(this.#outcome(error, isHandedOver));
      };
      this.#failed = failed;
      const handOver = async function* (handed: () => void) {
        await Promise.resolve();
        handed();
        yield message;
      };
      // Only read once the server has taken sender and recipient and asks for it.
      const body = Readable.from(
        handOver(() => {
          isHandedOver = true;
          deadline.refresh();
        }),
        { objectMode: false },
      );
      this.connection.send({ from, to: [to] }, body, (error) => {
        if (error) failed(error);
        else resolve({ state: 'sent' });
      });
    });
    const late = () => {
      failed({ code: 'ETIMEDOUT' });
      this.close();
    };
    const deadline = this.#deadline(late);
    const result = await outcome.finally(() => deadline.forget());
    if (result.state !== 'sent') await this.#reset();
    return result;
  }

  /** Lets the server end it, for a second at most, which need not be waited for. */
  quit(): void {
    if (!this.#isUsable) return;
    this.#isUsable = false;
    this.connection.quit();
    setTimeout(() => this.connection.close(), QUIT_MS).unref();
  }

  close(): void {
    this.#isUsable = false;
    this.connection.close();
  }

  /** What comes of a mail by how its sending failed. Only a refusal (RFC 5321 §4.2.1) says that it was not taken. */
  #outcome({ code, command, responseCode = 0 }: SmtpError, isHandedOver: boolean): Outcome {
    if (responseCode < 400 || responseCode > 599) {
      this.close();
      const reason = code === 'ETIMEDOUT' ? 'timeout' : 'connection-lost';
      return { state: isHandedOver ? 'unknown' : 'waiting', reason };
    }
    // Who refuses the sender, has lost count (503), or ends the connection, means us and not this mail.
    const isOfThisMail = (command === 'RCPT TO' || command === 'DATA') && responseCode !== 503;
    if (!isOfThisMail) this.close();
    return {
      state: isOfThisMail && responseCode >= 500 ? 'failed' : 'waiting',
      reason: `smtp-${responseCode}`,
    };
  }

  /** What the server has heard of a mail that it refused must not stand before the next one. */
  async #reset(): Promise<void> {
    if (!this.#isUsable) return;
    await this.#step(this.deadlines.envelope, (done) => this.connection.reset(done)).catch(() => undefined);
  }

  async #step(ms: number, begin: (done: (error?: SmtpError | null) => void) => void): Promise<void> {
    const stop = () => this.#failed({ code: 'ABORTED' });
    this.signal.addEventListener('abort', stop);
    const timer = setTimeout(() => this.#failed({ code: 'ETIMEDOUT' }), ms);
    try {
      await new Promise<void>((resolve, reject) => {
        this.#failed = ({ responseCode, code }) =>
          reject(
            new MailServerAway(responseCode === undefined ? (code ?? 'unknown') : `smtp-${responseCode}`),
          );
        begin((error) => {
          if (error) this.#failed(error);
          else resolve();
        });
        if (this.signal.aborted) stop();
      });
    } catch (error) {
      this.close();
      throw error;
    } finally {
      clearTimeout(timer);
      this.signal.removeEventListener('abort', stop);
    }
  }

  /** Calls back when it takes too long, or the program ends. */
  #deadline(late: () => void): { refresh: () => void; forget: () => void } {
    const { envelope, message, stop } = this.deadlines;
    let timer = setTimeout(late, envelope);
    const end = (ms: number) => {
      clearTimeout(timer);
      timer = setTimeout(late, ms);
    };
    const stopped = () => end(stop);
    this.signal.addEventListener('abort', stopped);
    if (this.signal.aborted) stopped();
    return {
      refresh: () => end(this.signal.aborted ? stop : message),
      forget: () => {
        clearTimeout(timer);
        this.signal.removeEventListener('abort', stopped);
      },
    };
  }
}
