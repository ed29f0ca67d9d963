/** The demo's year of matters, before anything of it is done. */
import { describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { localDay } from '../../src/calendar.js';
import { DEMO_CATEGORIES } from '../../src/demo/categories.js';
import { DEMO_CITY } from '../../src/demo/city.js';
import { drawing, SCENES } from '../../src/demo/drawings.js';
import { holidaysOf } from '../../src/demo/holidays.js';
import { GOLF } from '../../src/demo/matter-words.js';
import { planMatters, YEAR_OF_MATTERS, type PlannedAct } from '../../src/demo/matters.js';
import { DAY_MS } from '../elections/booth.js';

const UNTIL = Date.parse('2026-11-27T11:00:00.000Z');
const FROM = UNTIL - 365 * DAY_MS;
const plan = planMatters('test', YEAR_OF_MATTERS, FROM, UNTIL);
const byMatter = plan.matters.map((): PlannedAct[] => []);
for (const act of plan.acts) byMatter[act.matter]?.push(act);
const of = (matter: number) => byMatter[matter] ?? [];
const kindOf = ({ matter }: PlannedAct) => plan.matters[matter]?.kind;
const local = new Intl.DateTimeFormat('en', { timeZone: 'Europe/Madrid', hour: 'numeric', hourCycle: 'h23' });
const hourOf = ({ at }: PlannedAct) => Number(local.format(at));
const BY_STAFF = ['release', 'assign', 'move', 'answer', 'duplicate', 'gather'];

describe('the holidays of the demo', () => {
  it('are those of Asturias and Gijón, moved from Sundays to Mondays', () => {
    expect(holidaysOf(2026)).toEqual([
      '2026-01-01',
      '2026-01-06',
      '2026-02-17',
      '2026-04-02',
      '2026-04-03',
      '2026-05-01',
      '2026-06-29',
      '2026-08-15',
      '2026-09-08',
      '2026-10-12',
      '2026-11-02',
      '2026-12-07',
      '2026-12-08',
      '2026-12-25',
    ]);
    expect(holidaysOf(2025)).toEqual(
      expect.arrayContaining(['2025-04-17', '2025-04-18', '2025-10-13', '2025-11-01']),
    );
    expect(holidaysOf(2024)).toEqual(expect.arrayContaining(['2024-02-13', '2024-03-28', '2024-09-09']));
  });
});

describe('a year of matters', () => {
  it('has as many of each kind as Gijón’s 2024', () => {
    const voids = plan.acts.filter((act) => act.do === 'answer' && act.state === 'void');
    const count = (kind: string) => plan.matters.filter((matter) => matter.kind === kind).length;
    expect([plan.matters.length, voids.length]).toEqual([2_098, 8]);
    expect([count('complaint') - voids.length, count('suggestion'), count('thanks')]).toEqual([
      1_656, 377, 57,
    ]);
    expect(plan.acts.filter((act) => act.do === 'file')).toHaveLength(2_098);
  });

  it('is the same from the same seed, and another one from another', () => {
    const again = planMatters('test', YEAR_OF_MATTERS, FROM, UNTIL);
    expect(JSON.stringify(again)).toBe(JSON.stringify(plan));
    expect(planMatters('other', 20, FROM, UNTIL)).not.toEqual(planMatters('test', 20, FROM, UNTIL));
  });

  it('is of the same make-up where it is smaller', () => {
    for (const count of [0, 1, 12, 210]) {
      const { matters } = planMatters('test', count, FROM, UNTIL);
      expect(matters).toHaveLength(count);
    }
    const { matters } = planMatters('test', 210, FROM, UNTIL);
    expect(matters.filter(({ kind }) => kind === 'suggestion')).toHaveLength(38);
  });

  it('uses every category, with the kinds and answers that it takes', () => {
    const known = new Map(DEMO_CATEGORIES.categories.map((category) => [category.id, category]));
    const leaves = [...known.values()].filter((one) => 'parent' in one).map(({ id }) => id);
    expect([...new Set(plan.matters.map(({ category }) => category))].sort()).toEqual(leaves.sort());
    for (const { category, kind } of plan.matters) {
      const taken = known.get(category) as { kinds?: readonly string[] };
      expect(taken.kinds ?? [kind]).toContain(kind);
    }
    const noise = plan.matters.filter(({ category, kind }) => category === 'noise' && kind === 'complaint');
    expect(noise.length).toBeGreaterThan(200);
    expect(noise.every(({ reporter }) => reporter?.email.endsWith('@example.org'))).toBe(true);
  });

  it('has its places in the districts, and its words whole and marked as made up', () => {
    const districts = DEMO_CITY.areas
      .slice(1)
      .map(({ id, geometry }) => ({ id, ring: geometry.coordinates[0] ?? [] }));
    const seen = new Set<string>();
    const marked = {
      es: /^\p{L}.* \(Texto inventado\.\)$/u,
      ast: /^\p{L}.* \(Testu inventáu\.\)$/u,
      en: /^\p{L}.* \(Made-up text\.\)$/u,
    };
    for (const { place, text, language } of plan.matters) {
      expect(text).toMatch(marked[language]);
      expect(text).not.toMatch(/[{}]| {2}|undefined/);
      if (place === undefined) continue;
      const [lat, long] = [place.lat / 1e6, place.long / 1e6];
      const inside = districts.filter(({ ring }) => {
        const [west = 0, south = 0] = ring[0] ?? [];
        const [east = 0, north = 0] = ring[2] ?? [];
        return long > west && long < east && lat > south && lat < north;
      });
      expect(inside).toHaveLength(1);
      seen.add(inside[0]?.id ?? '');
    }
    expect(seen.size).toBe(3);
  });

  it('has some words in Asturian and English, and some photos, on matters that everybody sees', () => {
    const other = (language: string) => plan.matters.filter((matter) => matter.language === language);
    expect([other('ast').length, other('en').length]).toEqual([5, 5]);
    const photos = plan.matters.filter(({ photo }) => photo !== undefined);
    expect(photos).toHaveLength(15);
    expect(new Set(photos.map(({ photo }) => photo))).toEqual(new Set(SCENES));
    for (const [number, { language, photo, private: isPrivate }] of plan.matters.entries()) {
      if (language === 'es' && photo === undefined) continue;
      expect(isPrivate).toBe(false);
      expect(of(number).map((act) => act.do)).toContain('release');
    }
  });

  it('draws small pictures, each another one', async () => {
    const drawn = await Promise.all(SCENES.map((scene) => drawing(scene)));
    for (const bytes of drawn) {
      const { width, height, format } = await sharp(bytes).metadata();
      expect([width, height, format, bytes.length < 20_000]).toEqual([480, 360, 'png', true]);
    }
    expect(new Set(drawn.map((bytes) => Buffer.from(bytes).toString('hex'))).size).toBe(SCENES.length);
  });

  it('has staff at work in office hours of working days, and most residents awake', () => {
    const staff = plan.acts.filter((act) => BY_STAFF.includes(act.do));
    for (const act of staff) {
      const day = localDay(new Date(act.at), 'Europe/Madrid');
      expect([0, 6]).not.toContain(new Date(`${day}T00:00:00.000Z`).getUTCDay());
      expect(holidaysOf(Number(day.slice(0, 4)))).not.toContain(day);
      expect(hourOf(act)).toBeGreaterThanOrEqual(8);
      expect(hourOf(act)).toBeLessThan(15);
    }
    const filed = plan.acts.filter((act) => act.do === 'file');
    expect(filed.filter((act) => hourOf(act) >= 7).length).toBeGreaterThan(filed.length * 0.9);
    expect(plan.acts.every(({ at }) => at >= FROM && at < UNTIL)).toBe(true);
  });

  it('answers half of the complaints in some weeks, few after three months, and some never', () => {
    const days = plan.matters.flatMap((matter, number) => {
      if (matter.kind !== 'complaint') return [];
      const [filed, answered] = ['file', 'answer'].map((what) => of(number).find((act) => act.do === what));
      return filed && answered ? [(answered.at - filed.at) / DAY_MS] : [];
    });
    days.sort((a, b) => a - b);
    const median = days[Math.floor(days.length / 2)] ?? 0;
    expect(median).toBeGreaterThan(10);
    expect(median).toBeLessThan(35);
    const late = days.filter((one) => one > 93).length;
    expect(late).toBeGreaterThan(10);
    expect(late).toBeLessThan(days.length * 0.1);
    const old = plan.acts.filter(
      (act) => act.do === 'file' && act.at < UNTIL - 100 * DAY_MS && kindOf(act) !== 'thanks',
    );
    const never = old.filter(
      ({ matter }) =>
        !of(matter).some(({ do: what }) => what !== 'file' && ['answer', 'move', 'duplicate'].includes(what)),
    );
    expect(never.length).toBeGreaterThan(0);
  });

  it('has a case of 70 identical complaints, each gathered after its release', () => {
    const same = plan.matters.flatMap(({ text }, number) => (text.startsWith(GOLF) ? [number] : []));
    expect(same).toHaveLength(70);
    const gathered = plan.acts.flatMap((act) => (act.do === 'gather' ? [act] : []));
    expect([...new Set(gathered.map(({ matter }) => matter))]).toEqual([same[0]]);
    expect(gathered.flatMap(({ members }) => members).sort((a, b) => a - b)).toEqual(same.slice(1));
    for (const { at, members } of gathered)
      for (const member of members) expect(of(member).at(-1)?.at).toBeLessThan(at);
  });

  it('has all that becomes of matters, in an order in which it can', () => {
    const kinds = new Set(plan.acts.map((act) => act.do));
    expect([...kinds].sort()).toEqual([
      'add',
      'answer',
      'assign',
      'confirm',
      'duplicate',
      'file',
      'gather',
      'join',
      'move',
      'rate',
      'release',
      'reopen',
      'report-fix',
    ]);
    for (const [number] of plan.matters.entries()) {
      const acts = of(number);
      expect(acts[0]?.do).toBe('file');
      const shown = acts.findIndex((act) => act.do === 'release');
      const answered = acts.findIndex((act) => act.do === 'answer');
      const joins = acts.flatMap((act, index) => (act.do === 'join' ? [index] : []));
      if (joins.length > 0) expect(shown).toBeGreaterThan(0);
      expect(joins.every((index) => index > shown && (answered < 0 || index < answered))).toBe(true);
      const rest = acts.flatMap((act, index) =>
        ['rate', 'reopen', 'report-fix'].includes(act.do) ? [index] : [],
      );
      expect(rest.every((index) => answered >= 0 && index > answered)).toBe(true);
    }
  });
});
