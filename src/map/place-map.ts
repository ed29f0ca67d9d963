/**
 * Where public matters are, in memory: a hundred thousand of them are looked through in less time than a database takes to
 * plan a query. Pure but for being filled; each process makes its own again from the views and the contents.
 */

/** A public matter with an exact place. */
export interface Placed {
  readonly id: string;
  /** Integer microdegrees, WGS 84. */
  readonly lat: number;
  readonly long: number;
  readonly kind: string;
  readonly category: string;
  readonly stateKind: string;
  readonly filedAt: string;
}

/** Borders in microdegrees, all four inside. None crosses the 180th meridian. */
export interface Box {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

/** What must be one of these; what is not named may be anything. */
export interface PlaceFilter {
  readonly kinds?: readonly string[];
  readonly categories?: readonly string[];
  readonly stateKinds?: readonly string[];
}

/** Several matters in one cell of the map. */
export interface Cluster {
  readonly count: number;
  /** Their mean place, rounded; microdegrees. */
  readonly lat: number;
  readonly long: number;
}

export interface OnMap {
  readonly matters: readonly Placed[];
  readonly clusters: readonly Cluster[];
  /** All that lie in the box, in clusters or not. */
  readonly count: number;
}

export interface Near {
  readonly placed: Placed;
  readonly metres: number;
}

/** Matters that are shown one by one; where there are more, those of one cell become a cluster. */
const MOST_SINGLE = 200;
/** Levels of zoom of web maps: at 0 the world is one tile of 256 pixels. */
export const MOST_ZOOM = 22;
/** Cells of a tile in each direction, as a power of two: 64 pixels. */
const CELLS_LOG2 = 2;
/** Of one answer. */
const MOST_CELLS = 16_384;
/** The world in Web Mercator is so wide and high, as a power of two. */
const WORLD_LOG2 = 30;
const METRES_PER_MICRODEGREE = 0.111_195;

const { cos, sin, log, round, hypot, PI, min, max, floor } = Math;

/** In a plane: exact enough for a city. Rounded. */
export function metresBetween(
  one: { readonly lat: number; readonly long: number },
  other: { readonly lat: number; readonly long: number },
): number {
  const wide = cos((one.lat / 1e6) * (PI / 180));
  return round(hypot(other.lat - one.lat, (other.long - one.long) * wide) * METRES_PER_MICRODEGREE);
}

export class PlaceMap {
  #placed: Placed[] = [];
  readonly #slots = new Map<string, number>();
  /** Columns beside `#placed`, by the same slot: place, cell of the finest grid, and what is filtered by, as small numbers. */
  #lat = new Int32Array(1_024);
  #long = new Int32Array(1_024);
  #x = new Int32Array(1_024);
  #y = new Int32Array(1_024);
  #kind = new Uint16Array(1_024);
  #category = new Uint16Array(1_024);
  #stateKind = new Uint16Array(1_024);
  readonly #numbers = new Map<string, number>();

  get size(): number {
    return this.#placed.length;
  }

  /** Puts a matter where it is, or where it is now. */
  put(placed: Placed): void {
    const slot = this.#slots.get(placed.id) ?? this.#placed.length;
    if (slot === this.#lat.length) this.#grow();
    this.#slots.set(placed.id, slot);
    this.#placed[slot] = placed;
    const { x, y } = mercator(placed.lat, placed.long);
    this.#lat[slot] = placed.lat;
    this.#long[slot] = placed.long;
    this.#x[slot] = x;
    this.#y[slot] = y;
    this.#kind[slot] = this.#numberOf(placed.kind);
    this.#category[slot] = this.#numberOf(placed.category);
    this.#stateKind[slot] = this.#numberOf(placed.stateKind);
  }

  /** The last one takes its slot. */
  remove(id: string): void {
    const slot = this.#slots.get(id);
    if (slot === undefined) return;
    const last = this.#placed.length - 1;
    this.#slots.delete(id);
    const moved = this.#placed[last];
    if (slot !== last && moved !== undefined) {
      this.#placed[slot] = moved;
      this.#slots.set(moved.id, slot);
      for (const column of this.#columns()) column[slot] = column[last] ?? 0;
    }
    this.#placed.pop();
  }

  /**
   * What a map of a box shows. Cells lie where they lie whatever box is asked for, so that clusters stay while the map is moved.
   * @param zoom of the map, 0 to 22
   */
  in(box: Box, zoom: number, filter: PlaceFilter = {}, mostSingle = MOST_SINGLE): OnMap {
    const slots: number[] = [];
    const cells = new Cells(box, zoom);
    const passes = this.#passing(filter);
    const { west, south, east, north } = box;
    const all = this.#placed.length;
    let count = 0;
    for (let slot = 0; slot < all; slot++) {
      const lat = this.#lat[slot] ?? 0;
      const long = this.#long[slot] ?? 0;
      if (lat < south || lat > north || long < west || long > east || !passes(slot)) continue;
      count++;
      if (count <= mostSingle) slots.push(slot);
      cells.add(this.#x[slot] ?? 0, this.#y[slot] ?? 0, lat, long, slot);
    }
    if (count <= mostSingle) return { matters: this.#at(slots), clusters: [], count };
    const { single, clusters } = cells.told();
    return { matters: this.#at(single), clusters, count };
  }

  /** Those within a distance, nearest first, at most so many. Distances are those of a plane: exact enough for a city. */
  near(
    { lat, long }: { lat: number; long: number },
    metres: number,
    most: number,
    filter: PlaceFilter = {},
  ): Near[] {
    const passes = this.#passing(filter);
    const wide = cos((lat / 1e6) * (PI / 180));
    const tall = metres / METRES_PER_MICRODEGREE;
    const found: Near[] = [];
    for (let slot = 0; slot < this.#placed.length; slot++) {
      const north = (this.#lat[slot] ?? 0) - lat;
      if (north > tall || north < -tall) continue;
      const east = ((this.#long[slot] ?? 0) - long) * wide;
      if (east > tall || east < -tall) continue;
      const distance = hypot(north, east) * METRES_PER_MICRODEGREE;
      const placed = this.#placed[slot];
      if (distance <= metres && placed !== undefined && passes(slot))
        found.push({ placed, metres: round(distance) });
    }
    return found.sort((a, b) => a.metres - b.metres || (a.placed.id < b.placed.id ? -1 : 1)).slice(0, most);
  }

  #passing({ kinds, categories, stateKinds }: PlaceFilter): (slot: number) => boolean {
    const kind = this.#wanted(kinds);
    const category = this.#wanted(categories);
    const stateKind = this.#wanted(stateKinds);
    return (slot) =>
      (kind === undefined || kind[this.#kind[slot] ?? 0] === 1) &&
      (category === undefined || category[this.#category[slot] ?? 0] === 1) &&
      (stateKind === undefined || stateKind[this.#stateKind[slot] ?? 0] === 1);
  }

  /** By number of a name: 1 where it is wanted. */
  #wanted(names: readonly string[] | undefined): Uint8Array | undefined {
    if (names === undefined) return undefined;
    const wanted = new Uint8Array(this.#numbers.size);
    for (const name of names) {
      const number = this.#numbers.get(name);
      if (number !== undefined) wanted[number] = 1;
    }
    return wanted;
  }

  #at(slots: readonly number[]): Placed[] {
    return slots.flatMap((slot) => this.#placed[slot] ?? []);
  }

  #numberOf(name: string): number {
    const number = this.#numbers.get(name) ?? this.#numbers.size;
    this.#numbers.set(name, number);
    return number;
  }

  #columns() {
    return [this.#lat, this.#long, this.#x, this.#y, this.#kind, this.#category, this.#stateKind];
  }

  #grow(): void {
    const size = this.#lat.length * 2;
    this.#lat = copied(new Int32Array(size), this.#lat);
    this.#long = copied(new Int32Array(size), this.#long);
    this.#x = copied(new Int32Array(size), this.#x);
    this.#y = copied(new Int32Array(size), this.#y);
    this.#kind = copied(new Uint16Array(size), this.#kind);
    this.#category = copied(new Uint16Array(size), this.#category);
    this.#stateKind = copied(new Uint16Array(size), this.#stateKind);
  }
}

/** The cells of a box at a zoom: squares of 64 pixels, or larger ones where a map of so many would be of no use. */
class Cells {
  readonly #shift: number;
  readonly #left: number;
  readonly #top: number;
  readonly #wide: number;
  readonly #count: Int32Array;
  /** Sums of places; the slot of the first. */
  readonly #lat: Float64Array;
  readonly #long: Float64Array;
  readonly #slot: Int32Array;

  constructor({ west, south, east, north }: Box, zoom: number) {
    const from = mercator(north, west);
    const to = mercator(south, east);
    let shift = WORLD_LOG2 - min(max(floor(zoom), 0), MOST_ZOOM) - CELLS_LOG2;
    const cellsAt = (by: number) => ((to.x >> by) - (from.x >> by) + 1) * ((to.y >> by) - (from.y >> by) + 1);
    while (cellsAt(shift) > MOST_CELLS) shift++;
    this.#shift = shift;
    this.#left = from.x >> shift;
    this.#top = from.y >> shift;
    this.#wide = (to.x >> shift) - this.#left + 1;
    const cells = cellsAt(shift);
    this.#count = new Int32Array(cells);
    this.#lat = new Float64Array(cells);
    this.#long = new Float64Array(cells);
    this.#slot = new Int32Array(cells);
  }

  add(x: number, y: number, lat: number, long: number, slot: number): void {
    const cell = ((y >> this.#shift) - this.#top) * this.#wide + (x >> this.#shift) - this.#left;
    if (this.#count[cell] === 0) this.#slot[cell] = slot;
    this.#count[cell] = (this.#count[cell] ?? 0) + 1;
    this.#lat[cell] = (this.#lat[cell] ?? 0) + lat;
    this.#long[cell] = (this.#long[cell] ?? 0) + long;
  }

  told(): { single: number[]; clusters: Cluster[] } {
    const single: number[] = [];
    const clusters: Cluster[] = [];
    for (const [cell, count] of this.#count.entries()) {
      if (count === 1) single.push(this.#slot[cell] ?? 0);
      if (count < 2) continue;
      const lat = round((this.#lat[cell] ?? 0) / count);
      const long = round((this.#long[cell] ?? 0) / count);
      clusters.push({ count, lat, long });
    }
    return { single, clusters };
  }
}

function copied<Column extends Int32Array | Uint16Array>(into: Column, from: Column): Column {
  into.set(from);
  return into;
}

/** Web Mercator (EPSG:3857) scaled to whole numbers below 2^30, from the north-west; beyond its 85 degrees at the border. */
function mercator(lat: number, long: number): { x: number; y: number } {
  const world = 2 ** WORLD_LOG2;
  const sine = min(max(sin((lat / 1e6) * (PI / 180)), -0.9999), 0.9999);
  const x = (long / 1e6 + 180) / 360;
  const y = 0.5 - log((1 + sine) / (1 - sine)) / (4 * PI);
  return { x: within(floor(x * world), world), y: within(floor(y * world), world) };
}

function within(value: number, world: number): number {
  return min(max(value, 0), world - 1);
}
