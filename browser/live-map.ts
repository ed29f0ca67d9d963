/** A map that is moved in the page: dragged, pinched, or by its links that go to another part of it. */
import {
  MAP_WIDTH,
  movedPart,
  onMap,
  placeAt,
  readBbox,
  partOfBox,
  zoomedPart,
  type MapPoint,
  type MapPart,
} from '../src/web/map-part.js';

export interface LiveMap {
  /** Draws what lies on it. */
  readonly draw: (part: MapPart) => void;
  /** It has come to rest. */
  readonly settled: (part: MapPart) => void;
  /** Somebody touched a place on it, and no link. */
  readonly tapped?: (place: MapPoint) => void;
}

interface At {
  readonly x: number;
  readonly y: number;
}

/** A hand that moves less has only touched; units of the drawing. */
const TREMBLE = 5;

/** @param drawn the part of the map whose outlines stand in the page */
export function liveMap(
  root: HTMLElement,
  drawn: MapPart,
  { draw, settled, tapped }: LiveMap,
): { show: (part: MapPart) => void } | undefined {
  const svg = root.querySelector('svg');
  const areas = root.querySelector('[data-map-areas]');
  if (svg === null || areas === null) return undefined;
  root.classList.add('live');
  let part = drawn;
  const pointers = new Map<number, At>();
  let travelled = 0;

  const show = (next: MapPart) => {
    part = next;
    const { x, y } = cornerIn(next, drawn);
    areas.setAttribute('transform', `scale(${drawn.scale / next.scale}) translate(${-x} ${-y})`);
    draw(next);
  };
  const go = (next: MapPart) => {
    show(next);
    settled(next);
  };
  const unitsAt = ({ clientX, clientY }: MouseEvent): At => {
    const { left, top, width } = svg.getBoundingClientRect();
    const unit = width / MAP_WIDTH;
    return { x: (clientX - left) / unit, y: (clientY - top) / unit };
  };

  root.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('[data-bbox]') : null;
    const box = readBbox(link?.getAttribute('data-bbox'));
    if (box === undefined || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (travelled < TREMBLE) go(partOfBox(box, 1));
  });
  svg.addEventListener('click', (event) => {
    // The end of a drag is no press on what lies there.
    if (travelled >= TREMBLE) event.preventDefault();
    else if (event.target instanceof Element && event.target.closest('a') === null) {
      const { x, y } = unitsAt(event);
      tapped?.(placeAt(part, x, y));
    }
  });
  svg.addEventListener('dblclick', (event) => {
    if (tapped !== undefined) return;
    const { x, y } = unitsAt(event);
    go(zoomedPart(part, 2, x, y));
  });
  svg.addEventListener('dragstart', (event) => event.preventDefault());
  svg.addEventListener('pointerdown', (event) => {
    if (pointers.size === 0) travelled = 0;
    if (event.button === 0) pointers.set(event.pointerId, unitsAt(event));
  });
  window.addEventListener('pointermove', (event) => {
    if (!pointers.has(event.pointerId)) return;
    const before = middleOf(pointers);
    pointers.set(event.pointerId, unitsAt(event));
    const after = middleOf(pointers);
    travelled += Math.hypot(after.x - before.x, after.y - before.y) + Math.abs(after.spread - before.spread);
    if (travelled < TREMBLE) return;
    const factor = before.spread > 0 && after.spread > 0 ? after.spread / before.spread : 1;
    show(movedPart(zoomedPart(part, factor, before.x, before.y), before.x - after.x, before.y - after.y));
  });
  for (const end of ['pointerup', 'pointercancel'] as const) {
    window.addEventListener(end, ({ pointerId }) => {
      const wasLast = pointers.delete(pointerId) && pointers.size === 0;
      if (!wasLast || travelled < TREMBLE) return;
      settled(part);
      // The press that ends the drag has come by then.
      setTimeout(() => (travelled = 0));
    });
  }
  return { show };
}

/** Where the upper left corner of a part lies in the drawing of another. */
function cornerIn(part: MapPart, drawn: MapPart): At {
  return { x: (part.left - drawn.left) / drawn.scale, y: (part.top - drawn.top) / drawn.scale };
}

/** Between the fingers, and how far they are apart. */
function middleOf(pointers: ReadonlyMap<number, At>): At & { spread: number } {
  const [one = { x: 0, y: 0 }, other = one] = pointers.values();
  const spread = Math.hypot(one.x - other.x, one.y - other.y);
  return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2, spread };
}

/** The name of the last outline that is drawn at a place: the smallest area. */
export function areaNameAt(root: HTMLElement, drawn: MapPart, place: MapPoint) {
  const at = onMap(drawn, place);
  const [found] = [...root.querySelectorAll<SVGPathElement>('[data-map-areas] path')]
    .reverse()
    .filter((path) => path.isPointInFill(new DOMPoint(at.x, at.y)));
  const text = found?.dataset.name;
  return text === undefined ? undefined : { text, language: found?.getAttribute('lang') ?? '' };
}
