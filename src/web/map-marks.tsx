/** What lies on a map, as marks and as the list that says the same, and how one moves it. Drawn by the server and, where it may, again by the browser. */
import type { Format } from './format.js';
import type { Language, Words } from './languages.js';
import {
  bboxOf,
  MAP_HEIGHT,
  MAP_WIDTH,
  movedPart,
  onMap,
  partOfBox,
  tilesOf,
  worldOf,
  zoomedPart,
  type MapBox,
  type MapPoint,
  type MapPart,
} from './map-part.js';
import { MAP_WORDS } from './map-words.js';

/** What there is in a part of the map, as the API tells it. */
export interface MapContent {
  readonly matters: readonly (MapPoint & {
    id: string;
    category: string;
    stateKind: string;
    filedAt: string;
  })[];
  readonly clusters: readonly (MapPoint & { count: number })[];
  readonly count: number;
}

export interface MapProps {
  readonly language: Language;
  readonly format: Pick<Format, 'number' | 'date'>;
  readonly part: MapPart;
  /** All of the city. */
  readonly home: MapBox;
  readonly content: MapContent;
  /** Where the city has tiles of its own: their address, with `{z}`, `{x}` and `{y}`. */
  readonly tiles: string | undefined;
  /** Names of areas, and around where they are written. */
  readonly labels: readonly { readonly name: Words; readonly box: MapBox }[];
  readonly categoryOf: (id: string) => Words;
  /** The smallest area in which a place lies. */
  readonly areaOf: (point: MapPoint) => Words | undefined;
  /** The page with another part of the map. */
  readonly addressOf: (bbox: string) => string;
}

/** What a script is given beside what is drawn: as JSON in `data-map`. */
export interface MapData extends Pick<
  MapProps,
  'language' | 'part' | 'home' | 'content' | 'labels' | 'tiles'
> {
  readonly timeZone: string;
  readonly categories: Readonly<Record<string, Words>>;
  /** Filters as they stand in the list's address. */
  readonly query: string;
  /** Those of them that the map knows, as the API takes them. */
  readonly filter: string;
}

/** The list's address with a part of the map. */
export function mapAddress(query: string, bbox: string): string {
  return `/matters?${query}${query === '' ? '' : '&'}bbox=${bbox}#map`;
}

/** Of the letters of a label, in units of the drawing. */
const LETTER = 9;
/** So much of the map stays when one goes on to what is beside it. */
const STEP = 0.5;
const CLOSER = 2;
/** A cluster is a cell of 64 units: four times closer it is sixteen. */
const INTO_CLUSTER = 4;

/** The list says the same to the keyboard. */
export function MapMarks(props: MapProps) {
  const { part, content, labels, tiles } = props;
  return (
    <>
      {tiles === undefined && <MapLabels part={part} labels={labels} />}
      {content.clusters.map((cluster) => (
        <ClusterMark key={`${cluster.lat}/${cluster.long}`} {...props} cluster={cluster} />
      ))}
      {content.matters.map((matter) => {
        const { x, y } = onMap(part, matter);
        return (
          <a key={matter.id} href={`/matters/${matter.id}`} aria-label={nameOf(props, matter)} tabindex={-1}>
            <title>{nameOf(props, matter)}</title>
            <circle class="map-reach" cx={x} cy={y} r="14" />
            <Mark stateKind={matter.stateKind} x={x} y={y} />
          </a>
        );
      })}
    </>
  );
}

/** What the script of a form is given, as JSON in `data-pick`. */
export type PickData = Pick<MapProps, 'language' | 'part' | 'home' | 'labels' | 'tiles'>;

/** What lies under the areas. */
export function MapTiles({ part, tiles }: Pick<MapProps, 'part' | 'tiles'>) {
  if (tiles === undefined) return null;
  return (
    <>
      {tilesOf(part).map(({ z, x, y, left, top, side }) => (
        <image
          key={`${z}/${x}/${y}`}
          href={tiles.replace('{z}', String(z)).replace('{x}', String(x)).replace('{y}', String(y))}
          x={left}
          y={top}
          width={side}
          height={side}
        />
      ))}
    </>
  );
}

export function MapLabels({ part, labels }: Pick<MapProps, 'part' | 'labels'>) {
  return (
    <g aria-hidden="true">
      {labels.map(({ name, box }) => (
        <Label key={`${box.west}/${box.north}`} part={part} name={name} box={box} />
      ))}
    </g>
  );
}

/** Its point is the place. */
export function Pin({ x, y }: { x: number; y: number }) {
  return (
    <g class="map-pin" transform={`translate(${x} ${y})`}>
      <path d="M0 0C-4-10-11-16-11-24a11 11 0 0 1 22 0C11-16 4-10 0 0Z" />
      <circle cy="-24" r="4" />
    </g>
  );
}

/** States are told apart by form, and not by colour alone. */
export function Mark({ stateKind, x, y }: { stateKind: string; x: number; y: number }) {
  return stateKind === 'fixed' ? (
    <rect class="map-mark matter-fixed" x={x - 6} y={y - 6} width="12" height="12" />
  ) : (
    <circle class={`map-mark matter-${stateKind}`} cx={x} cy={y} r="7" />
  );
}

/** Where there is room for it. */
function Label({ part, name, box }: { part: MapPart; name: Words; box: MapBox }) {
  const [from, to] = [
    onMap(part, { lat: box.north, long: box.west }),
    onMap(part, { lat: box.south, long: box.east }),
  ];
  const [x, y] = [(from.x + to.x) / 2, (from.y + to.y) / 2];
  const isSeen = x > 0 && x < MAP_WIDTH && y > 0 && y < MAP_HEIGHT;
  if (!isSeen || to.x - from.x < name.text.length * LETTER) return null;
  return (
    <text class="map-label" x={x} y={y} text-anchor="middle" lang={name.language}>
      {name.text}
    </text>
  );
}

type Cluster = MapContent['clusters'][number];

function ClusterMark({ cluster, ...props }: MapProps & { cluster: Cluster }) {
  const { part, addressOf } = props;
  const { x, y } = onMap(part, cluster);
  const written = props.format.number(cluster.count);
  const bbox = bboxInto(part, cluster);
  const name = clusterInWords(props, cluster);
  return (
    <a href={addressOf(bbox)} data-bbox={bbox} aria-label={name} tabindex={-1}>
      <title>{name}</title>
      <circle class="map-cluster" cx={x} cy={y} r={12 + 4 * written.length} />
      <text class="map-number" x={x} y={y + 5} text-anchor="middle" aria-hidden="true">
        {written}
      </text>
    </a>
  );
}

export function MapList(props: MapProps) {
  const { language, format, content, part, addressOf } = props;
  const words = MAP_WORDS[language];
  const { clusters, matters, count } = content;
  return (
    <>
      <p role="status">{words.count(count, format.number(count))}</p>
      {count > 0 && (
        <div class="map-names" role="region" aria-label={words.list} tabindex={0}>
          <ul>
            {clusters.map((cluster) => {
              const bbox = bboxInto(part, cluster);
              return (
                <li key={`${cluster.lat}/${cluster.long}`}>
                  <a href={addressOf(bbox)} data-bbox={bbox}>
                    {clusterInWords(props, cluster)}
                  </a>
                </li>
              );
            })}
            {[...matters].sort(openFirst).map((matter) => (
              <li key={matter.id}>
                <a href={`/matters/${matter.id}`}>{nameOf(props, matter)}</a>, {format.date(matter.filedAt)}
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

/** Then the newest. */
function openFirst(a: MapContent['matters'][number], b: MapContent['matters'][number]): number {
  const [isOpenA, isOpenB] = [a, b].map(({ stateKind }) => (stateKind === 'open' ? 0 : 1));
  return (isOpenA ?? 0) - (isOpenB ?? 0) || (a.filedAt < b.filedAt ? 1 : -1);
}

/** Links that go to the same page with another part of the map: with a script and without. */
export function MapControls({
  language,
  part,
  home,
  addressOf,
}: Pick<MapProps, 'language' | 'part' | 'home' | 'addressOf'>) {
  const words = MAP_WORDS[language];
  const [across, down] = [MAP_WIDTH * STEP, MAP_HEIGHT * STEP];
  const ways = [
    { name: words.in, sign: '+', to: zoomedPart(part, CLOSER) },
    { name: words.out, sign: '−', to: zoomedPart(part, 1 / CLOSER) },
    { name: words.west, sign: '←', to: movedPart(part, -across, 0) },
    { name: words.north, sign: '↑', to: movedPart(part, 0, -down) },
    { name: words.south, sign: '↓', to: movedPart(part, 0, down) },
    { name: words.east, sign: '→', to: movedPart(part, across, 0) },
  ];
  const whole = bboxOf(partOfBox(home));
  return (
    <ul>
      {ways.map(({ name, sign, to }) => (
        <li key={sign}>
          <a
            class="button"
            href={addressOf(bboxOf(to))}
            data-bbox={bboxOf(to)}
            aria-label={name}
            title={name}
            rel="nofollow"
          >
            {sign}
          </a>
        </li>
      ))}
      <li>
        <a class="button" href={addressOf(whole)} data-bbox={whole} rel="nofollow">
          {words.home}
        </a>
      </li>
    </ul>
  );
}

function bboxInto(part: MapPart, cluster: Cluster): string {
  const { x, y } = worldOf(cluster);
  const closer = part.scale / INTO_CLUSTER;
  const [wide, tall] = [closer * MAP_WIDTH, closer * MAP_HEIGHT];
  return bboxOf({ left: x - wide / 2, top: y - tall / 2, scale: closer });
}

function clusterInWords({ language, format, areaOf }: MapProps, cluster: Cluster): string {
  return MAP_WORDS[language].cluster(format.number(cluster.count), areaOf(cluster)?.text);
}

function nameOf({ language, categoryOf, areaOf }: MapProps, matter: MapContent['matters'][number]): string {
  const { stateKinds } = MAP_WORDS[language];
  const about = [categoryOf(matter.category).text, areaOf(matter)?.text].filter((one) => one !== undefined);
  return `${about.join(' · ')} (${stateKinds[matter.stateKind] ?? matter.stateKind})`;
}
