/** Words of the demo's city about matters, in Spanish, which are put together from parts. All made up. */
import type { Ground } from './places.js';

/** What is written about a category. `{en}` in it is where it is: "en la calle del Faro". */
export interface Topic {
  readonly category: string;
  readonly grounds: readonly Ground[];
  /** How often it is written about, against the others. */
  readonly often: readonly [complaints: number, suggestions: number, thanks: number];
  /** Whether who files has to confirm her address. */
  readonly confirms?: true;
  /** Days until half of the complaints are answered. */
  readonly days: number;
  readonly complaints: readonly string[];
  /** What comes of it. */
  readonly because: readonly string[];
  readonly suggestions?: readonly string[];
  readonly thanks?: readonly string[];
  readonly fixed: readonly string[];
  /** Whose it is, where it turns out not to be the city's: a code, and words after "depende". */
  readonly notOurs?: readonly [code: string, inWords: string];
  readonly answers?: Readonly<Record<string, readonly string[]>>;
}

export const SINCE: readonly string[] = [
  'Ya va para una semana.',
  'Ya va para un mes.',
  'Cada vez va a peor.',
  'Ya avisé una vez por teléfono.',
  'No es la primera vez que escribo por esto.',
  'Los vecinos estamos cansados.',
];

export const ASKS: readonly string[] = [
  'Agradecería que alguien se pasara a verlo.',
  'Por favor, tomen nota.',
  '¿Cuándo piensan arreglarlo?',
  'Espero una solución, y no solo una respuesta.',
  'Un saludo y gracias.',
  'Somos varios los vecinos que lo pedimos.',
];

export const QUESTIONS: readonly string[] = [
  '¿Nos puede decir a qué horas ocurre? Así podremos comprobarlo.',
  '¿Puede indicarnos el punto exacto? Fuimos y no lo encontramos.',
  '¿Sigue igual? En nuestra visita no vimos nada.',
];

export const ADDITIONS: readonly string[] = [
  'Sigue exactamente igual. Pasé esta mañana por allí.',
  'Es justo enfrente del portal, se ve desde la acera.',
  'Ocurre por las tardes, a partir de las siete.',
];

export const STARTED: readonly string[] = [
  'Ya hemos dado parte a la brigada.',
  'Lo hemos comprobado sobre el terreno y está pedido el material.',
  'El servicio lo está revisando.',
];

export const PLANNED: readonly string[] = [
  'Se hará en la próxima campaña de trabajos de la zona.',
  'Está incluido en el plan de este trimestre.',
];

export const CANNOT: readonly string[] = [
  'Lo hemos estudiado y no cabe en el espacio que hay. Sentimos no poder darle otra respuesta.',
  'No hay partida para esta obra en el presupuesto de este año.',
  'La normativa actual no nos permite actuar en este caso.',
];

export const ANSWERED: readonly string[] = [
  'Tomamos nota de lo que nos cuenta y lo tendremos en cuenta en la próxima revisión.',
  'Hemos visitado el lugar y no vemos motivo para actuar por ahora.',
  'Gracias por avisar. Hemos reforzado la vigilancia en la zona.',
];

export const CONSIDERED: readonly string[] = [
  'Nos parece una buena idea y la pasamos al servicio que la estudiará.',
  'Gracias por la propuesta. Puede presentarla también en el próximo presupuesto participativo.',
  'La hemos valorado con los técnicos, y de momento no es posible.',
];

export const WELCOME: readonly string[] = [
  'Gracias a ti. Se lo hacemos llegar al equipo.',
  'Se agradece. Lo leerán quienes hicieron el trabajo.',
];

export const STILL_BROKEN: readonly string[] = [
  'No está arreglado. Sigue como el primer día.',
  'Duró dos días y volvió a pasar lo mismo.',
  'Dicen que está hecho, y aquí no ha venido nadie.',
];

/** Identical, as those of 2019 about one golf course were. */
export const GOLF =
  'Los usuarios del campo de golf de La Vega pedimos que se arregle el riego del recorrido: los hoyos del fondo están secos y la cuota ha subido.';
export const GOLF_ANSWER =
  'El riego se renueva por fases. La primera empieza este otoño por los hoyos del fondo, y la cuota no volverá a subir este año.';

/** To what was no matter at all. */
export const VOID_ANSWER = 'No es un asunto para el Ayuntamiento, así que no sigue adelante.';

/** No matter at all. */
export const VOIDS: readonly string[] = [
  'Vendo piso reformado, tres habitaciones, llamar por las tardes.',
  'prueba prueba 1 2 3',
  'Reformas económicas, presupuesto sin compromiso.',
  'hola',
];
