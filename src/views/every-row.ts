/** All rows of a view that has few: thousands at most. */
import type { Projection } from '../../projections/projection.js';
import type { ViewReader } from './view-reader.js';

/** Rows of one question. */
const PAGE = 1_000;

/** In the order of their keys. @throws ViewsBehind */
export async function everyRow<Row>(views: Pick<ViewReader, 'list'>, view: Projection<Row>): Promise<Row[]> {
  const rows: Row[] = [];
  let after: string | undefined;
  do {
    const page = await views.list(view, { limit: PAGE, ...(after !== undefined && { after }) });
    for (const { row } of page.rows) rows.push(row);
    after = page.next;
  } while (after !== undefined);
  return rows;
}
