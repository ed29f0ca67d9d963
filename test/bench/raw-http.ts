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
  #parts: Buffer[] = [];
  #received = 0;
  /** Of the answer under way, once its head is there: its status, and all of its bytes. */
  #answer: { status: number; bytes: number } | undefined;

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
    this.#parts.push(data);
    this.#received += data.length;
    this.#answer ??= this.#head();
    if (this.#answer === undefined || this.#received < this.#answer.bytes) return;
    const { status } = this.#answer;
    this.#parts = [];
    this.#received = 0;
    this.#answer = undefined;
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.resolve(status);
  }

  #head(): { status: number; bytes: number } | undefined {
    const received = Buffer.concat(this.#parts);
    const end = received.indexOf('\r\n\r\n');
    if (end < 0) return undefined;
    const head = received.toString('latin1', 0, end);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length === undefined) this.#fail(new Error(`An answer without a length: ${head}`));
    return { status: Number(head.slice(9, 12)), bytes: end + 4 + Number(length) };
  }

  #fail(error: Error): void {
    this.#pending?.reject(error);
    this.#pending = undefined;
  }
}

type Headers = Readonly<Record<string, string>>;

/** A POST in its bytes. */
export function postRequest(path: string, type: string, body: Uint8Array, more: Headers = {}): Buffer {
  const head = headOf(`POST ${path}`, {
    'content-type': type,
    'content-length': String(body.length),
    ...more,
  });
  return Buffer.concat([head, body]);
}

/** As if a proxy had been asked by another of many: limits by address are not what is measured. */
export function from(i: number): Record<string, string> {
  return { 'x-forwarded-for': `10.${(i >> 12) & 255}.${(i >> 4) & 255}.${1 + (i & 15)}` };
}

/** A GET in its bytes. */
export function getRequest(path: string, more: Headers = {}): Buffer {
  return headOf(`GET ${path}`, more);
}

function headOf(line: string, headers: Headers): Buffer {
  const lines = Object.entries({ host: '127.0.0.1', ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return Buffer.from(`${line} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1');
}

export interface Load {
  readonly perSecond: number;
  /** Milliseconds, of every request, from least to most. */
  readonly latencies: Float64Array;
}

/** In an open loop a server may refuse some and go on. */
export interface OpenLoad extends Load {
  /** How many were answered with each status. */
  readonly answers: ReadonlyMap<number, number>;
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
   * a connection waits as a voter would.
   */
  async openLoop(requests: readonly Buffer[], perSecond: number): Promise<OpenLoad> {
    const latencies = new Float64Array(requests.length);
    const answers = new Map<number, number>();
    const started = performance.now();
    const due = (index: number) => started + (index * 1_000) / perSecond;
    let next = 0;
    await Promise.all(
      this.connections.map(async (connection) => {
        for (let index = next++; index < requests.length; index = next++) {
          const wait = due(index) - performance.now();
          if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
          const status = await connection.send(requests[index] as Buffer);
          answers.set(status, (answers.get(status) ?? 0) + 1);
          latencies[index] = performance.now() - due(index);
        }
      }),
    );
    return {
      perSecond: (requests.length * 1_000) / (performance.now() - started),
      latencies: latencies.sort(),
      answers,
    };
  }
}

function created(status: number): void {
  if (status !== 201) throw new Error(`A ballot was answered ${status}`);
}

/** @throws Error where a request was answered with anything but this status */
export function assertAllAnswered({ answers }: OpenLoad, status: number): void {
  for (const [other, count] of answers) {
    if (other !== status) throw new Error(`${count} requests were answered ${other} instead of ${status}`);
  }
}

/** The latencies as the lines of a benchmark say them. */
export function told({ latencies }: Load): string {
  const [p50, p95, p99] = [50, 95, 99].map((percent) => percentile(latencies, percent).toFixed(1));
  return `p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms`;
}

/** @param latencies from least to most */
export function percentile(latencies: Float64Array, percent: number): number {
  return latencies[Math.min(latencies.length - 1, Math.floor((latencies.length * percent) / 100))] ?? NaN;
}
