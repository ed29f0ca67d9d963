/** The figures of a year as the plan of the demo has them, counted from its acts without the program's views. */
import { dueOf } from '../../src/complaints/matter.js';
import { moved, type WorkingCalendar } from '../../src/city/deadlines.js';
import type { MattersPlan } from '../../src/demo/matters.js';

export interface Figures {
  filed: number;
  released: number;
  answered: number;
  inTime: number;
  late: number;
  overdue: number;
  fixed: number;
  closed: number;
  duplicates: number;
  reopened: number;
  joined: number;
}

interface Matter {
  readonly kind: string;
  readonly year: number;
  due?: string;
  stopped?: string;
  isShown: boolean;
  isAnswered: boolean;
  /** Whether its first answer came in time. */
  first?: boolean;
  state: string;
  reopened: number;
  joined: number;
  readonly together: Matter[];
}

/** By year and kind (`void` as a kind), such as `2026 complaint`. @param until ms, what is overdue then */
export function figuresOf(plan: MattersPlan, calendar: WorkingCalendar, until: number): Map<string, Figures> {
  const all = new Map<number, Matter>();
  const get = (number: number): Matter => {
    const matter = all.get(number);
    if (matter === undefined) throw new Error(`Matter ${number} is not filed`);
    return matter;
  };
  const goOn = (matter: Matter, at: string) => {
    const { stopped, due } = matter;
    if (stopped !== undefined && due !== undefined && !matter.isAnswered)
      matter.due = moved(due, stopped, at, calendar).end;
    delete matter.stopped;
  };
  const start = (matter: Matter, at: string) => {
    const due = dueOf(matter.kind as 'complaint', at, calendar);
    if (due !== undefined) matter.due = due;
  };
  for (const act of plan.acts) {
    const at = new Date(act.at).toISOString();
    if (act.do === 'file') {
      const kind = plan.matters[act.matter]?.kind ?? '';
      const matter: Matter = {
        kind,
        year: Number(at.slice(0, 4)),
        isShown: false,
        isAnswered: false,
        state: 'open',
        reopened: 0,
        joined: 0,
        together: [],
      };
      start(matter, at);
      all.set(act.matter, matter);
      continue;
    }
    const matter = get(act.matter);
    switch (act.do) {
      case 'release':
        matter.isShown = true;
        break;
      case 'move':
        matter.state = act.state;
        if (act.state === 'waiting') matter.stopped ??= at;
        else goOn(matter, at);
        break;
      case 'add':
        if (matter.stopped !== undefined) matter.state = 'in-progress';
        goOn(matter, at);
        break;
      case 'answer':
        for (const one of [matter, ...matter.together]) {
          if (one.state !== 'duplicate') one.state = act.state;
          one.first ??= (one.stopped ?? at) <= (one.due ?? '9');
          one.isAnswered = true;
          delete one.stopped;
        }
        break;
      case 'report-fix':
      case 'reopen':
        if (act.do === 'report-fix' && act.fixed) break;
        Object.assign(matter, { state: 'open', isAnswered: false, reopened: matter.reopened + 1 });
        start(matter, at);
        break;
      case 'duplicate':
        matter.state = 'duplicate';
        get(act.of).joined += 1;
        get(act.of).together.push(matter);
        break;
      case 'gather':
        for (const member of act.members) matter.together.push(get(member));
        matter.joined += act.members.length;
        break;
      case 'assign':
      case 'confirm':
      case 'rate':
      // Without an address, which counts apart.
      case 'join':
        break;
    }
  }
  const now = new Date(until).toISOString();
  const found = new Map<string, Figures>();
  for (const matter of all.values()) add(found, matter, now);
  return found;
}

function add(found: Map<string, Figures>, matter: Matter, now: string): void {
  const isVoid = matter.state === 'void';
  const key = `${matter.year} ${isVoid ? 'void' : matter.kind}`;
  const none = { filed: 0, released: 0, answered: 0, inTime: 0, late: 0, overdue: 0, erasedUnanswered: 0 };
  const figures = found.get(key) ?? { ...none, fixed: 0, closed: 0, duplicates: 0, reopened: 0, joined: 0 };
  found.set(key, figures);
  const { state, first, due, isAnswered, stopped } = matter;
  const isClosed = ['answered', 'cannot-be-resolved', 'not-responsible'].includes(state);
  figures.filed += 1;
  if (isVoid) return;
  const count = (name: keyof Figures, whether: boolean) => (figures[name] += whether ? 1 : 0);
  count('released', matter.isShown);
  count('answered', first !== undefined);
  count('inTime', first === true && matter.kind !== 'thanks');
  count('late', first === false);
  count('overdue', due !== undefined && !isAnswered && stopped === undefined && due < now);
  count('fixed', state === 'resolved');
  count('closed', isClosed);
  count('duplicates', state === 'duplicate');
  count('reopened', matter.reopened > 0);
  figures.joined += matter.joined;
}
