/** In the form that files a matter: a map on which one touches where it is, or brings its middle there and says so. */
import { render } from 'preact';
import { MAP_HEIGHT, MAP_WIDTH, onMap, placeAt, partOfBox, type MapPart } from '../src/web/map-part.js';
import { MapControls, MapLabels, MapTiles, Pin, type PickData } from '../src/web/map-marks.js';
import { MAP_WORDS } from '../src/web/map-words.js';
import type { FormPlace } from './form-place.js';
import { liveMap } from './live-map.js';

/** Microdegrees around a place that the phone gave: some four hundred metres. */
const AROUND = 4_000;

export function offerPick(field: HTMLElement, data: PickData, place: FormPlace): void {
  const [tiles, marks, controls] = ['tiles', 'marks', 'controls'].map((name) =>
    field.querySelector(`[data-map-${name}]`),
  );
  const middle = field.querySelector('button');
  if (!tiles || !marks || !controls || middle === null) return;
  field.hidden = false;
  let shown = data.part;
  const draw = (part: MapPart) => {
    shown = part;
    const { point } = place;
    render(<MapTiles part={part} tiles={data.tiles} />, tiles);
    render(
      <>
        <MapLabels part={part} labels={data.labels} />
        {point && <Pin {...onMap(part, point)} />}
      </>,
      marks,
    );
    render(<MapControls {...data} part={part} addressOf={() => '#pick'} />, controls);
  };
  const pick = (point: { lat: number; long: number }) => place.set(point, MAP_WORDS[data.language].picked);
  const { show } = liveMap(field, data.part, { draw, settled: () => undefined, tapped: pick }) ?? {};
  middle.addEventListener('click', () => pick(placeAt(shown, MAP_WIDTH / 2, MAP_HEIGHT / 2)));
  place.onChange((point) => {
    if (point === undefined) {
      draw(shown);
      return;
    }
    const { lat, long } = point;
    const { x, y } = onMap(shown, { lat, long });
    const isSeen = x > 0 && x < MAP_WIDTH && y > 0 && y < MAP_HEIGHT;
    const around = {
      west: long - AROUND,
      east: long + AROUND,
      south: lat - AROUND,
      north: lat + AROUND,
    };
    show?.(isSeen ? shown : partOfBox(around));
  });
  draw(data.part);
}
