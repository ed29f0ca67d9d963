/**
 * A witness that stops dead in the middle of one answer, for whoever kills it there: `before` the head is kept, or `after` it.
 * Arguments: where, the size at which, folder, vkeys of logs.
 */
import type { AddressInfo } from 'node:net';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { openWitness } from '../../src/witness/open-witness.js';
import { logsOf, Witness } from '../../src/witness/witness.js';
import { WitnessMemory } from '../../src/witness/witness-memory.js';
import { witnessServer } from '../../src/witness/witness-server.js';

const [where = '', size = '', folder = '', ...vkeys] = process.argv.slice(2);

class Halting extends WitnessMemory {
  override async keep(origin: string, note: string): Promise<void> {
    const here = note.split('\n')[1] === size;
    if (here && where === 'before') await halt();
    await super.keep(origin, note);
    if (here && where === 'after') await halt();
  }
}

function halt(): Promise<never> {
  process.stdout.write('halted\n');
  return new Promise(() => undefined);
}

const { key } = await openWitness(nodeCrypto, folder, undefined, []);
const memory = new Halting(nodeCrypto, folder);
const witness = new Witness(nodeCrypto, key, logsOf(nodeCrypto, vkeys), memory, Date.now, () => undefined);
const server = witnessServer(nodeCrypto, witness, () => undefined);
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`at http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
