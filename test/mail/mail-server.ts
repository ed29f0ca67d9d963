/** A real SMTP server that does what a test tells it, and remembers what it took. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { until } from '../views/world.js';

export interface Delivered {
  readonly to: string;
  /** The whole message as it came. */
  readonly message: string;
  readonly messageId: string;
  readonly secure: boolean;
}

/** What the server says; by default it takes everything. */
export interface Manners {
  /** Status with which it refuses a recipient. */
  recipient?: (address: string) => number | undefined;
  sender?: () => number | undefined;
  /** Told once the whole message is there; the answer is given when it resolves, with a status where it refuses. */
  message?: (delivered: Delivered) => Promise<number | undefined> | number | undefined;
}

export class TestMailServer {
  readonly delivered: Delivered[] = [];
  manners: Manners = {};
  #server: SMTPServer | undefined;

  private constructor(private readonly options: SMTPServerOptions) {}

  static async start(options: SMTPServerOptions = {}, port = 0): Promise<TestMailServer> {
    const server = new TestMailServer(options);
    await server.listen(port);
    return server;
  }

  async listen(port = 0): Promise<void> {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: this.options.secure === true || this.options.key !== undefined ? [] : ['STARTTLS'],
      closeTimeout: 100,
      ...this.options,
      onMailFrom: (_address, _session, callback) => callback(refusal(this.manners.sender?.())),
      onRcptTo: ({ address }, _session, callback) => callback(refusal(this.manners.recipient?.(address))),
      onData: (stream, session, callback) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const message = Buffer.concat(chunks).toString('latin1');
          const delivered: Delivered = {
            to: session.envelope.rcptTo.map(({ address }) => address).join(),
            message,
            messageId: headerOf(message, 'Message-ID') ?? '',
            secure: session.secure,
          };
          void Promise.resolve(this.manners.message?.(delivered)).then((status) => {
            if (status === undefined) this.delivered.push(delivered);
            callback(refusal(status));
          });
        });
      },
    });
    // Clients are killed in these tests.
    server.on('error', () => undefined);
    this.#server = server;
    const listening = server.listen(port, '127.0.0.1');
    await once(listening, 'listening');
  }

  get port(): number {
    return (this.#server?.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    await new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())));
  }

  /** Waits until so many were taken. */
  async took(count: number): Promise<readonly Delivered[]> {
    await until(`${count} mails were taken`, () => this.delivered.length >= count);
    return this.delivered;
  }
}

/** The value of a header, unfolded. */
export function headerOf(message: string, name: string): string | undefined {
  const head = message.slice(0, message.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ');
  return head
    .split('\r\n')
    .find((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`))
    ?.slice(name.length + 1)
    .trim();
}

/** The text of a mail that was sent as quoted-printable or as it is. */
export function textOf({ message }: Delivered): string {
  const body = message.slice(message.indexOf('\r\n\r\n') + 4).replace(/\r\n/g, '\n');
  if (headerOf(message, 'Content-Transfer-Encoding') !== 'quoted-printable') return body;
  const bytes = body
    .replace(/=\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}

/** Takes connections and never says a word. */
export class SilentServer {
  readonly #sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
    });
  }

  static async start(): Promise<SilentServer> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new SilentServer(server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }
}

function refusal(status: number | undefined): Error | null {
  return status === undefined ? null : Object.assign(new Error('No'), { responseCode: status });
}
