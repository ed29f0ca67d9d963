/** A proxy before PostgreSQL that cuts a connection at a chosen moment: what a network does, but on purpose. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import pg from 'pg';
import { clientConfig } from '../../src/postgres/pools.js';

export interface CuttingProxy {
  /** Settings for connections through the proxy. */
  readonly config: pg.PoolConfig;
  /** For the next commits: pass each on to the server, and cut the connection when the server has answered it. */
  loseAnswers(count: number): void;
  /** Pass nothing on any more, in either direction, without closing anything. */
  freeze(frozen: boolean): void;
  readonly lost: number;
  close(): Promise<void>;
}

const COMMIT = Buffer.from('Q\0\0\0\x0bcommit\0', 'latin1');

/** @param url connection string of the server */
export async function cuttingProxy(url: string): Promise<CuttingProxy> {
  const target = new pg.Client(clientConfig(url));
  const parameters = target as unknown as { connectionParameters: { options?: string } };
  const open = new Set<Socket>();
  let toLose = 0;
  let lost = 0;
  let frozen = false;
  const server = createServer((client) => {
    const path = `${target.host}/.s.PGSQL.${target.port}`;
    const backend = target.host.startsWith('/') ? connect(path) : connect(target.port, target.host);
    let losing = false;
    for (const socket of [client, backend]) {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        client.destroy();
        backend.destroy();
      });
    }
    client.on('data', (data) => {
      if (frozen) return;
      if (toLose > 0 && data.includes(COMMIT)) {
        toLose--;
        losing = true;
      }
      backend.write(data);
    });
    backend.on('data', (data) => {
      if (frozen) return;
      if (losing) {
        lost++;
        client.destroy();
      } else {
        client.write(data);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    config: {
      host: '127.0.0.1',
      port: (server.address() as AddressInfo).port,
      ...{ user: target.user, database: target.database, password: target.password ?? undefined },
      options: parameters.connectionParameters.options,
      ssl: false,
    },
    loseAnswers: (count) => {
      toLose = count;
    },
    freeze: (now) => {
      frozen = now;
    },
    get lost() {
      return lost;
    },
    close: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
