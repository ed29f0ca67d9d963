/**
 * Exact geometry over integer microdegrees [longitude, latitude]. A city is small and flat enough that its borders are
 * straight lines on this grid; none may cross the 180th meridian.
 */
export type Point = readonly [lon: number, lat: number];
export type Ring = readonly Point[];
/** The outer ring, then its holes. */
export type Polygon = readonly Ring[];

/**
 * Whether a point lies in a polygon and in none of its holes (even-odd rule). Of two areas that share a border exactly one
 * has a point of that border, because an edge owns its lower end and not its upper one.
 */
export function inPolygon(polygon: Polygon, [lon, lat]: Point): boolean {
  let inside = false;
  for (const ring of polygon) {
    let from: Point | undefined;
    for (const to of ring) {
      if (from !== undefined && from[1] > lat !== to[1] > lat) {
        const isNorthward = from[1] < to[1];
        const west = isNorthward ? side(from, to, [lon, lat]) : side(to, from, [lon, lat]);
        if (west > 0) inside = !inside;
      }
      from = to;
    }
  }
  return inside;
}

/** 1 when the point is left of the line from a to b, -1 when right of it, 0 on it. Exact. */
export function side(a: Point, b: Point, p: Point): -1 | 0 | 1 {
  const left = (b[0] - a[0]) * (p[1] - a[1]);
  const right = (b[1] - a[1]) * (p[0] - a[0]);
  if (Math.abs(left) <= Number.MAX_SAFE_INTEGER && Math.abs(right) <= Number.MAX_SAFE_INTEGER) {
    return left > right ? 1 : left < right ? -1 : 0;
  }
  const exact = BigInt(b[0] - a[0]) * BigInt(p[1] - a[1]) - BigInt(b[1] - a[1]) * BigInt(p[0] - a[0]);
  return exact > 0n ? 1 : exact < 0n ? -1 : 0;
}

export type RingProblem = 'ring-too-short' | 'ring-not-closed' | 'ring-without-area' | 'ring-crosses-itself';

/** What is wrong with a ring whose repeated points were dropped. Touching itself in a point is allowed, as real borders do. */
export function ringProblem(ring: Ring): RingProblem | undefined {
  const first = ring[0];
  const last = ring.at(-1);
  if (first === undefined || last === undefined || ring.length < 4) return 'ring-too-short';
  if (first[0] !== last[0] || first[1] !== last[1]) return 'ring-not-closed';
  if (twiceArea(ring) === 0n) return 'ring-without-area';
  return crossesItself(ring) ? 'ring-crosses-itself' : undefined;
}

/** Twice the signed area, in square microdegrees. */
function twiceArea(ring: Ring): bigint {
  let sum = 0n;
  for (const { a, b } of edgesOf(ring)) sum += BigInt(a[0]) * BigInt(b[1]) - BigInt(b[0]) * BigInt(a[1]);
  return sum;
}

interface Edge {
  a: Point;
  b: Point;
  west: number;
  east: number;
}

function edgesOf(ring: Ring): Edge[] {
  const edges: Edge[] = [];
  let a: Point | undefined;
  for (const b of ring) {
    if (a !== undefined) edges.push({ a, b, west: Math.min(a[0], b[0]), east: Math.max(a[0], b[0]) });
    a = b;
  }
  return edges;
}

function crossesItself(ring: Ring): boolean {
  // From west to east an edge is compared only with those that begin before it ends.
  const edges = edgesOf(ring).sort((one, other) => one.west - other.west);
  for (const [i, one] of edges.entries()) {
    for (let j = i + 1; j < edges.length; j++) {
      const other = edges[j];
      if (other === undefined || other.west > one.east) break;
      if (cross(one, other)) return true;
    }
  }
  return false;
}

/** Whether two edges cross in a point that is an end of neither. */
function cross({ a, b }: Edge, { a: c, b: d }: Edge): boolean {
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
}
