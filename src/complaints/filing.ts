/** What somebody files, checked against the category, the city and its rules. Pure. */
import { areaAt } from '../city/areas.js';
import type { MatterKind } from '../../projections/matter.js';
import { isRejection, type Rejection } from '../event-store/command-log.js';
import { answersProblem, type Answers, type MatterDetails, type Place } from './details.js';
import { textFault } from '../contents/text.js';
import { contactOf, type Contact } from './contact.js';
import type { Rules } from '../categories/rules-in-force.js';

/** As it comes in. */
export interface Filing {
  readonly kind: MatterKind;
  readonly category: string;
  /** In one language. */
  readonly text: string;
  readonly language: string;
  readonly place?: Place;
  /** Where there is no point. */
  readonly area?: string;
  readonly answers?: Answers;
  /** Ids of contents. */
  readonly photos?: readonly string[];
  readonly private?: boolean;
  readonly reporter?: { readonly name?: string; readonly email?: string; readonly phone?: string };
}

/** All of the details but what has to be written first. */
export type Checked = Omit<MatterDetails, 'text' | 'photos'>;

/** Characters, as Open311 has it. @see GeoReport v2, POST Service Request */
export const MAX_TEXT_LENGTH = 4_000;
export const MAX_PHOTOS = 10;

/**
 * Rejects with `category-unknown`, `kind-not-taken`, `place-incomplete`, `place-outside-city`, `area-not-in-city`, `email-invalid`, `email-missing`,
 * and as `answersProblem`.
 */
export function checkFiling(
  filing: Filing,
  rules: Rules,
): { details: Checked; contact: Contact; confirm: boolean } | Rejection {
  const category = rules.categories.get(filing.category);
  if (category === undefined || category.withdrawn)
    return { rejected: 'category-unknown', field: 'category' };
  if (!category.kinds.includes(filing.kind)) return { rejected: 'kind-not-taken', field: 'kind' };
  const wrong = answersProblem(category.questions, filing.answers ?? {});
  if (wrong !== undefined) return wrong;
  const place = placeOf(filing.place ?? {});
  if (isRejection(place)) return place;
  const area = areaOf(filing, rules);
  if (isRejection(area)) return area;
  const contact = contactOf(filing.reporter ?? {}, filing.language);
  if (isRejection(contact)) return contact;
  if (contact.email === undefined && (!category.anonymous || category.confirm))
    return { rejected: 'email-missing', field: 'reporter.email' };
  const details: Checked = {
    category: category.categoryId,
    ...area,
    ...(category.department !== undefined && { department: category.department }),
    ...(Object.keys(place).length > 0 && { place }),
    answers: filing.answers ?? {},
    private: filing.private ?? false,
    language: filing.language,
  };
  return { details, contact, confirm: category.confirm };
}

/** Just what a place has; rejects with `place-incomplete`, and as `textFault`. */
function placeOf({ lat, long, address }: Place): Place | Rejection {
  if ((lat === undefined) !== (long === undefined)) return { rejected: 'place-incomplete', field: 'place' };
  const words = address?.normalize('NFC').trim();
  const fault = words && textFault(words);
  if (fault) return { rejected: fault, field: 'place.address' };
  return {
    ...(lat !== undefined && { lat }),
    ...(long !== undefined && { long }),
    ...(words !== undefined && words !== '' && { address: words }),
  };
}

/** The area of the point, which counts before what somebody chose. A city whose shape is not known takes any point. */
function areaOf({ place, area }: Filing, { areas }: Rules): { area?: string } | Rejection {
  if (place?.lat !== undefined && place.long !== undefined && areas.some((one) => one.polygons.length > 0)) {
    const found = areaAt(areas, place.lat, place.long);
    return found === undefined ? { rejected: 'place-outside-city', field: 'place' } : { area: found.areaId };
  }
  if (area === undefined) return {};
  const known = areas.some((one) => one.areaId === area && !one.withdrawn);
  return known ? { area } : { rejected: 'area-not-in-city', field: 'area' };
}
