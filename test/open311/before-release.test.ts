/** What whoever knows the id of a request is told before its release: how it stands and what it is about, and nothing else. */
import { expect, it } from '@jest/globals';
import type { CategoryRow } from '../../projections/categories.view.js';
import { mattersView } from '../../projections/matters.view.js';
import { bareRequestJson } from '../../src/open311/open311.js';
import { filed, folded, LAMP, moved, refOf } from '../complaints/matter-events.js';

const category = { categoryId: 'street-lamp', name: refOf('name') } as CategoryRow;

it.each([false, true])('tells status, service and times to the second, extended: %s', (extended) => {
  const assigned = ['MatterAssigned', { matterId: LAMP, details: refOf('details 2') }] as const;
  const said = moved('scheduled', { words: refOf('words') });
  const row = folded(mattersView, filed, [...assigned], said).get(LAMP)!;
  const told = bareRequestJson({ matterId: LAMP, row, category }, () => 'Farolas', extended);
  const given = Object.fromEntries(
    Object.entries(told).filter(
      ([, value]) => value !== null && !(Array.isArray(value) && value.length === 0),
    ),
  );
  expect(given).toEqual({
    service_request_id: LAMP,
    status: 'open',
    service_name: 'Farolas',
    service_code: 'street-lamp',
    requested_datetime: '2026-10-05T08:00:00Z',
    updated_datetime: '2026-10-05T08:02:00Z',
  });
});
