/** Who has which roles and keys, read from the log itself: what a two-person act is checked against before it is appended. */
import type { Crypto } from '../../projections/crypto.js';
import { openEvent } from '../../projections/event.js';
import { foldInto } from '../../projections/projection.js';
import { staffView, type StaffRow } from '../../projections/staff.view.js';
import type { EventStore } from '../event-store/event-store.js';

export async function readStaff(
  store: EventStore,
  crypto: Pick<Crypto, 'sha256'>,
): Promise<ReadonlyMap<string, StaffRow>> {
  const rows = new Map<string, StaffRow>();
  for await (const recorded of store.readStream('staff'))
    foldInto(staffView, rows, [openEvent(crypto, recorded)]);
  return rows;
}
