/** `concejo witness`: cosigns the heads of logs, for an institution that has nothing else of this program. */
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { writeVerifierKey } from '../../projections/ledger/verifier-key.js';
import { nodeCrypto } from '../crypto/node-crypto.js';
import { messageOf } from '../postgres/postgres-error.js';
import { makeLog } from '../rest/logger.js';
import { openWitness } from '../witness/open-witness.js';
import { logsOf, Witness } from '../witness/witness.js';
import { witnessServer } from '../witness/witness-server.js';
import { listen } from './listen.js';
import { CommandFailed } from './output.js';
import { untilAskedToStop } from './stopping.js';

export interface WitnessOptions {
  folder: string;
  host: string;
  port: string;
  name?: string;
  log?: readonly string[];
}

/** @throws CommandFailed, WitnessFailed: each says what to do */
export async function witness({ folder, host, port, name, log: vkeys = [] }: WitnessOptions): Promise<void> {
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new CommandFailed('port-wrong', 'PORT must be a number from 0 to 65535.');
  }
  const logs = logsOf(nodeCrypto, vkeys);
  const { key, memory, lock } = await openWitness(nodeCrypto, resolve(folder), name, logs.keys());
  const log = makeLog('info', 'stderr');
  const one = new Witness(nodeCrypto, key, logs, memory, Date.now, (message) => log.warn(message));
  const server = witnessServer(nodeCrypto, one, (error) => log.error(messageOf(error)));
  try {
    await listen(
      {
        listen: (at, on) =>
          new Promise((done, fail) => server.once('error', fail).listen(at, on, () => done(0))),
      },
      { host, port: Number(port) },
    );
    const vkey = writeVerifierKey(key.verifier);
    const { port: at } = server.address() as AddressInfo;
    const lines = [
      `Key of this witness, for the policy of each log: ${vkey}`,
      ...(logs.size === 0
        ? ['It follows no log yet: start it with --log and a line of the log’s /log/vkeys.']
        : []),
      ...[...logs.keys()].map((origin) => `It follows ${origin}`),
      `Concejo witnesses at http://${host.includes(':') ? `[${host}]` : host}:${at}`,
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
    await untilAskedToStop();
  } finally {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
    await lock.release();
  }
}
