/** How a count is explained, in Spanish. This file is the list of keys: the other languages have exactly the same ones. */

const one = (n: number, singular: string, plural: string): string => (n === 1 ? singular : plural);
const voters = (n: number, written: string): string => `${written} ${one(n, 'votante', 'votantes')}`;

/** Amounts, numbers and titles come written. @param n the number that is written, for singular and plural */
export const es = {
  title: 'Cómo se contó, paso a paso',
  of: (election: string) => `Cómo se contó: ${election}`,
  intro:
    'Esta página sale de las papeletas y de la regla, y de nada más: cualquiera puede calcularla otra vez con el registro. Las cantidades están redondeadas.',
  data: 'Los mismos datos, para programas',
  back: 'Volver al resultado',
  missing: 'La explicación de este recuento no se guardó. Aparece al contar de nuevo.',
  rounds: 'Rondas',
  turns: 'Orden del recuento',
  losers: 'Lo que no se financia, y qué le faltó',
  fairness: 'Cómo se reparte el resultado',
  quoted: (project: string) => `«${project}»`,
  list: (items: readonly string[]) =>
    items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} y ${items.at(-1) ?? ''}`,
  shares: {
    held: (n: number, written: string, share: string) =>
      `Los ${voters(n, written)} tuvieron al principio ${share} cada uno, para pagar los proyectos que apoyan.`,
    raised: (share: string) =>
      `Una parte igual del presupuesto serían ${share}. Se subió, paso a paso, mientras lo que se compra no costara más que el presupuesto.`,
    lowered: (share: string) => `Una parte igual del presupuesto serían ${share}. Se redondeó hacia abajo.`,
    compared: (forGreedy: string, forShares: string) =>
      `Se comparó con contar de más a menos apoyo: ${forGreedy} votantes prefieren ese resultado y ${forShares} el de las partes iguales. Por eso vale el primero.`,
    keptShares: (forShares: string, forGreedy: string) =>
      `Se comparó con contar de más a menos apoyo: ${forShares} votantes prefieren este resultado y ${forGreedy} el otro. Por eso vale este.`,
    completed: 'El dinero que queda se reparte entre los demás, de más a menos apoyo, mientras quepan:',
    effective:
      'Votos efectivos de un proyecto: cuántos votos bastarían para pagarlo si todos pagaran lo mismo, es decir, su coste entre lo que paga quien paga entero. En cada ronda se compra el que más tiene.',
    byPrice: 'En cada ronda se compra el proyecto que menos cuesta a cada persona que lo apoya.',
    byPoint: 'En cada ronda se compra el proyecto que menos cuesta por cada punto que le dieron.',
  },
  round: {
    bought: (round: string, project: string, cost: string) => `Ronda ${round}: ${project}, por ${cost}.`,
    free: 'No cuesta nada y se financia sin más.',
    inFull: (n: number, written: string, price: string) =>
      `${one(n, 'Lo paga', 'Lo pagan')} ${written} ${one(n, 'persona', 'personas')}, a ${price} cada una.`,
    perPoint: (n: number, written: string, price: string) =>
      `${one(n, 'Lo paga', 'Lo pagan')} ${written} ${one(n, 'persona', 'personas')}, a ${price} por punto.`,
    allTheyHad: (n: number, written: string) =>
      n === 1
        ? `Otra tiene menos, y paga todo lo que le queda.`
        : `Otras ${written} tienen menos, y pagan todo lo que les queda.`,
    onlyAllTheyHad: (n: number, written: string) =>
      `${one(n, 'Lo paga', 'Lo pagan')} ${written} ${one(n, 'persona', 'personas')}, con todo lo que les queda.`,
    effective: (votes: string) => `Tiene ${votes} votos efectivos.`,
    next: (project: string, votes: string, behind: string) =>
      `El siguiente era ${project}, con ${votes}: ${behind} menos.`,
    nextLevel: (project: string) => `El siguiente era ${project}, igualado.`,
    nextPrice: (project: string, price: string, behind: string) =>
      `El siguiente era ${project}, a ${price}: ${behind} más.`,
    alone: 'Ningún otro se podía pagar ya.',
    /** Columns of the table. */
    number: 'Ronda',
    project: 'Proyecto',
    paying: 'Quién lo paga',
    compared: 'Votos efectivos, y el siguiente',
    comparedPrice: 'Cuánto cuesta a cada cual, y el siguiente',
    comparedPoint: 'Cuánto cuesta por punto, y el siguiente',
    caption: (area: string) => `Rondas en: ${area}`,
  },
  overspending: {
    rule: 'Un proyecto puede financiarse aunque quienes lo apoyan no puedan pagarlo entero: lo que falta no se le cobra a nadie, se gasta de más y deja menos para los otros. Cuanto menos de su coste puedan pagar, más alto cuenta su precio.',
    effective:
      'Votos efectivos de un proyecto: su coste entre el precio tal como cuenta. Si quienes lo apoyan pueden pagarlo entero, son los votos que bastarían para pagarlo si todos pagaran lo mismo. En cada ronda se compra el que más tiene.',
    byPrice:
      'En cada ronda se compra el proyecto que tiene el precio por persona, tal como cuenta, más bajo.',
    byPoint: 'En cada ronda se compra el proyecto que tiene el precio por punto, tal como cuenta, más bajo.',
    overspent: (amount: string) => `Faltan ${amount}, que se gastan de más.`,
    countsAt: (price: string) => `Su precio cuenta como ${price}.`,
    alone: 'Ningún otro que cupiera tenía ya quien lo pagara.',
    left: (held: string, left: string) => `Quienes lo apoyan tuvieron ${held} en total y les quedan ${left}.`,
  },
  purchase: {
    earning:
      'Todas las personas ganan lo mismo al mismo ritmo. Un proyecto se financia cuando quienes lo apoyan juntan lo que cuesta.',
    bought: (earned: string, project: string, cost: string) =>
      `Cuando cada cual había ganado ${earned}, quienes apoyan ${project} tenían los ${cost} que cuesta.`,
    next: (project: string, earned: string) => `El siguiente habría sido ${project}, con ${earned}.`,
    stop: (earned: string, n: number, projects: string) =>
      `Con ${earned} ganados le tocaba a ${projects}, que ya no ${one(n, 'cabía', 'cabían')} en el presupuesto: ahí se para.`,
    caption: (area: string) => `Compras en: ${area}`,
    earned: 'Lo ganado por cada cual',
  },
  turn: {
    /** Columns of the table. */
    place: 'Orden',
    remaining: 'Quedaba',
    caption: (area: string) => `Orden del recuento en: ${area}`,
  },
  loser: {
    costs: (project: string, cost: string) => `${project} cuesta ${cost}.`,
    left: (held: string, left: string, missing: string) =>
      `Quienes lo apoyan tuvieron ${held} en total y les quedan ${left}: faltan ${missing}.`,
    parts: (held: string, left: string, missing: string) =>
      `Quienes lo apoyan tuvieron ${held} en total y les quedan ${left}; para pagar partes iguales faltan ${missing}.`,
    stopped: (left: string, missing: string) =>
      `Quienes lo apoyan tenían ${left} cuando se paró el recuento: faltaban ${missing}.`,
    enough: 'Quienes lo apoyan tenían lo que cuesta cuando se paró el recuento, pero no cabía.',
    where: 'A dónde fue el dinero de quienes lo apoyan',
    wentTo: (list: string) => `Pagaron ${list}.`,
    share: (amount: string, project: string) => `${amount} por ${project}`,
    others: (n: number, written: string, amount: string) =>
      `${amount} por ${one(n, 'otro proyecto', `otros ${written} proyectos`)}`,
    spentNothing: 'No pagaron ningún otro.',
    support: {
      voters: (n: number, written: string) =>
        `con ${written} ${one(n, 'votante', 'votantes')} más que ${one(n, 'apoyara', 'apoyaran')} solo este`,
      votes: (n: number, written: string) => `con ${written} ${one(n, 'voto', 'votos')} más`,
      points: (n: number, written: string) => `con ${written} ${one(n, 'punto', 'puntos')} más`,
    },
    cost: (cost: string) => `con un coste de ${cost} como mucho`,
    free: 'sin coste',
    would: (ways: readonly string[]) => `Se habría financiado ${ways.join(', o ')}.`,
    never: 'Ni más apoyo ni menos coste lo habrían financiado.',
    sameShares:
      'Esto se dice con la misma parte para cada votante y con las rondas anteriores como fueron: mide lo cerca que estuvo, no predice otro recuento.',
    allElseEqual: 'Esto se dice con todo lo demás igual.',
    closest: (n: number, projects: string) =>
      `${one(n, 'El más cercano', 'Los más cercanos')} a financiarse, por apoyo: ${projects}.`,
    none: 'Se financian todos los proyectos.',
  },
  fair: {
    nothing: (n: number, all: string, written: string, share: string) =>
      `De ${all} votantes, ${written} (${share}) ${one(n, 'no tiene', 'no tienen')} financiado nada de lo que ${one(n, 'eligió', 'eligieron')}.`,
    levels: 'Votantes según cuántos de sus proyectos se financian',
    level: (n: number, written: string) => `${written} ${one(n, 'proyecto', 'proyectos')}`,
    funded: 'Financiados de los suyos',
    voters: 'Votantes',
    categories: 'Dinero y votos por tipo',
    category: 'Tipo',
    noCategory: '(sin tipo)',
    ofMoney: 'Del dinero',
    ofVotes: 'De los votos',
    represents: 'A qué parte de los votantes representa cada proyecto',
    part: 'De los votantes',
    everyGroup:
      'Todo grupo de votantes bastante grande para un proyecto recibió su parte (EJR+ salvo un proyecto, por coste).',
    notEveryGroup: (projects: string) =>
      `No todo grupo de votantes bastante grande para un proyecto recibió su parte (EJR+ salvo un proyecto, por coste): véase ${projects}.`,
  },
};

export type ExplanationWords = typeof es;
