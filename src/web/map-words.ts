/** The words of maps, in every language: the server and the browser draw with them. */
import type { Language } from './languages.js';

export interface MapWords {
  readonly title: string;
  readonly skip: string;
  /** What the drawing is, for who does not see it. */
  readonly drawing: string;
  readonly count: (n: number, written: string) => string;
  readonly cluster: (written: string, area: string | undefined) => string;
  readonly controls: string;
  readonly in: string;
  readonly out: string;
  readonly north: string;
  readonly south: string;
  readonly east: string;
  readonly west: string;
  readonly home: string;
  readonly list: string;
  readonly stateKinds: Readonly<Record<string, string>>;
  /** What is not on it. */
  readonly note: string;
  readonly failed: string;
  readonly here: string;
  readonly seeAround: string;
  readonly openElsewhere: string;
  readonly pick: string;
  readonly pickHint: string;
  readonly pickMiddle: string;
  readonly picked: string;
}

const es: MapWords = {
  title: 'Mapa',
  skip: 'Saltar el mapa',
  drawing: 'Mapa de la ciudad con sus zonas. La lista de al lado dice lo mismo.',
  count: (n, written) =>
    n === 0
      ? 'En este trozo del mapa no hay ninguna.'
      : n === 1
        ? 'En este trozo del mapa hay una.'
        : `En este trozo del mapa hay ${written}.`,
  cluster: (written, area) => (area === undefined ? `${written} juntas` : `${written} juntas en ${area}`),
  controls: 'Mover el mapa',
  in: 'Acercar',
  out: 'Alejar',
  north: 'Ir al norte',
  south: 'Ir al sur',
  east: 'Ir al este',
  west: 'Ir al oeste',
  home: 'Todo',
  list: 'Lo que se ve en el mapa',
  stateKinds: { open: 'Abierta', closed: 'Cerrada', fixed: 'Arreglada' },
  note: 'En el mapa está solo lo que tiene un lugar exacto que se puede publicar.',
  failed: 'El mapa no se ha podido cargar. Prueba otra vez.',
  here: 'El lugar, en el mapa de la ciudad',
  seeAround: 'Ver qué hay alrededor',
  openElsewhere: 'Abrir en la aplicación de mapas',
  pick: 'Marcar en el mapa',
  pickHint: 'Toca el sitio. Con el teclado: acércalo con los botones y marca el centro.',
  pickMiddle: 'Marcar el centro',
  picked: 'Se enviará el lugar marcado.',
};

const ast: MapWords = {
  title: 'Mapa',
  skip: 'Saltar el mapa',
  drawing: 'Mapa de la ciudá coles sos zones. La llista d’al llau diz lo mesmo.',
  count: (n, written) =>
    n === 0
      ? 'Nesti cachu del mapa nun hai nenguna.'
      : n === 1
        ? 'Nesti cachu del mapa hai una.'
        : `Nesti cachu del mapa hai ${written}.`,
  cluster: (written, area) => (area === undefined ? `${written} xuntes` : `${written} xuntes en ${area}`),
  controls: 'Mover el mapa',
  in: 'Averar',
  out: 'Alloñar',
  north: 'Dir al norte',
  south: 'Dir al sur',
  east: 'Dir al este',
  west: 'Dir al oeste',
  home: 'Too',
  list: 'Lo que se ve nel mapa',
  stateKinds: { open: 'Abierta', closed: 'Zarrada', fixed: 'Igüada' },
  note: 'Nel mapa ta namás lo que tien un llugar exactu que se pue espublizar.',
  failed: 'El mapa nun se pudo cargar. Prueba otra vuelta.',
  here: 'El llugar, nel mapa de la ciudá',
  seeAround: 'Ver qué hai alredor',
  openElsewhere: 'Abrir na aplicación de mapes',
  pick: 'Marcar nel mapa',
  pickHint: 'Toca’l sitiu. Col tecláu: avéralu colos botones y marca’l centru.',
  pickMiddle: 'Marcar el centru',
  picked: 'Va unviase’l llugar marcáu.',
};

const en: MapWords = {
  title: 'Map',
  skip: 'Skip the map',
  drawing: 'Map of the city with its areas. The list beside it says the same.',
  count: (n, written) =>
    n === 0
      ? 'There are none in this part of the map.'
      : n === 1
        ? 'There is one in this part of the map.'
        : `There are ${written} in this part of the map.`,
  cluster: (written, area) => (area === undefined ? `${written} together` : `${written} together in ${area}`),
  controls: 'Move the map',
  in: 'Closer',
  out: 'Farther',
  north: 'Go north',
  south: 'Go south',
  east: 'Go east',
  west: 'Go west',
  home: 'All',
  list: 'What the map shows',
  stateKinds: { open: 'Open', closed: 'Closed', fixed: 'Fixed' },
  note: 'The map has only what has an exact place that may be shown.',
  failed: 'The map could not be loaded. Try again.',
  here: 'The place, on the map of the city',
  seeAround: 'See what is around',
  openElsewhere: 'Open in the map application',
  pick: 'Mark it on the map',
  pickHint: 'Tap the place. With the keyboard: bring it closer with the buttons and mark the middle.',
  pickMiddle: 'Mark the middle',
  picked: 'The marked place will be sent.',
};

export const MAP_WORDS: Readonly<Record<Language, MapWords>> = { es, ast, en };
