/** How a count is explained, in Asturian. */
import type { ExplanationWords } from './explanation-words.es.js';

const one = (n: number, singular: string, plural: string) => (n === 1 ? singular : plural);
const people = (n: number, written: string) => `${written} ${one(n, 'persona', 'persones')}`;

export const ast: ExplanationWords = {
  title: 'Cómo se cuntó, pasu a pasu',
  of: (election) => `Cómo se cuntó: ${election}`,
  intro:
    'Esta páxina sal de les papeletes y de la regla, y de nada más: cualquiera pue calculala otra vegada col rexistru. Les cantidaes tán redondiaes.',
  data: 'Los mesmos datos, pa programes',
  back: 'Volver al resultáu',
  missing: 'La esplicación d’esti recuentu nun se guardó. Apaez al cuntar de nueves.',
  rounds: 'Rondes',
  turns: 'Orde del recuentu',
  losers: 'Lo que nun se financia, y qué-y faltó',
  fairness: 'Cómo se reparte’l resultáu',
  quoted: (project) => `«${project}»`,
  list: (items) =>
    items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} y ${items.at(-1) ?? ''}`,
  shares: {
    held: (n, written, share) =>
      `${one(n, 'La persona que votó tuvo', `Les ${written} persones que votaron tuvieron`)} al principiu ${share} cada una, pa pagar los proyeutos que sofiten.`,
    raised: (share) =>
      `Una parte igual del presupuestu sedríen ${share}. Xubióse, pasu a pasu, mentanto lo que se merca nun costare más que’l presupuestu.`,
    lowered: (share) => `Una parte igual del presupuestu sedríen ${share}. Redondióse p’abaxo.`,
    compared: (forGreedy, forShares) =>
      `Comparóse con cuntar de más a menos sofitu: ${forGreedy} votantes prefieren esi resultáu y ${forShares} el de les partes iguales. Por eso val el primeru.`,
    keptShares: (forShares, forGreedy) =>
      `Comparóse con cuntar de más a menos sofitu: ${forShares} votantes prefieren esti resultáu y ${forGreedy} l’otru. Por eso val esti.`,
    completed: 'Les perres que queden repártense ente los demás, de más a menos sofitu, mentanto quepan:',
    effective:
      'Votos efeutivos d’un proyeutu: cuántos votos abondaríen pa pagalu si toos pagaren lo mesmo, ye dicir, el so costu ente lo que paga quien paga entero. En cada ronda mércase’l que más tien.',
    byPrice: 'En cada ronda mércase’l proyeutu que menos cuesta a cada persona que lu sofita.',
    byPoint: 'En cada ronda mércase’l proyeutu que menos cuesta por cada puntu que-y dieron.',
  },
  round: {
    bought: (round, project, cost) => `Ronda ${round}: ${project}, por ${cost}.`,
    free: 'Nun cuesta nada y finánciase ensin más.',
    inFull: (n, written, price) => `${one(n, 'Págalu', 'Páguenlu')} ${people(n, written)}, a ${price} caúna.`,
    perPoint: (n, written, price) =>
      `${one(n, 'Págalu', 'Páguenlu')} ${people(n, written)}, a ${price} por puntu.`,
    allTheyHad: (n, written) =>
      n === 1
        ? 'Otra tien menos, y paga tolo que-y queda.'
        : `Otres ${written} tienen menos, y paguen tolo que-yos queda.`,
    onlyAllTheyHad: (n, written) =>
      `${one(n, 'Págalu', 'Páguenlu')} ${people(n, written)}, con tolo que-yos queda.`,
    effective: (votes) => `Tien ${votes} votos efeutivos.`,
    next: (project, votes, behind) => `El siguiente yera ${project}, con ${votes}: ${behind} menos.`,
    nextLevel: (project) => `El siguiente yera ${project}, igualáu.`,
    nextPrice: (project, price, behind) => `El siguiente yera ${project}, a ${price}: ${behind} más.`,
    alone: 'Nengún otru podía pagase yá.',
    number: 'Ronda',
    project: 'Proyeutu',
    paying: 'Quién lu paga',
    compared: 'Votos efeutivos, y el siguiente',
    comparedPrice: 'Cuánto cuesta a caúna, y el siguiente',
    comparedPoint: 'Cuánto cuesta por puntu, y el siguiente',
    caption: (area) => `Rondes en: ${area}`,
  },
  overspending: {
    rule: 'Un proyeutu pue financiase anque los que lu sofiten nun puedan pagalu enteru: lo que falta nun se-y cobra a naide, gástase de más y dexa menos pa los otros. Cuanto menos del so costu puedan pagar, más altu cuenta’l so preciu.',
    effective:
      'Votos efeutivos d’un proyeutu: el so costu ente’l preciu tal como cuenta. Si los que lu sofiten puen pagalu enteru, son los votos qu’abondaríen pa pagalu si toos pagaren lo mesmo. En cada ronda mércase’l que más tien.',
    byPrice: 'En cada ronda mércase’l proyeutu que tien el preciu por persona, tal como cuenta, más baxu.',
    byPoint: 'En cada ronda mércase’l proyeutu que tien el preciu por puntu, tal como cuenta, más baxu.',
    overspent: (amount) => `Falten ${amount}, que se gasten de más.`,
    countsAt: (price) => `El so preciu cuenta como ${price}.`,
    alone: 'Nengún otru que cupiere tenía yá quien lu pagare.',
    left: (held, left) => `Los que lu sofiten tuvieron ${held} en total y quéden-yos ${left}.`,
  },
  purchase: {
    earning:
      'Toles persones ganen lo mesmo al mesmu ritmu. Un proyeutu finánciase cuando los que lu sofiten xunten lo que cuesta.',
    bought: (earned, project, cost) =>
      `Cuando caúna ganara ${earned}, los que sofiten ${project} teníen los ${cost} que cuesta.`,
    next: (project, earned) => `El siguiente sedría ${project}, con ${earned}.`,
    stop: (earned, n, projects) =>
      `Con ${earned} ganaos tocába-y a ${projects}, que yá nun ${one(n, 'cabía', 'cabíen')} nel presupuestu: ehí párase.`,
    caption: (area) => `Compres en: ${area}`,
    earned: 'Lo ganao por caúna',
  },
  turn: {
    place: 'Orde',
    remaining: 'Quedaba',
    caption: (area) => `Orde del recuentu en: ${area}`,
  },
  loser: {
    costs: (project, cost) => `${project} cuesta ${cost}.`,
    left: (held, left, missing) =>
      `Los que lu sofiten tuvieron ${held} en total y quéden-yos ${left}: falten ${missing}.`,
    parts: (held, left, missing) =>
      `Los que lu sofiten tuvieron ${held} en total y quéden-yos ${left}; pa pagar partes iguales falten ${missing}.`,
    stopped: (left, missing) =>
      `Los que lu sofiten teníen ${left} cuando se paró’l recuentu: faltaben ${missing}.`,
    enough: 'Los que lu sofiten teníen lo que cuesta cuando se paró’l recuentu, pero nun cabía.',
    where: 'Ú foron les perres de los que lu sofiten',
    wentTo: (list) => `Pagaron ${list}.`,
    share: (amount, project) => `${amount} por ${project}`,
    others: (n, written, amount) => `${amount} por ${one(n, 'otru proyeutu', `otros ${written} proyeutos`)}`,
    spentNothing: 'Nun pagaron nengún otru.',
    support: {
      voters: (n, written) =>
        `con ${written} ${one(n, 'votante más que sofitare', 'votantes más que sofitaren')} namás esti`,
      votes: (n, written) => `con ${written} ${one(n, 'votu', 'votos')} más`,
      points: (n, written) => `con ${written} ${one(n, 'puntu', 'puntos')} más`,
    },
    cost: (cost) => `con un costu de ${cost} como muncho`,
    free: 'ensin costu',
    would: (ways) => `Financiaríase ${ways.join(', o ')}.`,
    never: 'Nin más sofitu nin menos costu lu financiaríen.',
    sameShares:
      'Esto dizse cola mesma parte pa cada votante y coles rondes d’enantes como foron: mide lo cerca que tuvo, nun prediz otru recuentu.',
    allElseEqual: 'Esto dizse con tolo demás igual.',
    closest: (n, projects) =>
      `${one(n, 'El más cercanu', 'Los más cercanos')} a financiase, por sofitu: ${projects}.`,
    none: 'Fináncense tolos proyeutos.',
  },
  fair: {
    nothing: (n, all, written, share) =>
      `De ${all} votantes, ${written} (${share}) nun ${one(n, 'tien', 'tienen')} financiao nada de lo que ${one(n, 'escoyó', 'escoyeron')}.`,
    levels: 'Votantes según cuántos de los sos proyeutos se financien',
    level: (n, written) => `${written} ${one(n, 'proyeutu', 'proyeutos')}`,
    funded: 'Financiaos de los sos',
    voters: 'Votantes',
    categories: 'Perres y votos por tipu',
    category: 'Tipu',
    noCategory: '(ensin tipu)',
    ofMoney: 'De les perres',
    ofVotes: 'De los votos',
    represents: 'A qué parte de los votantes representa cada proyeutu',
    part: 'De los votantes',
    everyGroup:
      'Tou grupu de votantes abondo grande pa un proyeutu recibió la so parte (EJR+ salvo un proyeutu, por costu).',
    notEveryGroup: (projects) =>
      `Non tou grupu de votantes abondo grande pa un proyeutu recibió la so parte (EJR+ salvo un proyeutu, por costu): ver ${projects}.`,
  },
};
