/** The import inside a running application, wired as `concejo import` wires it. */
import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { Crypto } from '../../projections/crypto.js';
import type { Clock } from '../../src/clock.js';
import { RollLines } from '../../src/elections/roll-lines.js';
import type { CommandLog } from '../../src/event-store/command-log.js';
import { ImportOfficers } from '../../src/pabulib/import-officers.js';
import { PabulibImport, type ImportOptions, type Imported } from '../../src/pabulib/import.js';
import { CLOCK, COMMAND_LOG, CRYPTO, EVENT_STORE, POOL, SERVER_SECRET } from '../../src/platform.module.js';

export function importInto(
  app: INestApplicationContext,
  bytes: Uint8Array,
  options: ImportOptions = {},
): Promise<Imported> {
  const crypto: Crypto = app.get(CRYPTO, { strict: false });
  const clock: Clock = app.get(CLOCK, { strict: false });
  const log: CommandLog = app.get(COMMAND_LOG, { strict: false });
  const secret = app.get<Uint8Array>(SERVER_SECRET, { strict: false });
  const importing = new PabulibImport({
    commands: app.get(CommandBus, { strict: false }),
    store: app.get(EVENT_STORE, { strict: false }),
    pool: app.get(POOL, { strict: false }),
    rollLines: app.get(RollLines, { strict: false }),
    crypto,
    clock,
    officers: new ImportOfficers(log, crypto, clock, secret),
  });
  return importing.run(bytes, options);
}
