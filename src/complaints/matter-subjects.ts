/** What matters are about, in the words of the city's file: for mails to those who have to do with them. */
import { categoriesView } from '../../projections/categories.view.js';
import type { MatterRow } from '../../projections/matter.js';
import type { Contents } from '../contents/contents.js';
import type { Texts } from '../contents/text.js';
import type { Views } from '../views/views.js';
import { parseDetails } from './details.js';

export class MatterSubjects {
  constructor(
    private readonly views: Pick<Views, 'get'>,
    private readonly contents: Pick<Contents, 'read' | 'readTexts'>,
  ) {}

  /** The name of its category, public or not; `undefined` of what is erased. @throws ViewsBehind */
  async of({ category, details }: Pick<MatterRow, 'category' | 'details'>): Promise<Texts | undefined> {
    const record = category === undefined ? (await this.contents.read([details])).get(details.id) : undefined;
    const id = category ?? (record && parseDetails(record.bytes).category);
    const row = id === undefined ? undefined : await this.views.get(categoriesView, id);
    return row && (await this.contents.readTexts([row.name])).get(row.name.id);
  }
}
