/** All rows of a view, or all that are asked for. */
import type { Projection } from '../../projections/projection.js';
import type { Where } from './list.js';
import type { ViewReader } from './view-reader.js';

/** Rows of one question. */
const PAGE = 1_000;

/** A thousand at a time, in the order of their keys. @throws ViewsBehind */
export async function* pagesOf<Row>(
  views: Pick<ViewReader, 'list'>,
  view: Projection<Row>,
  where: Where = {},
): AsyncGenerator<readonly { readonly key: string; readonly row: Row }[]> {
  let after: string | undefined;
  do {
    const page = await views.list(view, { where, limit: PAGE, ...(after !== undefined && { after }) });
    yield page.rows;
    after = page.next;
  } while (after !== undefined);
}

/** Of a view that has few, thousands at most; in the order of their keys. @throws ViewsBehind */
export async function everyRow<Row>(views: Pick<ViewReader, 'list'>, view: Projection<Row>): Promise<Row[]> {
  const every: Row[] = [];
  for await (const rows of pagesOf(views, view)) every.push(...rows.map(({ row }) => row));
  return every;
}
