/** What replies may say of a matter: its number, its category, area and department by name, today, and the day by which it must be answered. */
import type { QueryBus } from '@nestjs/cqrs';
import type { MatterRow } from '../../projections/matter.js';
import { ListAreas, ListDepartments } from '../city/city.queries.js';
import type { Clock } from '../clock.js';
import { matterNumber } from '../complaints/matter-number.js';
import type { Texts } from '../contents/text.js';
import { ListCategories } from '../categories/categories.queries.js';
import type { ReplyValues } from './reply-words.js';
import type { RulesInForce } from '../categories/rules-in-force.js';

/** What a reply is about. */
export interface ToReply {
  readonly matterId: string;
  readonly category?: string;
  readonly area?: string;
  readonly department?: string;
  readonly row: Pick<MatterRow, 'due'>;
}

export class ReplyNames {
  constructor(
    private readonly queries: QueryBus,
    private readonly rules: Pick<RulesInForce, 'now'>,
    private readonly clock: Clock,
  ) {}

  /** Reads the names once, for however many matters: gives the values of a matter in a language. */
  async read(): Promise<(matter: ToReply, language: string) => ReplyValues> {
    const [{ categories }, areas, departments, { calendar }] = await Promise.all([
      this.queries.execute(new ListCategories()),
      this.queries.execute(new ListAreas()),
      this.queries.execute(new ListDepartments()),
      this.rules.now(),
    ]);
    const ofCategories = new Map(
      categories.map(({ row, texts }) => [row.categoryId, texts.get(row.name.id) ?? {}]),
    );
    const ofAreas = new Map(areas.rows.map(({ areaId, names }) => [areaId, names]));
    const ofDepartments = new Map(departments.rows.map(({ departmentId, names }) => [departmentId, names]));
    const now = this.clock.now();
    return ({ matterId, category, area, department, row: { due } }, language) => {
      const [inCategory, inArea, inDepartment] = [
        nameIn(ofCategories, category, language),
        nameIn(ofAreas, area, language),
        nameIn(ofDepartments, department, language),
      ];
      return {
        number: matterNumber(matterId),
        date: dayIn(now, language, calendar.timeZone),
        ...(due !== undefined && { due: dayIn(new Date(due), language, calendar.timeZone) }),
        ...(inCategory !== undefined && { category: inCategory }),
        ...(inArea !== undefined && { area: inArea }),
        ...(inDepartment !== undefined && { department: inDepartment }),
      };
    };
  }
}

/** In a language, or the first that there is. */
function nameIn(
  names: ReadonlyMap<string, Texts>,
  id: string | undefined,
  language: string,
): string | undefined {
  const texts = id === undefined ? undefined : names.get(id);
  if (texts === undefined) return undefined;
  return (Object.hasOwn(texts, language) ? texts[language] : undefined) ?? Object.values(texts)[0];
}

function dayIn(now: Date, language: string, timeZone: string): string {
  return new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    dateStyle: 'long',
    timeZone,
  }).format(now);
}
