/** Maps as the server draws them: the outlines of the city's areas and what lies there, and what a script needs to go on from it. */
import { labelsOf, areaOf, boxOfAll, outlineAt, outlinesOf, pathOf, type Outline } from './city-map.js';
import { otherThan, type Frame } from './layout.js';
import {
  bboxOf,
  MAP_HEIGHT,
  MAP_WIDTH,
  onMap,
  partOfBox,
  type MapBox,
  type MapPoint,
  type MapPart,
} from './map-part.js';
import {
  mapAddress,
  MapControls,
  MapLabels,
  MapList,
  MapMarks,
  MapTiles,
  Mark,
  Pin,
  type MapContent,
  type MapData,
  type MapProps,
  type PickData,
} from './map-marks.js';
import { MAP_WORDS } from './map-words.js';
import type { MatterNames } from './matter-names.js';

interface MatterMapProps {
  frame: Frame;
  names: MatterNames;
  part: MapPart;
  home: MapBox;
  content: MapContent;
  /** As in `MapData`. */
  query: string;
  filter: string;
}

export function MatterMap({ frame, names, part, home, content, query, filter }: MatterMapProps) {
  const { language, format } = frame;
  const words = MAP_WORDS[language];
  const outlines = outlinesOf(names.catalogue);
  const labels = labelsOf(names, outlines);
  const ids = new Set(content.matters.map(({ category }) => category));
  const shared = { language, part, home, content, labels, tiles: frame.tiles?.address };
  const props: MapProps = {
    ...shared,
    format,
    categoryOf: (id) => names.category(id),
    areaOf: areaOf(names, outlines),
    addressOf: (bbox) => mapAddress(query, bbox),
  };
  const data: MapData = {
    ...shared,
    timeZone: format.timeZone,
    // Those of what is there now; the browser names others by what it was given, too.
    categories: Object.fromEntries(
      [...names.categories().map(({ id }) => id), ...ids].map((id) => [id, names.category(id)]),
    ),
    query,
    filter,
  };
  return (
    <section aria-labelledby="map" class="map" data-map={JSON.stringify(data)}>
      <h2 id="map">{words.title}</h2>
      <a class="skip" href="#map-end">
        {words.skip}
      </a>
      <div class="map-parts">
        <div class="map-drawing">
          <svg viewBox={`0 0 ${MAP_WIDTH} ${MAP_HEIGHT}`} role="group" aria-label={words.drawing}>
            <Ground frame={frame} names={names} outlines={outlines} part={part} />
            <g data-map-marks>
              <MapMarks {...props} />
            </g>
          </svg>
          <nav aria-label={words.controls} class="map-controls screen-only" data-map-controls>
            <MapControls {...props} />
          </nav>
          <MadeBy frame={frame} />
          <Legend frame={frame} />
        </div>
        <div data-map-list>
          <MapList {...props} />
        </div>
      </div>
      <p id="map-end" tabindex={-1} class="small">
        {words.note}
      </p>
    </section>
  );
}

/** The city without what lies in it. */
export function Ground({
  frame,
  names,
  outlines,
  part,
}: {
  frame: Frame;
  names: MatterNames;
  outlines: readonly Outline[];
  part: MapPart;
}) {
  return (
    <>
      <rect class="map-ground" width={MAP_WIDTH} height={MAP_HEIGHT} />
      <g data-map-tiles>
        <MapTiles part={part} tiles={frame.tiles?.address} />
      </g>
      <g class={frame.tiles === undefined ? 'map-areas' : 'map-areas on-tiles'} data-map-areas>
        {outlines.map((outline) => {
          const name = names.area(outline.areaId);
          return (
            <path
              key={outline.areaId}
              d={pathOf(outline, part)}
              data-name={name.text}
              lang={otherThan(frame.language, name.language)}
            />
          );
        })}
      </g>
    </>
  );
}

/** Whose the tiles are. */
function MadeBy({ frame: { tiles } }: { frame: Frame }) {
  return tiles?.by === undefined ? null : <p class="small">{tiles.by}</p>;
}

function Legend({ frame: { language } }: { frame: Frame }) {
  return (
    <ul class="map-legend small" aria-hidden="true">
      {Object.entries(MAP_WORDS[language].stateKinds).map(([stateKind, name]) => (
        <li key={stateKind}>
          <svg class="swatch" viewBox="-8 -8 16 16">
            <Mark stateKind={stateKind} x={0} y={0} />
          </svg>{' '}
          {name}
        </li>
      ))}
    </ul>
  );
}

/** In the form that files a matter, where there is a script: a map to mark the place on. Nothing where there is nothing to see on it. */
export function PickMap({
  frame,
  names,
  point,
}: Omit<PlaceMapProps, 'point'> & { point: MapPoint | undefined }) {
  const { language } = frame;
  const words = MAP_WORDS[language];
  const outlines = outlinesOf(names.catalogue);
  const home = boxOfAll(outlines.map(({ box }) => box));
  const tiles = frame.tiles?.address;
  // Without tiles, one outline alone shows nobody where she is.
  if (home === undefined || (tiles === undefined && outlines.length < 2)) return null;
  const part = partOfBox(home);
  const labels = labelsOf(names, outlines);
  const data: PickData = { language, part, home, labels, tiles };
  return (
    <details id="pick" class="map" data-pick={JSON.stringify(data)} hidden>
      <summary>{words.pick}</summary>
      <p class="small">{words.pickHint}</p>
      <div class="map-drawing">
        <svg viewBox={`0 0 ${MAP_WIDTH} ${MAP_HEIGHT}`} role="img" aria-label={words.pick}>
          <Ground frame={frame} names={names} outlines={outlines} part={part} />
          <g data-map-marks>
            <MapLabels part={part} labels={labels} />
            {point && <Pin {...onMap(part, point)} />}
          </g>
          <path class="map-cross" d={`M${MAP_WIDTH / 2} ${MAP_HEIGHT / 2 - 9}v18m-9-9h18`} />
        </svg>
        <nav aria-label={words.controls} class="map-controls" data-map-controls>
          <MapControls {...data} addressOf={() => '#pick'} />
        </nav>
        <button type="button" class="quiet">
          {words.pickMiddle}
        </button>
        <MadeBy frame={frame} />
      </div>
    </details>
  );
}

interface PlaceMapProps {
  frame: Frame;
  names: MatterNames;
  point: MapPoint;
}

/** Around one place, about so many microdegrees. */
const AROUND = 4_000;

/** Where one matter is: what is around it where there are tiles, else the area in which it lies. No drawing where there is neither. */
export function PlaceMap({ frame, names, point }: PlaceMapProps) {
  const { language } = frame;
  const words = MAP_WORDS[language];
  const outlines = outlinesOf(names.catalogue);
  const around = partOfBox({
    west: point.long - AROUND,
    east: point.long + AROUND,
    south: point.lat - AROUND,
    north: point.lat + AROUND,
  });
  const box = outlineAt(outlines, point)?.box ?? boxOfAll(outlines.map(({ box: each }) => each));
  const part = frame.tiles === undefined ? box && partOfBox(box) : around;
  const degrees = [point.lat, point.long].map((one) => (one / 1e6).toFixed(6)).join(',');
  return (
    <div class="place-map">
      {part && (
        <svg viewBox={`0 0 ${MAP_WIDTH} ${MAP_HEIGHT}`} role="img" aria-label={words.here}>
          <Ground frame={frame} names={names} outlines={outlines} part={part} />
          <MapLabels part={part} labels={labelsOf(names, outlines)} />
          <Pin {...onMap(part, point)} />
        </svg>
      )}
      <MadeBy frame={frame} />
      <p class="screen-only">
        <a href={mapAddress('', bboxOf(around))}>{words.seeAround}</a> ·{' '}
        <a href={`geo:${degrees}`}>{words.openElsewhere}</a>
      </p>
    </div>
  );
}
