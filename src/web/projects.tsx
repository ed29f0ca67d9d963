/** The projects of an election, by area. */
import type { ElectionDetails, OptionWithTitle } from '../elections/elections.queries.js';
import { areaWords } from './areas.js';
import { wordsIn } from './languages.js';
import { inWords } from './messages.js';
import { Said, type Frame } from './layout.js';

export function Projects({ frame, details }: { frame: Frame; details: ElectionDetails }) {
  const { m } = frame;
  const { areas } = details.election.definition;
  return (
    <section class="projects">
      <h2 id="projects">{m.projects.title}</h2>
      {details.options.length === 0 && <p>{m.projects.none}</p>}
      {areas.map(({ id }) => (
        <AreaProjects
          key={id}
          frame={frame}
          details={details}
          area={id}
          options={details.options.filter((option) => option.area === id)}
        />
      ))}
    </section>
  );
}

interface AreaProjectsProps {
  frame: Frame;
  details: ElectionDetails;
  area: string;
  options: readonly OptionWithTitle[];
}

function AreaProjects({ frame, details, area, options }: AreaProjectsProps) {
  const { m, format } = frame;
  if (options.length === 0) return null;
  const name = areaWords(frame, details, area);
  const { currency } = details.election.definition;
  return (
    <table class="wide">
      <caption>{m.projects.caption(name.text)}</caption>
      <thead>
        <tr>
          <th scope="col">{m.projects.project}</th>
          <th scope="col" class="number">
            {m.projects.cost}
          </th>
        </tr>
      </thead>
      <tbody>
        {options.map((option) => (
          <tr key={option.id}>
            <th scope="row">
              <Said frame={frame} words={wordsIn(option.titles, frame.language)} id={option.id} />
              <Facts frame={frame} option={option} />
            </th>
            <td class="number">{format.money(option.cost, currency)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Id, kind and place of a project. */
function Facts({ frame, option }: { frame: Frame; option: OptionWithTitle }) {
  const { m, language } = frame;
  const { id, category, place, withdrawn } = option;
  return (
    <p class="small">
      {withdrawn && <strong class="tag">{m.projects.withdrawn}</strong>} <code>{id}</code>
      {category !== undefined && <> · {inWords(m.categories, category)}</>}
      {place && (
        <>
          {' · '}
          <a
            href={mapAt(place)}
            rel="noreferrer external"
            aria-label={m.projects.mapOf(wordsIn(option.titles, language)?.text ?? id)}
          >
            {m.projects.map}
          </a>
        </>
      )}
    </p>
  );
}

function mapAt({ lat, lon }: { lat: number; lon: number }): string {
  const [latitude, longitude] = [degrees(lat), degrees(lon)];
  return `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=17/${latitude}/${longitude}`;
}

function degrees(microdegrees: number): string {
  return (microdegrees / 1_000_000).toFixed(6);
}
