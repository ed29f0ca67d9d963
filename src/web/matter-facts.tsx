/** What was said of a matter beside its words: where it is, and the answers to the questions of its category. */
import type { WholeMatter } from '../complaints/whole-matters.js';
import { otherThan, type Frame } from './layout.js';
import { PlaceMap } from './matter-map.js';
import type { MatterNames } from './matter-names.js';
import { MATTER_WORDS } from './matter-words.js';

interface FactsProps {
  frame: Frame;
  names: MatterNames;
}

/** Two lines of a list of facts; nothing where no place was given. */
export function PlaceFact({ frame, place }: Pick<FactsProps, 'frame'> & Pick<WholeMatter, 'place'>) {
  if (place === undefined) return null;
  const { lat, long, address } = place;
  const point = lat === undefined || long === undefined ? undefined : `${degrees(lat)}, ${degrees(long)}`;
  return (
    <>
      <dt>{MATTER_WORDS[frame.language].place}</dt>
      <dd>{address === undefined ? point : point === undefined ? address : `${address} (${point})`}</dd>
    </>
  );
}

/** On the map of the city, where the place is a point. */
export function PlaceOnMap({ frame, names, place }: FactsProps & Pick<WholeMatter, 'place'>) {
  const { lat, long } = place ?? {};
  if (lat === undefined || long === undefined) return null;
  return <PlaceMap frame={frame} names={names} point={{ lat, long }} />;
}

/** Lines of a list of facts: each question with what was answered, as the form had them. */
export function AnswersGiven({
  frame,
  names,
  matter: { answers, category },
}: FactsProps & { matter: Pick<WholeMatter, 'answers' | 'category'> }) {
  const { language } = frame;
  const asked = names.catalogue.categories.find(({ row }) => row.categoryId === category);
  return (
    <>
      {Object.entries(answers).map(([code, given]) => {
        const question = asked?.row.questions.find((one) => one.code === code);
        const said = (asked && names.said(asked.texts, question?.text)) ?? { text: code, language };
        const values = (typeof given === 'string' ? [given] : given).map((key) => {
          const value = question?.values.find((one) => one.key === key);
          return (asked && names.said(asked.texts, value?.name)) ?? { text: key, language };
        });
        return (
          <>
            <dt lang={otherThan(language, said.language)}>{said.text}</dt>
            <dd lang={otherThan(language, values[0]?.language ?? language)}>
              {values.map(({ text }) => text).join(', ')}
            </dd>
          </>
        );
      })}
    </>
  );
}

/** Microdegrees with the point where people expect it, exact. */
function degrees(micro: number): string {
  const digits = String(Math.abs(micro)).padStart(7, '0');
  return `${micro < 0 ? '-' : ''}${digits.slice(0, -6)}.${digits.slice(-6)}`;
}
