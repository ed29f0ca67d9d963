/** Which area of the city an election of a file is about. */
import type { QueryBus } from '@nestjs/cqrs';
import { FindAreaByPabulibName } from '../city/city.queries.js';
import type { EventStore } from '../event-store/event-store.js';
import type { Views } from '../views/views.js';
import { metaValue, type PabulibFile } from './pabulib.js';

export interface AreaServices {
  queries: QueryBus;
  store: EventStore;
  views: Views;
}

/** Where the city has no area by the file's name. */
const NO_AREA = 'all';
/** Views of a new version may have to be built from the whole log first. */
const VIEWS_TIMEOUT_MS = 300_000;

/** The id of the area that the city calls so (`pabulib` in its file), else `all`. @throws ViewsBehind */
export async function findArea({ queries, store, views }: AreaServices, file: PabulibFile): Promise<string> {
  await views.atLeast(await store.head(), VIEWS_TIMEOUT_MS);
  for (const name of namesOf(file)) {
    const area = await queries.execute(new FindAreaByPabulibName(name));
    if (area !== undefined) return area;
  }
  return NO_AREA;
}

/**
 * What a file calls its area, the smallest first. The unit is the whole city: of a file that names a part of it, it is not
 * the area, even if nobody knows that part.
 */
function namesOf(file: PabulibFile): string[] {
  const said = (...keys: string[]) =>
    keys.map((key) => metaValue(file, key) ?? '').filter((name) => name !== '');
  const parts = said('subunit', 'district');
  return parts.length > 0 ? parts : said('unit');
}
