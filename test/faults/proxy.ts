/** A TCP proxy that does on purpose what a network does: cuts connections, freezes them, loses an answer. */
import { once } from 'node:events';
import {
  connect,
  createServer,
  type AddressInfo,
  type NetConnectOpts,
  type Server,
  type Socket,
} from 'node:net';

export class FaultyProxy {
  /** Of both sides. */
  readonly #open = new Set<Socket>();
  readonly #clients = new Set<Socket>();
  #isFrozen = false;
  #toLose = 0;
  /** Answers that were lost. */
  lost = 0;

  private constructor(
    private readonly server: Server,
    private readonly target: () => NetConnectOpts | undefined,
    private readonly losesAfter: Buffer | undefined,
  ) {
    server.on('connection', (client) => this.#join(client));
  }

  /**
   * @param target where the next connection leads; `undefined`: nowhere, it is reset
   * @param losesAfter bytes of a request whose answer `loseAnswers` loses
   */
  static async start(target: () => NetConnectOpts | undefined, losesAfter?: Buffer): Promise<FaultyProxy> {
    const server = createServer({ pauseOnConnect: true });
    const proxy = new FaultyProxy(server, target, losesAfter);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Resets all connections. */
  cut(): void {
    for (const client of this.#clients) client.resetAndDestroy();
  }

  /** Passes nothing on any more, in either direction, without closing anything; what comes meanwhile is kept. */
  freeze(): void {
    this.#isFrozen = true;
    for (const socket of this.#open) socket.pause();
  }

  thaw(): void {
    this.#isFrozen = false;
    for (const socket of this.#open) socket.resume();
  }

  /** The next requests of the kind are passed on, and their connection is cut when they were answered. */
  loseAnswers(count: number): void {
    this.#toLose = count;
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  #join(client: Socket): void {
    const to = this.target();
    if (to === undefined) {
      client.resetAndDestroy();
      return;
    }
    const backend = connect(to);
    this.#clients.add(client);
    client.on('close', () => this.#clients.delete(client));
    let isLosing = false;
    this.#lead(client, backend, (data) => {
      if (this.#toLose > 0 && this.losesAfter !== undefined && data.includes(this.losesAfter)) {
        this.#toLose--;
        isLosing = true;
      }
      backend.write(data);
    });
    this.#lead(backend, client, (data) => {
      if (isLosing) {
        this.lost++;
        client.destroy();
      } else {
        client.write(data);
      }
    });
  }

  /** Passes on what one socket says to the other, as fast as that one takes it. */
  #lead(from: Socket, to: Socket, pass: (data: Buffer) => void): void {
    this.#open.add(from);
    from.on('data', (data: Buffer) => {
      pass(data);
      if (to.writableNeedDrain) from.pause();
    });
    to.on('drain', () => {
      if (!this.#isFrozen) from.resume();
    });
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.#open.delete(from);
      to.destroy();
    });
    if (this.#isFrozen) from.pause();
    else from.resume();
  }
}
