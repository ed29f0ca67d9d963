/** `concejo doctor`: checks a live system, and says of everything that is wrong what to do. */
import type { Crypto } from '../../projections/crypto.js';
import type { EventStore } from '../event-store/event-store.js';
import { checkLog } from '../ledger/check-log.js';
import { Ledger } from '../ledger/ledger.js';
import { CRYPTO, EVENT_STORE } from '../platform.module.js';
import { print, type OutputOptions } from './output.js';
import { progressBar } from './progress.js';
import { withApplication } from './running.js';

interface DoctorOptions extends OutputOptions {
  repair?: boolean;
}

export async function doctor(options: DoctorOptions): Promise<void> {
  await withApplication(async (app) => {
    const ledger = app.get(Ledger, { strict: false });
    const bar = progressBar('Checking the log');
    const check = await checkLog(
      {
        store: app.get<EventStore>(EVENT_STORE, { strict: false }),
        tiles: ledger.tiles,
        crypto: app.get<Crypto>(CRYPTO, { strict: false }),
        ...(await ledger.heads()),
      },
      {
        repair: options.repair === true,
        onProgress: (done, of) => bar.at(Number(done), Number(of)),
      },
    );
    bar.stop();
    const { events, findings, repaired } = check;
    const left = findings.filter(
      ({ code }) => code !== 'tree-behind' && !(code === 'tile-damaged' && repaired > 0),
    );
    const lines = findings.map(({ code, where, advice }) => `${code}: ${where}\n    ${advice}`);
    const end =
      left.length > 0
        ? `${left.length} things are wrong.`
        : `${events} events, their tree and its signed head are as they must be.`;
    if (repaired > 0) lines.push(`${repaired} tiles were made again.`);
    print({ events, findings, repaired, healthy: left.length === 0 }, [...lines, end], options);
    if (left.length > 0) process.exitCode = 1;
  });
}
