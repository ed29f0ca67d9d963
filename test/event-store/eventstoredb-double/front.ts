/** The door of a node: passes bytes on to the server behind it, and can cut, freeze or be shut, as a machine or network can. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export class Front {
  readonly #behind: number;
  readonly #pairs = new Map<number, [Socket, Socket]>();
  readonly #waiting = new Set<Socket>();
  #server: Server | undefined;
  #frozen = false;

  /** @param behind port of the server */
  constructor(behind: number) {
    this.#behind = behind;
  }

  /** @param port 0 for any; answers which */
  async open(port: number): Promise<number> {
    this.#server = createServer({ noDelay: true }, (client) => this.#accept(client));
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  get isOpen(): boolean {
    return this.#server !== undefined;
  }

  /** Refuses connections from now on, and cuts those that are. */
  async shut(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    server.close();
    this.cut();
    await once(server, 'close');
  }

  /** @param port of one connection, as the server behind sees it; without, all */
  cut(port?: number): void {
    const pairs = port === undefined ? [...this.#pairs.values()] : [this.#pairs.get(port) ?? []];
    for (const socket of [...pairs.flat(), ...(port === undefined ? this.#waiting : [])])
      socket.resetAndDestroy();
  }

  /** Connections are accepted and stay open, and nothing passes, not even a ping; what was sent passes after the thaw. */
  freeze(frozen: boolean): void {
    this.#frozen = frozen;
    for (const socket of [...this.#pairs.values()].flat()) {
      if (frozen) socket.pause();
      else socket.resume();
    }
    if (frozen) return;
    for (const client of this.#waiting) this.#accept(client);
    this.#waiting.clear();
  }

  #accept(client: Socket): void {
    client.on('error', () => undefined);
    if (this.#frozen) {
      this.#waiting.add(client);
      client.once('close', () => this.#waiting.delete(client));
      return;
    }
    const backend = connect({ port: this.#behind, host: '127.0.0.1', noDelay: true });
    backend.on('error', () => undefined);
    backend.once('connect', () => {
      const port = backend.localPort!;
      this.#pairs.set(port, [client, backend]);
      backend.once('close', () => this.#pairs.delete(port));
    });
    for (const [from, to] of [
      [client, backend],
      [backend, client],
    ] as const) {
      from.on('data', (data) => {
        if (!to.write(data)) from.pause();
      });
      to.on('drain', () => {
        if (!this.#frozen) from.resume();
      });
      from.once('end', () => to.end());
      from.once('close', () => to.destroy());
    }
  }
}
