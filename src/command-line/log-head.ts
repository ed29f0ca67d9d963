/** `concejo log-head FILE…`: tells a new host of the log's key which head was shown last, from what somebody has kept. */
import type { Crypto } from '../../projections/crypto.js';
import type { EventStore } from '../event-store/event-store.js';
import { takeKept } from '../ledger/kept-head.js';
import { Ledger } from '../ledger/ledger.js';
import { memoryPath } from '../ledger/own-keys.js';
import { CRYPTO, EVENT_STORE } from '../platform.module.js';
import { readInput } from './input.js';
import { print, type OutputOptions } from './output.js';
import { withApplication } from './running.js';

export async function logHead(names: readonly string[], options: OutputOptions): Promise<void> {
  const files = names.map((name) => ({ name, bytes: readInput(name) }));
  await withApplication(async (app, settings) => {
    const ledger = app.get(Ledger, { strict: false });
    const path = memoryPath(settings);
    const size = await takeKept(
      {
        crypto: app.get<Crypto>(CRYPTO, { strict: false }),
        store: app.get<EventStore>(EVENT_STORE, { strict: false }),
        tiles: ledger.tiles,
        path,
        policy: await ledger.trust.policyEver(),
      },
      files,
    );
    print(
      { size, path },
      [
        `The log is signed from the head of ${size} events on. It is remembered in ${path}.`,
        'concejo serve signs again within some seconds, or when it is started.',
      ],
      options,
    );
  });
}
