import { describe, expect, it } from '@jest/globals';
import { ROLES } from '../../src/staff/roles.js';
import { AuditPage } from '../../src/web/audit.page.js';
import { BallotsPage } from '../../src/web/ballots.page.js';
import { DemoPage } from '../../src/web/demo.page.js';
import { ElectionPage } from '../../src/web/election.page.js';
import { ElectionsPage } from '../../src/web/elections.page.js';
import { ExplanationPage } from '../../src/web/explanation.page.js';
import { LANGUAGES } from '../../src/web/languages.js';
import { MESSAGES } from '../../src/web/messages.js';
import { ProblemPage } from '../../src/web/problem.page.js';
import { ReceiptPage, type Lookup } from '../../src/web/receipt.page.js';
import { RecordPage } from '../../src/web/record.page.js';
import { document } from '../../src/web/render.js';
import { SessionPage } from '../../src/web/session.page.js';
import { StaffPage } from '../../src/web/staff.page.js';
import { explanations } from './explained.js';
import {
  ATTACK,
  counted,
  countedDetails,
  details,
  digests,
  earlier,
  frameIn,
  ID,
  latest,
  open,
} from './fixtures.js';

const nothing = { result: undefined, latest: undefined };
const es = frameIn('es');
const summary = { election: open, title: details.title, turnout: details.turnout };

/** What a reader reads: tags out, white space to one. */
function textOf(html: string): string {
  return html
    .replace(/<[^>]+>/g, ' ')
    .replace(
      /&(quot|lt|gt|amp|#39);/g,
      (_, name: string) => ({ quot: '"', lt: '<', gt: '>', amp: '&' })[name] ?? "'",
    )
    .replace(/[\s\u00a0\u202f]+/g, ' ')
    .replace(/ ([.,:)])/g, '$1');
}

const leaf = 'L'.repeat(43);
const LOOKUPS: readonly Lookup[] = [
  { typed: ATTACK, came: 'malformed' },
  { typed: leaf, came: 'unknown' },
  { typed: leaf, came: 'pending', index: 7n },
  {
    typed: leaf,
    came: 'integrated',
    index: 7n,
    head: { origin: 'log.example/1', size: 9n, root: new Uint8Array(32), extensions: [] },
  },
];

/** Every page with every shape of data. */
function everyPage(frame = es): Record<string, string> {
  const ballot = { id: 'X'.repeat(43), n: 2, at: '2026-10-01T08:00:00.000Z', position: 55 };
  const voter = {
    electionId: ID,
    v: 'V'.repeat(22),
    marked: true,
    keyReplacements: [{ at: '2026-10-02T09:00:00.000Z', position: 61 }],
    tag: '1',
    ballots: [
      { ...ballot, status: 'paper' as const },
      { ...ballot, id: 'Y'.repeat(43), status: 'annulled' as const, annulledBy: 'act-1' },
    ],
  };
  const act = {
    id: 'a',
    kind: 'close-early',
    state: 'pending',
    act: { type: 'VotingClosed', data: { electionId: ID } },
    proposedBy: 'officer-1',
    proposedAt: '2026-10-01T08:00:00.000Z',
    expiresAt: '2026-10-08T08:00:00.000Z',
    approvals: [],
  };
  const certifiable = [{ summary, tally: 2, outputDigest: '2'.repeat(43), commandId: 'c'.repeat(36) }];
  const auditProps = { frame, site: 'https://vota.example', policy: ATTACK };
  const staff = { frame, elections: [summary], acts: [{ act, needsBody: false }], certifiable };
  return {
    empty: document(ElectionsPage, { frame, list: { elections: [], next: undefined, tag: '' } }),
    list: document(ElectionsPage, { frame, list: { elections: [summary], next: 'more', tag: '' } }),
    open: document(ElectionPage, { frame, details, ...nothing }),
    latest: document(ElectionPage, { frame, details: countedDetails, result: latest, latest: undefined }),
    earlier: document(ElectionPage, { frame, details: countedDetails, result: earlier, latest }),
    ...Object.fromEntries(
      Object.entries(explanations()).map(([name, found]) => [
        `explained ${name}`,
        document(ExplanationPage, { frame, details: countedDetails, found }),
      ]),
    ),
    unexplained: document(ExplanationPage, {
      frame,
      details: countedDetails,
      found: { election: counted, tally: counted.tallies.at(0)!, kept: undefined },
    }),
    record: document(RecordPage, { frame, details: countedDetails, result: latest, digests }),
    draft: document(RecordPage, { frame, details, result: undefined, digests: undefined }),
    ballots: document(BallotsPage, {
      frame,
      details,
      ballot: { typed: ATTACK, came: 'malformed' },
      voter: { typed: voter.v, came: 'found', found: voter },
      spoiled: new Set<string>(),
      leafHashes: new Map<number, string>(),
    }),
    audit: document(AuditPage, {
      ...auditProps,
      scripts: { page: '/p.js', audit: '/a.js', checking: '/c.js', bundle: '/b.js' },
    }),
    'audit without scripts': document(AuditPage, { ...auditProps, scripts: undefined }),
    receipts: document(ReceiptPage, { frame, lookup: undefined }),
    ...Object.fromEntries(
      LOOKUPS.map((lookup) => [`receipt ${lookup.came}`, document(ReceiptPage, { frame, lookup })]),
    ),
    session: document(SessionPage, { frame, hasFailed: true, next: '/staff' }),
    staff: document(StaffPage, {
      ...staff,
      me: { id: 'officer-2', roles: ['auditor'] },
      outcome: { refused: 'x' },
    }),
    problem: document(ProblemPage, {
      frame,
      problem: {
        type: 'about:blank',
        title: '',
        status: 500,
        code: 'internal',
        detail: '',
        instance: ATTACK,
      },
    }),
  };
}

/** What of a document should not be there. Only that is shown when a test fails, not the whole document. */
function found(html: string, unwanted: RegExp): string[] {
  return [...html.matchAll(new RegExp(unwanted, 'g'))].map(([match]) => match);
}

describe.each(LANGUAGES)('every page in %s', (language) => {
  const pages = Object.entries(everyPage(frameIn(language)));

  it.each(pages)('%s is a document in its language with one heading and one main part', (_name, html) => {
    expect(html.slice(0, 50)).toMatch(new RegExp(`^<!doctype html>\n<html lang="${language}"><head>`));
    expect(found(html, /<h1|<main/)).toEqual(['<main', '<h1']);
  });

  it.each(pages)('%s skips no level of headings', (_name, html) => {
    const levels = [...html.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
    const skipped = levels.filter((level, index) => level > (levels[index - 1] ?? 0) + 1);
    expect(skipped).toEqual([]);
  });

  it.each(pages)('%s says everything: no undefined, no NaN, no object', (_name, html) => {
    expect(found(textOf(html), /undefined|NaN|\[object|\bnull\b|Invalid Date/)).toEqual([]);
  });

  it.each(pages)('%s obeys the policy of the site: no script, no style, no handler inside', (_name, html) => {
    expect(
      found(html, /<script(?! defer src="\/)|<style|<[^>]* style=|<[a-z][^>"]* on[a-z]+=|javascript:/),
    ).toEqual([]);
  });

  it.each(pages)('%s lets nothing out of a title', (_name, html) => {
    expect(found(html, /<img|<script(?! defer src="\/p\.js")|2026"><|\(1\)"/)).toEqual([]);
  });

  it.each(pages)('%s names every table and every column', (_name, html) => {
    for (const [table] of html.matchAll(/<table[\s\S]*?<\/table>/g)) {
      expect(found(table, /<caption/)).toHaveLength(1);
      expect(found(table, /<th(?! scope=)[ >]/)).toEqual([]);
    }
  });

  it.each(pages)('%s has every id once', (_name, html) => {
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(ids).toEqual([...new Set(ids)]);
  });
});

describe('a title that is an attack', () => {
  it('is shown as what it is', () => {
    expect(everyPage().open).toContain('&lt;script>alert(1)&lt;/script>');
    expect(textOf(everyPage().open!)).toContain(ATTACK);
  });
});

describe('an open election', () => {
  const text = textOf(document(ElectionPage, { frame: es, details, ...nothing }));

  it('says until when one can vote, after the extension, and what was planned', () => {
    expect(text).toContain('Se puede votar hasta el 12 de octubre de 2026 a las 20:00');
    expect(text).toContain('previsto al principio: 11 de octubre de 2026 a las 20:00');
  });

  it('says that ballots are cast through the API, as long as they are', () => {
    expect(text).toContain('de momento las papeletas se envían con un programa, por la API (docs/voting.md)');
    expect(textOf(everyPage().latest!)).not.toContain('se envían con un programa');
    for (const language of LANGUAGES) {
      expect(textOf(everyPage(frameIn(language)).ballots!)).not.toMatch(/cabina|booth/);
    }
  });

  it('says honestly how ballots are kept', () => {
    expect(text).toContain(
      'El servidor del ayuntamiento conoce el seudónimo de cada votante y guarda la clave',
    );
  });

  it('shows turnout against the roll, in words and in a table', () => {
    expect(text).toContain('Han votado 150 personas por internet y 10 en papel.');
    expect(text).toContain('Voters'.length > 0 ? 'Votantes por hora' : '');
    const html = everyPage().open!;
    expect(html).toMatch(
      /<svg class="chart"[^>]*role="img"[^>]*aria-label="Gráfico de barras de Votantes por hora/,
    );
  });

  it('adds web and paper up only where nobody can be in both', () => {
    const shown = (paper: 'prevails' | 'yields' | 'none', onPaper = 10) => {
      const election = { ...open, definition: { ...open.definition, paper } };
      const turnout = details.turnout && { ...details.turnout, paper: onPaper };
      const page = { details: { ...details, election, turnout }, ...nothing };
      const summaries = [{ ...summary, election, turnout }];
      return [
        document(ElectionPage, { frame: es, ...page }),
        document(ElectionsPage, { frame: es, list: { elections: summaries, next: undefined, tag: '' } }),
      ] as const;
    };
    const [both, bothInList] = shown('prevails');
    expect(textOf(both)).toContain('Quien votó por internet y después en papel figura en los dos.');
    expect(found(both, /Total hasta entonces/)).toEqual([]);
    expect(found(bothInList, /<meter|del censo/)).toEqual([]);
    for (const [page, list] of [shown('yields'), shown('prevails', 0)]) {
      expect(textOf(page)).toMatch(/Han votado 1[56]0 personas, el 1[56] % del censo\./);
      expect(textOf(page)).not.toContain('figura en los dos');
      expect(textOf(page)).toContain('Total hasta entonces');
      expect(found(list, /<meter/)).toHaveLength(1);
    }
  });

  it('says why it was extended and suspended, and who did it', () => {
    expect(text).toContain('Ampliación del plazo');
    expect(text).toContain('Motivo: Un temporal cerró los centros.');
    expect(text).toContain('Motivo: flooded.');
    for (const words of ['Un temporal.', '¿Un temporal?', '(Un temporal.)']) {
      const reasons = new Map([['storm-words', { es: words }]]);
      const page = document(ElectionPage, { frame: es, details: { ...details, reasons }, ...nothing });
      expect(textOf(page)).toContain(`Motivo: ${words} Entrada`);
    }
    expect(text).toMatch(/Suspensión de la votación .* Por: officer-2\./);
    expect(text).toMatch(/Reanudación de la votación .* Por: el programa\./);
  });

  it('names a project by its id where its title is not public, and a category as it is where nobody translated it', () => {
    expect(text).toContain('(texto no disponible: P-2)');
    expect(text).toContain('nobody-translated-this');
  });

  it('shows no result', () => {
    expect(text).not.toContain('Resultado');
  });

  it('marks words that are in another language', () => {
    const html = document(ElectionPage, { frame: frameIn('en'), details, ...nothing });
    expect(html).toContain('<span lang="es">Carril bici</span>');
    expect(html).toContain('<span>Quay</span>');
  });
});

describe('a counted election', () => {
  const html = everyPage().latest!;
  const text = textOf(html);

  it('gives the reason for every project', () => {
    expect(text).toContain('✔ Financiado Carril bici Cabía: cuando le tocó quedaban 300.000 €.');
    expect(text).toContain('No cabía: quedaban 120.000 € y faltaban 15.000 €.');
    expect(text).toContain('Fue retirado y no se puede financiar.');
    expect(text).toContain('No llega al apoyo mínimo de 5 votos: le faltan 4.');
    expect(text).toContain('Es incompatible con «P-2», que se financió antes.');
    expect(text).toContain('El recuento se paró antes, en «Muelle», que no cabía.');
    expect(text).toContain('Se financian proyectos por 0 € de 80.000,50 €.');
  });

  it('tells apart what reserve money pays, and what is funded in part', () => {
    const { result } = latest;
    const [area] = result!.areas;
    const why = (code: 'funded-with-reserve' | 'funded-from-reserve' | 'part-funded', remaining: string) => ({
      ...area!.together.projects[0]!,
      reason: { code, remaining, missing: '1500000' },
    });
    const together = {
      ...area!.together,
      reserve: '3000000',
      projects: [
        why('funded-with-reserve', '12000000'),
        why('funded-from-reserve', '0'),
        why('part-funded', '900'),
      ],
      ties: [{ score: '3', perCost: '50000', projects: ['C-1'], decidedBy: [], matters: false }],
    };
    const reserved = { ...latest, result: { ...result!, areas: [{ ...area!, together }] } };
    const ruleset = {
      ...counted.ruleset!,
      rule: 'poznan',
      reserveShareBasisPoints: 8000,
      reserve: 5_000_000,
    };
    const election = { ...countedDetails, election: { ...counted, ruleset } };
    const page = document(ElectionPage, {
      frame: es,
      details: election,
      ...nothing,
      result: reserved,
      latest: reserved,
    });
    const told = textOf(page);
    expect(told).toContain('La reserva paga además 30.000 €.');
    expect(told).toContain('recibe los 120.000 € que quedaban y la reserva paga los 15.000 € que faltaban.');
    expect(told).toContain('Lo paga la reserva, con 15.000 €: ya no quedaba presupuesto.');
    expect(told).toContain('Se financia en parte: recibe los 9 € que quedaban y le faltan 15.000 €.');
    expect(told).toContain('Con 3 votos / 500 €, en este orden:');
    expect(told).toContain('La reserva paga lo que falta si queda al menos el 80 % del coste.');
    expect(told).toContain('Dinero adicional de reserva en cada ámbito: 50.000 €.');
    expect(text).not.toContain('reserva');
  });

  it('tells ties and what decided them, those that matter first', () => {
    expect(text).toContain('Con 12 votos, en este orden: «Carril bici»');
    expect(text).toContain(
      'Decidió: más votos, el orden declarado. Otro orden habría financiado otros proyectos.',
    );
    expect(text).toContain('Nada los distingue, y nada depende de ello.');
  });

  it('shows web and paper apart and together, only where there is paper', () => {
    expect(html.match(/Internet y papel por separado/g)).toHaveLength(1);
    expect(html).toContain('>4 <span role="img" aria-label="Financiado">✔</span>');
  });

  it('puts annulments before everything else, with the rule, the reason and when it was decided', () => {
    const note = text.indexOf('Papeletas anuladas');
    expect(note).toBeGreaterThan(0);
    expect(note).toBeLessThan(text.indexOf('Resultado ·'));
    expect(text).toContain('Un fallo dejó votar dos veces');
    expect(text).toContain('Las papeletas de quien emitió más de 5.');
    expect(html).toContain('id="annulment-act-1"');
  });

  it('draws a bar as long as its votes', () => {
    const widths = [...html.matchAll(/class="value" width="([\d.]+)"/g)].map(([, width]) => width);
    expect(widths).toEqual(['100', '100', '25', '8.3', '100', '50']);
  });

  it('tells hundreds of batches as one line', () => {
    expect(text).toContain('3 veces, la última el');
    expect(text.match(/Lote de papeletas/g)).toHaveLength(1);
  });

  it('says where the log is that anybody counts again', () => {
    for (const page of ['latest', 'record']) expect(everyPage()[page]).toContain('href="/api/v1/events"');
  });

  it('lists all counts, and says of an earlier one what differs', () => {
    expect(html).toContain(`href="/elections/${ID}?count=1#result"`);
    const old = textOf(everyPage().earlier!);
    expect(old).toContain('Este no es el último recuento.');
    expect(old).toContain('La certificación de este recuento fue revocada.');
    expect(old).toMatch(/Solo en este: <script>.* \(Toda la ciudad\)/);
    expect(old).toContain('Solo en el último: Carril bici (Toda la ciudad)');
    expect(text).not.toContain('Qué cambia');
  });

  it('says so when its result cannot be had', () => {
    const page = {
      frame: es,
      details: countedDetails,
      latest: undefined,
      result: { ...latest, result: undefined },
    };
    expect(textOf(document(ElectionPage, page))).toContain('ahora mismo no se puede mostrar');
  });
});

describe('an election that waits for its certificate', () => {
  const waiting = {
    ...countedDetails,
    election: { ...counted, phase: 'counted' as const, certified: undefined },
  };
  const says = (now: string) => {
    const frame = frameIn('en', { now });
    return [
      textOf(document(ElectionPage, { frame, details: waiting, result: latest, latest: undefined })),
      textOf(document(RecordPage, { frame, details: waiting, result: latest, digests })),
    ];
  };

  it('invites claims until their period ends, and then says that it has ended', () => {
    for (const text of says('2026-10-18T17:59:59.999Z')) {
      expect(text).toContain('Claims can be made until 18 October 2026 at 20:00');
    }
    for (const text of says('2026-10-18T18:00:00.000Z')) {
      expect(text).toContain('The claims period ended on 18 October 2026 at 20:00');
      expect(text).not.toContain('Claims can be made until');
    }
  });
});

describe('an annulled election', () => {
  const annulled = {
    ...counted,
    phase: 'annulled' as const,
    annulled: { at: '2026-10-21T10:00:00.000Z', position: 200, basis: { code: 'court' } },
  };
  const page = {
    frame: es,
    details: { ...countedDetails, election: annulled },
    result: latest,
    latest: undefined,
  };
  const text = textOf(document(ElectionPage, page));

  it('says it first, and that its count is void', () => {
    expect(text).toContain('Esta votación fue anulada.');
    expect(text).toContain('este recuento no vale');
    expect(text).not.toContain('Resultado certificado.');
  });
});

describe('the record', () => {
  const text = textOf(everyPage().record!);

  it('lists what became of every ballot, and the sum', () => {
    expect(text).toContain('Emitidas en total 9');
    expect(text).toContain('Cuenta 4 Sustituida 1 Fuera de plazo 1 Durante una suspensión 0 Anulada 1');
  });

  it('tells how many voted as the count has it, everybody once', () => {
    // Four ballots that count and a spoiled one, ten marks, of a roll of a thousand; the one who did both is a mark.
    expect(text).toContain('Votantes por internet 5 Votantes en papel 10 Participación 1,5 %');
    // Before the count a voter may be in both numbers, so there is no share.
    expect(textOf(everyPage().draft!)).toMatch(
      /Votantes por internet 150 Votantes en papel 10 (?!Participación)/,
    );
  });

  it('prints the surplus of paper', () => {
    expect(text).toContain('Marcas en el censo 10 Papeletas de más respecto a las marcas 2');
  });

  it('says who certified, with digest and position', () => {
    expect(text).toContain('Certificado por officer-1, officer-2 el 20 de octubre de 2026 a las 12:00.');
    expect(text).toContain('Entrada del registro 150');
    expect(text).toContain('2'.repeat(43));
  });

  it('prints the digests of all views, and says so while they are still to come', () => {
    expect(text).toContain('Registro hasta la entrada (incluida) 150');
    expect(text).toContain('Publicados en la entrada 151');
    for (const { view, digest } of digests.digests) expect(text).toContain(`${view} ${digest}`);
    const page = { frame: es, details: countedDetails, result: latest, digests: undefined };
    const pending = textOf(document(RecordPage, page));
    expect(pending).toContain('Resúmenes de las tablas Todavía no se han publicado.');
    // Before the close nothing calls for them.
    expect(textOf(everyPage().draft!)).not.toContain('Resúmenes de las tablas');
  });

  it('of an open election says that it is none yet', () => {
    const draft = textOf(everyPage().draft!);
    expect(draft).toContain('este documento todavía no es un acta');
    expect(draft).toContain('Todavía no está certificado.');
  });
});

describe('how it is counted', () => {
  const says = (ruleset: object) => {
    const election = { ...open, ruleset: { ...open.ruleset, ...ruleset } };
    const page = { frame: es, details: { ...details, election } };
    return [
      textOf(document(ElectionPage, { ...page, ...nothing })),
      textOf(document(RecordPage, { ...page, result: undefined, digests: undefined })),
    ];
  };

  it('is said with the least support and what decides between equals, before there is a result', () => {
    for (const text of says({})) {
      expect(text).toContain('Apoyo mínimo: 5 votos.');
      expect(text).toContain('A igual apoyo decide, por este orden: más votos, el orden declarado.');
    }
  });

  it('says every form of least support in its unit', () => {
    const points = { by: 'points' };
    for (const [ruleset, words] of [
      [{ threshold: { votes: 1 }, score: points }, 'Apoyo mínimo: 1 voto.'],
      [{ threshold: { score: 1200 }, score: points }, 'Apoyo mínimo: 1.200 puntos.'],
      [
        { threshold: { basisPoints: 525 } },
        'Apoyo mínimo: tantos votos como el 5,25 % de las papeletas contadas.',
      ],
    ] as const) {
      for (const text of says(ruleset)) expect(text).toContain(words);
    }
    for (const text of says({ rule: 'greedy', threshold: undefined }))
      expect(text).not.toContain('Apoyo mínimo');
  });

  it('of points says that a project lacks points', () => {
    const election = { ...counted, ruleset: { ...counted.ruleset, score: { by: 'points' } } };
    const page = { frame: es, details: { ...countedDetails, election }, result: latest, latest: undefined };
    expect(textOf(document(ElectionPage, page))).toContain('No llega al apoyo mínimo de 5 puntos');
  });
});

describe('looking up a ballot', () => {
  const text = textOf(everyPage().ballots!);

  it('says what is wrong beside the field, and keeps what was typed', () => {
    expect(text).toContain('Un identificador tiene 43 letras');
    const [, fields = ''] = everyPage().ballots!.split('<input id="ballot"');
    expect(fields.slice(0, fields.indexOf('<button'))).toContain(
      'aria-invalid="true" aria-describedby="ballot-hint ballot-fault"',
    );
    expect(fields).toContain('value="&lt;script>alert(1)&lt;/script>&quot;>&lt;img src=x');
  });

  it('says what became of each, and links to the reason of an annulment', () => {
    expect(text).toContain('Sin efecto por el voto en papel. Su votante votó en papel, y cuenta ese voto.');
    expect(everyPage().ballots).toContain(`href="/elections/${ID}#annulment-act-1"`);
  });

  it('says when the key of a line was replaced', () => {
    expect(text).toMatch(/se le ha cambiado la clave de voto.* 2 de octubre.*Entrada del registro: 61/);
  });

  it('says of a ballot that stands, but was no valid vote, that it was not counted', () => {
    const id = 'X'.repeat(43);
    const found = { id, n: 1, at: '2026-10-01T08:00:00.000Z', position: 5, status: 'counted' as const };
    const page = {
      frame: es,
      details,
      voter: undefined,
      ballot: { typed: id, came: 'found' as const, found },
    };
    expect(
      textOf(document(BallotsPage, { ...page, spoiled: new Set([id]), leafHashes: new Map() })),
    ).toContain('No se pudo contar');
    expect(
      textOf(
        document(BallotsPage, { ...page, spoiled: new Set<string>(), leafHashes: new Map<number, string>() }),
      ),
    ).not.toContain('No se pudo contar');
  });
});

describe('roles', () => {
  it.each(LANGUAGES)('have a name in %s, each of them', (language) => {
    expect(Object.keys(MESSAGES[language].staff.roleNames)).toEqual([...ROLES.keys()]);
  });

  it('are named on the pages of the demo and of staff', () => {
    const me = { id: 'officer-2', roles: ['returning-officer', 'auditor'] };
    const people = [{ ...me, key: 'k' }];
    const now = '2026-10-01T08:00:00.000Z';
    for (const html of [
      document(DemoPage, { frame: es, people, now, isResetting: false }),
      document(StaffPage, { frame: es, me, elections: [], acts: [], certifiable: [], outcome: undefined }),
    ]) {
      expect(textOf(html)).toContain('Funciones: dirección de votaciones, auditoría');
      expect(textOf(html)).not.toContain('returning-officer');
    }
  });
});

describe('a certificate', () => {
  it('is proposed for the count that is shown, and only where it can be', () => {
    const html = everyPage().staff!;
    expect(html).toContain(`action="/staff/elections/${ID}/certification"`);
    expect(html).toContain(`name="outputDigest" value="${'2'.repeat(43)}"`);
    const me = { id: 'officer-1', roles: [] };
    const page = { frame: es, me, elections: [summary], acts: [], certifiable: [] };
    const after = document(StaffPage, { ...page, outcome: 'proposed' });
    expect(after).not.toContain('/certification');
    expect(textOf(after)).toContain('Propuesto: ahora lo tiene que aprobar otra persona.');
  });

  it('is pointed to from the election once claims are over, for who may propose it', () => {
    const waiting = { ...counted, phase: 'counted' as const, certified: undefined };
    const shown = (now: string, roles?: string[], election: typeof open = waiting) => {
      const frame = frameIn('es', { now, signedIn: roles && { id: 'officer-1', roles } });
      const page = { frame, details: { ...countedDetails, election }, result: latest, latest: undefined };
      return document(ElectionPage, page).includes('href="/staff#certify"');
    };
    const after = '2026-10-18T18:00:00.000Z';
    expect(shown(after, ['returning-officer'])).toBe(true);
    expect(shown('2026-10-18T17:59:59.999Z', ['returning-officer'])).toBe(false);
    expect(shown(after, ['auditor'])).toBe(false);
    expect(shown(after)).toBe(false);
    expect(shown(after, ['returning-officer'], counted)).toBe(false);
  });
});

describe('the page for staff', () => {
  it('lets another person approve, and not the one who proposed', () => {
    const html = everyPage().staff!;
    expect(html).toContain('action="/staff/acts/a/approvals"');
    expect(textOf(html)).toContain('Cerrar antes de tiempo');
    const acts = [
      {
        needsBody: true,
        act: {
          id: 'a',
          kind: 'record-batch',
          state: 'pending',
          act: {},
          proposedBy: 'officer-1',
          proposedAt: '2026-10-01T08:00:00.000Z',
          expiresAt: '2026-10-08T08:00:00.000Z',
          approvals: [],
        },
      },
    ];
    const page = { frame: es, elections: [], acts, certifiable: [], outcome: 'done' as const };
    const own = document(StaffPage, { ...page, me: { id: 'officer-1', roles: [] } });
    expect(own).not.toContain('/approvals');
    expect(textOf(own)).toContain('Lo propusiste tú');
    const other = document(StaffPage, { ...page, me: { id: 'officer-2', roles: [] } });
    expect(other).not.toContain('/approvals');
    expect(textOf(other)).toContain('volver a teclear lo mismo');
  });
});

describe('the frame', () => {
  it('says on every page of a demo that it is one, with its clock', () => {
    const frame = frameIn('es', { demo: { now: '2026-10-01T08:00:00.000Z' } });
    for (const html of Object.values(everyPage(frame))) {
      expect(textOf(html)).toContain(
        `${MESSAGES.es.demo.banner} Su reloj marca: 1 de octubre de 2026 a las 10:00.`,
      );
    }
    expect(everyPage().list).not.toContain(MESSAGES.es.demo.banner);
  });

  it('links to itself in the other languages and keeps the rest of its address', () => {
    const html = everyPage(frameIn('es', { path: '/?after=x', origin: 'https://vota.example.org' })).list!;
    expect(html).toContain('<a href="/?after=x&amp;lang=ast" lang="ast" hreflang="ast">Asturianu</a>');
    expect(html).toContain(
      'rel="alternate" hreflang="en" href="https://vota.example.org/?after=x&amp;lang=en"',
    );
    expect(html).toMatch(/lang="es" hreflang="es" aria-current="true"/);
  });

  it('keeps look-ups, sign-in and staff out of search engines', () => {
    const pages = everyPage();
    for (const name of ['ballots', 'session', 'staff', 'problem']) expect(pages[name]).toContain('noindex');
    for (const name of ['list', 'open', 'record']) expect(pages[name]).not.toContain('noindex');
  });
});

describe('an explanation', () => {
  const { shares, greedy, phragmen, overspending } = explanations();
  const text = (found = shares!) =>
    textOf(document(ExplanationPage, { frame: es, details: countedDetails, found }));

  it('tells of every round who paid, and what came next', () => {
    expect(text()).toContain('Los 23 votantes tuvieron al principio 13.043,48 € cada uno');
    expect(text()).toContain(
      '95.000 €. Lo pagan 15 personas, a 6333,34 € cada una.'.replace('6333', '6.333'),
    );
    expect(text()).toContain('Tiene 15 votos efectivos. El siguiente era «Muelle», con 9: 6 menos.');
  });

  it('tells of every loser what was missing, where the money went, and how far it was', () => {
    expect(text()).toContain(
      'Carril bici 180.000 € Quienes lo apoyan tuvieron 130.434,78 € en total y les quedan 67.101,44 €: faltan 112.898,56 €. ',
    );
    expect(text()).toContain('A dónde fue el dinero de quienes lo apoyan Pagaron 63.333,33 € por');
    expect(text()).toMatch(
      /Se habría financiado con 5 votantes más que apoyaran solo este, o con un coste de [\d.,]+ € como mucho\./,
    );
    expect(text(greedy)).toContain('Muelle 42.000 € Se habría financiado con');
    expect(text(phragmen)).toContain('Cuando cada cual había ganado');
    expect(text(overspending)).toContain('que se gastan de más. Tiene');
  });

  it('is found from the result, and leads back to it', () => {
    expect(everyPage().latest).toContain(`href="/elections/${ID}/explanation"`);
    expect(everyPage().earlier).toContain(`href="/elections/${ID}/explanation?count=1"`);
    expect(everyPage()['explained shares']).toContain(`href="/elections/${ID}#result"`);
    expect(everyPage().unexplained).toContain(`href="/elections/${ID}?count=1#result"`);
    expect(textOf(everyPage().unexplained!)).toContain('La explicación de este recuento no se guardó.');
  });

  it('says everywhere what a tie is level at', () => {
    const tie = { projects: ['C-1', 'C-2'], decidedBy: ['listed'], matters: true };
    const shown = (score: string, of: 'paid' | 'earned' | 'payers' | 'worth') => {
      const areas = latest.result!.areas.map((area) => ({
        ...area,
        together: { ...area.together, ties: [{ ...tie, score, of }] },
      }));
      const result = { ...latest, result: { ...latest.result!, areas } };
      return textOf(
        document(ElectionPage, { frame: es, details: countedDetails, result, latest: undefined }),
      );
    };
    expect(shown('1250', 'paid')).toContain('Con 12,50 € por persona, en este orden:');
    expect(shown('1250', 'earned')).toContain('Con 12,50 € ganados por cada persona, en este orden:');
    expect(shown('12', 'payers')).toContain('Con 12 personas que pagan, en este orden:');
    expect(shown('12', 'worth')).toContain('Con un valor conjunto de 12, en este orden:');
  });
});
