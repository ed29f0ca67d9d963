/** On the list of matters: moves the map in the page, and asks this site for what lies in the part that is shown. */
import { render } from 'preact';
import { Format } from '../src/web/format.js';
import { bboxOf, zoomOfPart, type MapPart } from '../src/web/map-part.js';
import {
  mapAddress,
  MapControls,
  MapList,
  MapMarks,
  MapTiles,
  type MapContent,
  type MapData,
  type MapProps,
} from '../src/web/map-marks.js';
import { MAP_WORDS } from '../src/web/map-words.js';
import { areaNameAt, liveMap } from './live-map.js';

interface Feature {
  readonly id?: string;
  readonly geometry: { readonly coordinates: readonly [number, number] };
  readonly properties:
    | { readonly count: number }
    | { readonly category: string; readonly stateKind: string; readonly filedAt: string };
}

const root = document.querySelector<HTMLElement>('[data-map]');
const [tiles, marks, controls, list] = ['tiles', 'marks', 'controls', 'list'].map((name) =>
  root?.querySelector(`[data-map-${name}]`),
);
if (root?.dataset.map !== undefined && tiles && marks && controls && list) {
  begin(root, JSON.parse(root.dataset.map) as MapData, { tiles, marks, controls, list });
}

function begin(
  map: HTMLElement,
  data: MapData,
  parts: Record<'tiles' | 'marks' | 'controls' | 'list', Element>,
): void {
  const format = new Format(data.language, data.timeZone);
  let content = data.content;
  let asked = 0;
  const propsOf = (part: MapPart): MapProps => ({
    ...data,
    format,
    part,
    content,
    categoryOf: (id) => data.categories[id] ?? { text: id, language: data.language },
    areaOf: (place) => areaNameAt(map, data.part, place),
    addressOf: (bbox) => mapAddress(data.query, bbox),
  });
  const draw = (part: MapPart) => {
    render(<MapTiles part={part} tiles={data.tiles} />, parts.tiles);
    render(<MapMarks {...propsOf(part)} />, parts.marks);
    render(<MapControls {...propsOf(part)} />, parts.controls);
  };
  const settled = async (part: MapPart) => {
    const mine = ++asked;
    history.replaceState(undefined, '', mapAddress(data.query, bboxOf(part)));
    const found = await contentOf(part, data.filter);
    // Somebody has gone on meanwhile.
    if (mine !== asked) return;
    if (found === undefined) {
      render(<p role="status">{MAP_WORDS[data.language].failed}</p>, parts.list);
      return;
    }
    content = found;
    draw(part);
    render(<MapList {...propsOf(part)} />, parts.list);
  };
  liveMap(map, data.part, { draw, settled: (part) => void settled(part) });
}

/** `undefined` where it could not be had. */
async function contentOf(part: MapPart, filter: string): Promise<MapContent | undefined> {
  const query = new URLSearchParams(filter);
  query.set('bbox', bboxOf(part));
  query.set('zoom', String(zoomOfPart(part)));
  try {
    const answer = await fetch(`/api/v1/matters/map?${query.toString()}`);
    if (!answer.ok) return undefined;
    const { features, count } = (await answer.json()) as { features: Feature[]; count: number };
    return contentFrom(features, count);
  } catch {
    return undefined;
  }
}

function contentFrom(features: readonly Feature[], count: number): MapContent {
  const matters: MapContent['matters'][number][] = [];
  const clusters: MapContent['clusters'][number][] = [];
  for (const { id = '', geometry, properties } of features) {
    const [long, lat] = geometry.coordinates.map((degrees) => Math.round(degrees * 1e6));
    const place = { lat: lat ?? 0, long: long ?? 0 };
    if ('count' in properties) clusters.push({ ...place, count: properties.count });
    else {
      const { category, stateKind, filedAt } = properties;
      matters.push({ ...place, id, category, stateKind, filedAt });
    }
  }
  return { matters, clusters, count };
}
