/** The city as maps show it: the outlines of its areas, their names, and which one a place lies in. Pure. */
import type { AreaRow } from '../../projections/city.view.js';
import { ancestors } from '../city/areas.js';
import { inPolygon } from '../city/geometry.js';
import { onMap, type MapBox, type MapPoint, type MapPart } from './map-part.js';
import type { MapProps } from './map-marks.js';
import type { Catalogue } from './matter-catalogue.js';
import type { MatterNames } from './matter-names.js';

/** An area with a shape. */
export interface Outline {
  readonly areaId: string;
  readonly box: MapBox;
  readonly polygons: AreaRow['polygons'];
}

/** Of the areas in use that have a shape: larger ones first, so that the smallest one at a place is drawn last. */
export function outlinesOf({ areas }: Pick<Catalogue, 'areas'>): readonly Outline[] {
  return areas
    .filter(({ withdrawn, polygons }) => !withdrawn && polygons.length > 0)
    .map((area) => ({ ...area, depth: ancestors(areas, area.areaId).length }))
    .sort((a, b) => a.depth - b.depth || (a.areaId < b.areaId ? -1 : 1))
    .map(({ areaId, polygons }) => ({ areaId, polygons, box: boxAround(polygons.flat(2)) }));
}

/** The least box around all of them; `undefined` of none. */
export function boxOfAll(boxes: readonly MapBox[]): MapBox | undefined {
  if (boxes.length === 0) return undefined;
  return boxAround(
    boxes.flatMap(({ west, south, east, north }) => [
      [west, south],
      [east, north],
    ]),
  );
}

function boxAround(points: readonly (readonly number[])[]): MapBox {
  let [west, south, east, north] = [180e6, 90e6, -180e6, -90e6];
  for (const [long = 0, lat = 0] of points) {
    if (long < west) west = long;
    if (long > east) east = long;
    if (lat < south) south = lat;
    if (lat > north) north = lat;
  }
  return { west, south, east, north };
}

/** The outline as an SVG path in units of the drawing: no more points than can be told apart there. */
export function pathOf({ polygons }: Outline, part: MapPart): string {
  return polygons
    .flat()
    .map((ring) => {
      const places: string[] = [];
      for (const [long, lat] of ring) {
        const { x, y } = onMap(part, { lat, long });
        const place = `${x} ${y}`;
        if (places.at(-1) !== place) places.push(place);
      }
      return `M${places.join('L')}Z`;
    })
    .join('');
}

/** Areas that have others in them carry no name: it would lie on theirs. */
export function labelsOf(names: MatterNames, outlines: readonly Outline[]): MapProps['labels'] {
  const parents = new Set(names.catalogue.areas.map(({ parent }) => parent));
  return outlines
    .filter(({ areaId }) => !parents.has(areaId))
    .map(({ areaId, box }) => ({ name: names.area(areaId), box }));
}

/** The smallest area at a place: the last that is drawn there. */
export function outlineAt(outlines: readonly Outline[], { lat, long }: MapPoint): Outline | undefined {
  return outlines.findLast(
    ({ box, polygons }) =>
      lat >= box.south &&
      lat <= box.north &&
      long >= box.west &&
      long <= box.east &&
      polygons.some((polygon) => inPolygon(polygon, [long, lat])),
  );
}

export function areaOf(names: MatterNames, outlines: readonly Outline[]): MapProps['areaOf'] {
  return (point) => {
    const found = outlineAt(outlines, point);
    return found && names.area(found.areaId);
  };
}
