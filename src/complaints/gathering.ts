/** What follows when matters are put together or apart: who counts as having said the same, and what the log names. */
import { DUPLICATE_STATE, isShown, type MatterRow } from '../../projections/matter.js';
import { isRejection, type By, type Receipt, type Rejection } from '../event-store/command-log.js';
import { SYSTEM } from '../staff/actor.js';
import type { Cases } from './cases.js';
import { asSystem, type Matters } from './matters.js';
import type { Joiners } from './joiners.js';
import type { People, Person } from './people.js';

/** What is the same of a person in all her matters, as far as she can be told. */
function who({ email, personId }: Person): string {
  return email ?? personId;
}

export class Gathering {
  constructor(
    private readonly matters: Matters,
    private readonly cases: Cases,
    private readonly people: People,
    private readonly joiners: Pick<Joiners, 'pseudonym'>,
  ) {}

  /** Whether others can go with a matter. Rejects with `matter-unknown`, or `matter-in-case` where it goes with another one. */
  async takes(caseId: string): Promise<{ row: MatterRow } | Rejection> {
    const { row, isTogether } = await this.matters.look(caseId);
    if (row === undefined || row.erased !== undefined) return { rejected: 'matter-unknown' };
    return isTogether ? { rejected: 'matter-in-case' } : { row };
  }

  /** Before the event. Rejects with `matter-is-case`, or `matter-in-case` where either goes with another one. */
  async claim(matterId: string, caseId: string): Promise<Rejection | undefined> {
    const rejected = await this.cases.claim(matterId, caseId);
    return rejected && { rejected };
  }

  /**
   * After the event: the people of a matter are counted in its case from now on. Again does no harm. Where the other one goes
   * with a third by now, or is erased, the matter is taken out again, and that rejects as `takes`.
   */
  async put(matterId: string, caseId: string, by: By): Promise<Rejection | undefined> {
    // Somebody may have taken the claim back before the event.
    const other = (await this.claim(matterId, caseId)) ?? (await this.takes(caseId));
    if (isRejection(other)) {
      await this.apart(matterId, by);
      return other;
    }
    const reporters = (await this.people.ofMatter(caseId)).filter(({ role }) => role === 'reporter').map(who);
    for (const person of await this.people.ofMatter(matterId)) {
      // She is counted as who filed it.
      if (!reporters.includes(who(person))) await this.#join('join', caseId, person, by);
    }
    // Either may have been released in this moment.
    await this.name(matterId, by);
    return undefined;
  }

  /** After the event: takes a matter out of its case with the people who came with it alone. Again does no harm. */
  async take(matterId: string, by: By): Promise<void> {
    const caseId = (await this.cases.ofMatters([matterId])).get(matterId);
    // Put into another one since.
    if (caseId === undefined || (await this.matters.look(matterId)).isTogether) return;
    const stay = await this.#others(matterId, caseId);
    for (const person of await this.people.ofMatter(matterId)) {
      if (!stay.has(who(person))) await this.#join('leave', caseId, person, by);
    }
    await this.cases.take(matterId);
  }

  /** Once somebody of a matter has no address any more: in its case she is counted as whom she is told by from now on. */
  async recount(matterId: string, { email, personId }: { email: string; personId: string }): Promise<void> {
    const caseId = (await this.cases.ofMatters([matterId])).get(matterId);
    if (caseId === undefined) return;
    const people = await this.people.ofMatter(matterId);
    const others = await this.#others(matterId, caseId);
    const she = people.find((person) => person.personId === personId);
    // Somebody else there has the same address, and is counted by it.
    if (she === undefined || others.has(email) || people.some((person) => person.email === email)) return;
    const its = (commandId: string): By => ({ commandId, actor: SYSTEM, request: new Uint8Array() });
    const left = await this.#join('leave', caseId, { ...she, email }, its('recount-leave'));
    // Mails that she could end went to an address that she had confirmed.
    if (!isRejection(left)) await this.#join('join', caseId, she, its('recount-join'), false);
  }

  /**
   * Lets the log say what a matter goes with, and what goes with it, where everybody may see both by now.
   * @returns the greatest position of what was written, -1n without any
   */
  async name(matterId: string, by: By): Promise<bigint> {
    const pairs = [
      ...(await this.cases.ofMatters([matterId])),
      ...(await this.cases.members(matterId)).map((member) => [member, matterId] as const),
    ];
    let position = -1n;
    for (const [member, caseId] of pairs) {
      const { row } = await this.matters.look(caseId);
      if (row === undefined || !isShown(row)) continue;
      const answer = await this.matters.run(
        member,
        { do: 'name', of: caseId },
        asSystem(by, `name/${member}`),
      );
      if (!isRejection(answer) && answer.events.length > 0 && answer.position > position)
        position = answer.position;
    }
    return position;
  }

  /**
   * Takes out what is in a case, where it gives no answer any more: duplicates are open again, with their own clocks. Again
   * does no harm.
   */
  async letGo(caseId: string, by: By, which: (row: MatterRow) => boolean = () => true): Promise<void> {
    for (const member of await this.cases.members(caseId)) {
      const { row } = await this.matters.look(member);
      if (row === undefined || !which(row)) continue;
      await this.apart(member, by);
    }
  }

  /** Takes a matter out of its case, as the program. Again does no harm. */
  async apart(matterId: string, by: By): Promise<void> {
    const its = asSystem(by, `apart/${matterId}`);
    await this.matters.run(matterId, { do: 'separate' }, its);
    await this.take(matterId, its);
  }

  /** Who is in a case without one of its matters. */
  async #others(matterId: string, caseId: string): Promise<ReadonlySet<string>> {
    const others = new Set<string>();
    for (const other of [caseId, ...(await this.cases.members(caseId))]) {
      if (other !== matterId) for (const person of await this.people.ofMatter(other)) others.add(who(person));
    }
    return others;
  }

  /** Once for each person, under an id of her own. */
  async #join(
    does: 'join' | 'leave',
    caseId: string,
    person: Person,
    by: By,
    isUnconfirmed = isNobodyYet(person),
  ): Promise<Receipt | Rejection> {
    const joiner = await this.joiners.pseudonym(caseId, who(person));
    const its = { ...by, commandId: `${by.commandId}/${person.personId}` };
    return this.matters.join(does, caseId, joiner, its, isUnconfirmed);
  }
}

/** Who filed a matter of her own, which staff has put there, is somebody. */
function isNobodyYet({ role, confirmedAt }: Person): boolean {
  return role === 'joiner' && confirmedAt === undefined;
}

export function isDuplicate({ state }: MatterRow): boolean {
  return state === DUPLICATE_STATE;
}

/** A duplicate whose people have no answer yet. */
export function isWaiting(row: MatterRow): boolean {
  return isDuplicate(row) && row.answeredAt === undefined;
}
