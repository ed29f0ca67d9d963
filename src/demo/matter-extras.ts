/**
 * What some matters of the demo's city have beside the others: photos, and words in Asturian or English. Given to the newest ones,
 * which are seen first. Pure.
 */
import type { MatterKind } from '../../projections/matter.js';
import type { Scene } from './drawings.js';
import { madeUp, type PlannedMatter } from './matter-drafts.js';
import type { PlannedAct } from './matters.js';

const PHOTOS_OF_CATEGORY = 3;
const SCENE_OF: Readonly<Record<string, Scene>> = {
  'street-lamp': 'lamp',
  pothole: 'pothole',
  litter: 'litter',
  tree: 'tree',
  park: 'bench',
};

interface OtherWords {
  readonly language: 'ast' | 'en';
  readonly kind: MatterKind;
  readonly category: string;
  readonly text: string;
}

const OTHER_WORDS: readonly OtherWords[] = [
  {
    language: 'ast',
    kind: 'complaint',
    category: 'street-lamp',
    text: 'La farola de delantre de casa lleva una selmana apagada. De nueche nun se ve nada.',
  },
  {
    language: 'ast',
    kind: 'complaint',
    category: 'litter',
    text: 'La papelera ta enllena y l’aire llévalo too pela acera.',
  },
  {
    language: 'ast',
    kind: 'complaint',
    category: 'pothole',
    text: 'Hai un furacu bien grande na carretera, y cuando llueve nun se ve.',
  },
  {
    language: 'ast',
    kind: 'suggestion',
    category: 'tree',
    text: 'Taría bien plantar más árboles equí: nel branu nun hai nenguna solombra.',
  },
  {
    language: 'ast',
    kind: 'thanks',
    category: 'litter',
    text: 'Munches gracies a los que llimpien la playa: ta meyor que nunca.',
  },
  {
    language: 'en',
    kind: 'complaint',
    category: 'street-lamp',
    text: 'The street lamp outside our door has been out for a week, and it is very dark at night.',
  },
  {
    language: 'en',
    kind: 'complaint',
    category: 'pothole',
    text: 'There is a deep hole in the road. I nearly fell off my bicycle this morning.',
  },
  {
    language: 'en',
    kind: 'complaint',
    category: 'animals',
    text: 'Large dogs run about here without a lead when the children come out of school.',
  },
  {
    language: 'en',
    kind: 'suggestion',
    category: 'bus',
    text: 'The bus at eight is always full. One more at a quarter past would help many of us.',
  },
  {
    language: 'en',
    kind: 'thanks',
    category: 'litter',
    text: 'We came for a week, and the beach was spotless every morning. Thank you to those who clean it.',
  },
];

/** The same matters, some of them with more. */
export function withExtras(
  matters: readonly PlannedMatter[],
  acts: readonly PlannedAct[],
): readonly PlannedMatter[] {
  const all = [...matters];
  const newest = newestShown(acts);
  for (const { language, kind, category, text } of OTHER_WORDS) {
    const number = newest.find((one) => {
      const matter = all[one];
      return matter?.kind === kind && matter.category === category && matter.language === 'es';
    });
    const matter = number === undefined ? undefined : all[number];
    if (number !== undefined && matter !== undefined)
      all[number] = { ...matter, language, text: madeUp(text, language) };
  }
  const left = new Map(Object.keys(SCENE_OF).map((category) => [category, PHOTOS_OF_CATEGORY]));
  for (const number of newest) {
    const matter = all[number];
    const scene = SCENE_OF[matter?.category ?? ''];
    const more = left.get(matter?.category ?? '') ?? 0;
    if (matter?.kind !== 'complaint' || scene === undefined || more === 0) continue;
    left.set(matter.category, more - 1);
    all[number] = { ...matter, photo: scene };
  }
  return all;
}

/** Those that are shown to everybody and of which their reporters say nothing more, which would be in Spanish. */
function newestShown(acts: readonly PlannedAct[]): number[] {
  const shown = new Set(acts.flatMap((act) => (act.do === 'release' ? [act.matter] : [])));
  for (const act of acts)
    if (act.do === 'add' || act.do === 'reopen' || act.do === 'report-fix') shown.delete(act.matter);
  const filed = acts.flatMap((act) => (act.do === 'file' && shown.has(act.matter) ? [act.matter] : []));
  return filed.reverse();
}
