/** Names of areas and titles of options, as the pages say them. */
import type { ElectionDetails } from '../elections/elections.queries.js';
import { wordsIn, type Words } from './languages.js';
import type { Frame } from './layout.js';

/** The city's name of an area; the only area of an election is the whole; an area that nobody named is its id. */
export function areaWords(frame: Frame, details: ElectionDetails, areaId: string): Words {
  const named = wordsIn(details.areaNames.get(areaId), frame.language);
  if (named !== undefined) return named;
  const isOnly = details.election.definition.areas.length === 1;
  return isOnly
    ? { text: frame.m.election.wholeCity, language: frame.language }
    : { text: areaId, language: frame.language };
}

/** The election's title; without a public one, its id. */
export function electionWords(
  frame: Frame,
  { title, election }: Pick<ElectionDetails, 'title' | 'election'>,
): Words {
  const id = election.definition.electionId;
  return (
    wordsIn(title, frame.language) ?? {
      text: `(${frame.m.site.unavailable}: ${id})`,
      language: frame.language,
    }
  );
}

/** Titles by option id; an option without a public title is its id. */
export function optionWords(frame: Frame, details: ElectionDetails): (optionId: string) => Words {
  const titles = new Map(details.options.map((option) => [option.id, option.titles]));
  return (id) => wordsIn(titles.get(id), frame.language) ?? { text: id, language: frame.language };
}
