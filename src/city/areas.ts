/** Questions about the tree of areas. Pure; an area is a row of `areasView`. */
import type { AreaRow } from '../../projections/city.view.js';
import { inPolygon } from './geometry.js';

type Node = Pick<AreaRow, 'areaId' | 'parent'>;

/**
 * The smallest area in which a point lies: the deepest in the tree, and among equally deep ones the first by id.
 * `lat` and `lon` are integer microdegrees. Withdrawn areas have no places any more.
 */
export function areaAt(areas: readonly AreaRow[], lat: number, lon: number): AreaRow | undefined {
  let best: AreaRow | undefined;
  let bestDepth = -1;
  for (const area of areas) {
    if (area.withdrawn || !area.polygons.some((polygon) => inPolygon(polygon, [lon, lat]))) continue;
    const depth = ancestors(areas, area.areaId).length;
    if (depth > bestDepth || (depth === bestDepth && best !== undefined && area.areaId < best.areaId)) {
      best = area;
      bestDepth = depth;
    }
  }
  return best;
}

/** Ids of the areas around an area, from its parent to the whole city; none for an unknown one. Ends also in a cycle. */
export function ancestors(areas: readonly Node[], areaId: string): string[] {
  const parents = new Map(areas.map((area) => [area.areaId, area.parent]));
  const path = new Set<string>();
  for (let at = parents.get(areaId); at !== undefined && !path.has(at); at = parents.get(at)) path.add(at);
  return [...path];
}

/** Ids of the areas within an area, nearest first, itself left out. */
export function descendants(areas: readonly Node[], areaId: string): string[] {
  const found = new Set([areaId]);
  // A set is iterated over what is added meanwhile: the areas just found are asked for theirs.
  for (const id of found) {
    for (const area of areas) if (area.parent === id) found.add(area.areaId);
  }
  found.delete(areaId);
  return [...found];
}

/** The area that a `.pb` file calls by this name, whatever the letters' case and the space around it. */
export function areaByPabulibName(
  areas: readonly { areaId: string; names: readonly string[] }[],
  name: string,
): string | undefined {
  const wanted = foldName(name);
  return areas.find((area) => area.names.some((alias) => foldName(alias) === wanted))?.areaId;
}

/** The form in which two names of areas are the same. */
export function foldName(name: string): string {
  return name.normalize('NFC').trim().replace(/\s+/g, ' ').toLowerCase();
}
