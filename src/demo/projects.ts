/**
 * The projects of the demo city, all made up. Areas are those of `city.json` beside this file. Costs are in cents.
 */
export interface DemoProject {
  id: string;
  area: string;
  cost: number;
  category: string;
  /** Degrees; the made-up city lies on an empty stretch of coast. */
  place: { lat: number; lon: number };
  title: { es: string; ast: string; en: string };
  /** How much people like it: the share, in percent, of the area's voters who approve it. */
  appeal: number;
}

const at = (lat: number, lon: number) => ({ lat, lon });

export const FINISHED: readonly DemoProject[] = [
  {
    id: 'C-01',
    area: 'city',
    cost: 18_000_000,
    category: 'mobility',
    place: at(43.556, -6.082),
    title: {
      es: 'Carril bici entre la estación y el puerto',
      ast: 'Carril bici ente la estación y el puertu',
      en: 'Cycle lane from the station to the harbour',
    },
    appeal: 47,
  },
  {
    id: 'C-02',
    area: 'city',
    cost: 9_500_000,
    category: 'environment',
    place: at(43.552, -6.09),
    title: {
      es: 'Mil árboles en las calles sin sombra',
      ast: 'Mil árboles nes cais ensin solombra',
      en: 'A thousand trees for streets without shade',
    },
    appeal: 52,
  },
  {
    id: 'C-03',
    area: 'city',
    cost: 14_000_000,
    category: 'culture',
    place: at(43.559, -6.087),
    title: {
      es: 'Biblioteca abierta hasta medianoche',
      ast: 'Biblioteca abierta hasta medianueche',
      en: 'A library open until midnight',
    },
    appeal: 31,
  },
  {
    id: 'C-04',
    area: 'city',
    cost: 6_000_000,
    category: 'accessibility',
    place: at(43.555, -6.095),
    title: {
      es: 'Rebajar los bordillos de los cruces',
      ast: 'Rebaxar los bordillos de los cruces',
      en: 'Lowered kerbs at crossings',
    },
    appeal: 39,
  },
  {
    id: 'P-01',
    area: 'harbour',
    cost: 4_200_000,
    category: 'sport',
    place: at(43.563, -6.079),
    title: {
      es: 'Pista de patinaje junto al muelle',
      ast: "Pista de patinaxe xunta'l muelle",
      en: 'Skate park by the quay',
    },
    appeal: 44,
  },
  {
    id: 'P-02',
    area: 'harbour',
    cost: 3_100_000,
    category: 'environment',
    place: at(43.564, -6.084),
    title: {
      es: 'Fuentes de agua en el paseo',
      ast: "Fontes d'agua nel paséu",
      en: 'Drinking fountains on the promenade',
    },
    appeal: 36,
  },
  {
    id: 'P-03',
    area: 'harbour',
    cost: 3_900_000,
    category: 'culture',
    place: at(43.562, -6.076),
    title: { es: 'Escenario al aire libre', ast: 'Escenariu al aire llibre', en: 'Open-air stage' },
    appeal: 22,
  },
  {
    id: 'M-01',
    area: 'market',
    cost: 5_000_000,
    category: 'mobility',
    place: at(43.551, -6.083),
    title: {
      es: 'Calle del Mercado sin coches los sábados',
      ast: 'Cai del Mercáu ensin coches los sábados',
      en: 'Market street without cars on Saturdays',
    },
    appeal: 49,
  },
  {
    id: 'M-02',
    area: 'market',
    cost: 2_600_000,
    category: 'accessibility',
    place: at(43.549, -6.086),
    title: {
      es: 'Bancos cada cien metros',
      ast: 'Bancos cada cien metros',
      en: 'A bench every hundred metres',
    },
    appeal: 41,
  },
  {
    id: 'V-01',
    area: 'valley',
    cost: 6_800_000,
    category: 'mobility',
    place: at(43.543, -6.1),
    title: {
      es: 'Senda iluminada entre las aldeas',
      ast: 'Senda con lluz ente les aldees',
      en: 'A lit path between the hamlets',
    },
    appeal: 55,
  },
  {
    id: 'V-02',
    area: 'valley',
    cost: 2_200_000,
    category: 'culture',
    place: at(43.541, -6.106),
    title: {
      es: 'Taller de oficios en la escuela vieja',
      ast: "Taller d'oficios na escuela vieya",
      en: 'Craft workshop in the old school',
    },
    appeal: 29,
  },
];

export const OPEN: readonly DemoProject[] = [
  {
    id: 'C-11',
    area: 'city',
    cost: 21_000_000,
    category: 'environment',
    place: at(43.557, -6.089),
    title: {
      es: 'Recuperar la ribera del río',
      ast: "Recuperar la vera'l ríu",
      en: 'Bring back the river bank',
    },
    appeal: 46,
  },
  {
    id: 'C-12',
    area: 'city',
    cost: 12_500_000,
    category: 'mobility',
    place: at(43.553, -6.081),
    title: {
      es: 'Autobús nocturno los fines de semana',
      ast: 'Autobús nocherniegu les fines de selmana',
      en: 'Night bus at weekends',
    },
    appeal: 43,
  },
  {
    id: 'C-13',
    area: 'city',
    cost: 8_000_000,
    category: 'sport',
    place: at(43.558, -6.093),
    title: {
      es: 'Piscina accesible para todas las edades',
      ast: 'Piscina accesible pa toles edaes',
      en: 'A swimming pool fit for every age',
    },
    appeal: 38,
  },
  {
    id: 'P-11',
    area: 'harbour',
    cost: 4_500_000,
    category: 'environment',
    place: at(43.565, -6.08),
    title: {
      es: 'Dunas protegidas con pasarelas',
      ast: 'Dunes protexíes con pasareles',
      en: 'Boardwalks to protect the dunes',
    },
    appeal: 42,
  },
  {
    id: 'P-12',
    area: 'harbour',
    cost: 3_800_000,
    category: 'culture',
    place: at(43.561, -6.078),
    title: {
      es: 'Museo de la mar en la lonja',
      ast: 'Muséu de la mar na rula',
      en: 'Museum of the sea in the fish market',
    },
    appeal: 33,
  },
  {
    id: 'M-11',
    area: 'market',
    cost: 5_400_000,
    category: 'accessibility',
    place: at(43.55, -6.085),
    title: { es: 'Ascensor al barrio alto', ast: 'Ascensor al barriu altu', en: 'Lift to the upper quarter' },
    appeal: 51,
  },
  {
    id: 'M-12',
    area: 'market',
    cost: 2_400_000,
    category: 'environment',
    place: at(43.548, -6.088),
    title: { es: 'Huerto vecinal', ast: 'Güertu vecinal', en: 'Neighbourhood garden' },
    appeal: 37,
  },
  {
    id: 'V-11',
    area: 'valley',
    cost: 7_000_000,
    category: 'sport',
    place: at(43.542, -6.103),
    title: { es: 'Bolera cubierta', ast: 'Bolera cubierta', en: 'Covered skittle alley' },
    appeal: 34,
  },
  {
    id: 'V-12',
    area: 'valley',
    cost: 3_300_000,
    category: 'mobility',
    place: at(43.544, -6.098),
    title: {
      es: 'Marquesinas en las paradas',
      ast: 'Marquesines nes paraes',
      en: 'Shelters at the bus stops',
    },
    appeal: 48,
  },
];
