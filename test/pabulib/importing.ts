/** The import inside a running application, as `concejo import` has it. */
import type { INestApplicationContext } from '@nestjs/common';
import { PabulibImport, type ImportOptions, type Imported } from '../../src/pabulib/import.js';

export function importInto(
  app: INestApplicationContext,
  bytes: Uint8Array,
  options: ImportOptions = {},
): Promise<Imported> {
  return app.get(PabulibImport, { strict: false }).run(bytes, options);
}
