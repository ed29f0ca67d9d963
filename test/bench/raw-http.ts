/**
 * A load generator that costs little beside what it measures: keep-alive connections on plain sockets, one request under
 * way on each, requests made beforehand. It reads the status and the length of an answer and nothing else.
 */
import { connect, type Socket } from 'node:net';

interface Pending {
  resolve: (status: number) => void;
  reject: (error: Error) => void;
}

class Connection {
  #pending: Pending | undefined;
  #received: Buffer = Buffer.alloc(0);

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.on('data', (data: Buffer) => this.#read(data));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('The server closed a connection')));
  }

  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new Connection(socket));
      });
    });
  }

  /** The status of the answer. Not to be called before the one before is answered. */
  send(request: Buffer): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject };
      this.socket.write(request);
    });
  }

  close(): void {
    this.socket.removeAllListeners('close');
    this.socket.destroy();
  }

  #read(data: Buffer): void {
    this.#received = this.#received.length === 0 ? data : Buffer.concat([this.#received, data]);
    const end = this.#received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = this.#received.toString('latin1', 0, end);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length === undefined) {
      this.#fail(new Error(`An answer without a length: ${head}`));
      return;
    }
    if (this.#received.length < end + 4 + Number(length)) return;
    this.#received = Buffer.alloc(0);
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.resolve(Number(head.slice(9, 12)));
  }

  #fail(error: Error): void {
    this.#pending?.reject(error);
    this.#pending = undefined;
  }
}

/** A POST in its bytes. */
export function postRequest(path: string, type: string, body: Uint8Array): Buffer {
  const head = `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), body]);
}

export interface Load {
  readonly perSecond: number;
  /** Milliseconds, of every request, from least to most. */
  readonly latencies: Float64Array;
}

export class LoadGenerator {
  private constructor(private readonly connections: readonly Connection[]) {}

  /** @param ports of servers that share the load @param connections in all */
  static async open(ports: readonly number[], connections: number): Promise<LoadGenerator> {
    return new LoadGenerator(
      await Promise.all(
        Array.from({ length: connections }, (_, i) => Connection.open(ports[i % ports.length] ?? NaN)),
      ),
    );
  }

  close(): void {
    for (const connection of this.connections) connection.close();
  }

  /** Every connection sends its next request as soon as it is answered. @throws Error for any answer that is not 201 */
  async closedLoop(requests: readonly Buffer[]): Promise<Load> {
    const latencies = new Float64Array(requests.length);
    let next = 0;
    const started = performance.now();
    await Promise.all(
      this.connections.map(async (connection) => {
        for (let index = next++; index < requests.length; index = next++) {
          const sent = performance.now();
          created(await connection.send(requests[index] as Buffer));
          latencies[index] = performance.now() - sent;
        }
      }),
    );
    return {
      perSecond: (requests.length * 1_000) / (performance.now() - started),
      latencies: latencies.sort(),
    };
  }

  /**
   * Requests are due at fixed instants, whether the server keeps up or not, and their time counts from there: what waits for
   * a connection waits as a voter would. @throws Error for any answer that is not 201
   */
  async openLoop(requests: readonly Buffer[], perSecond: number): Promise<Load> {
    const latencies = new Float64Array(requests.length);
    const started = performance.now();
    const due = (index: number) => started + (index * 1_000) / perSecond;
    let next = 0;
    await Promise.all(
      this.connections.map(async (connection) => {
        for (let index = next++; index < requests.length; index = next++) {
          const wait = due(index) - performance.now();
          if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
          created(await connection.send(requests[index] as Buffer));
          latencies[index] = performance.now() - due(index);
        }
      }),
    );
    return {
      perSecond: (requests.length * 1_000) / (performance.now() - started),
      latencies: latencies.sort(),
    };
  }
}

function created(status: number): void {
  if (status !== 201) throw new Error(`A ballot was answered ${status}`);
}

/** @param latencies from least to most */
export function percentile(latencies: Float64Array, percent: number): number {
  return latencies[Math.min(latencies.length - 1, Math.floor((latencies.length * percent) / 100))] ?? NaN;
}
