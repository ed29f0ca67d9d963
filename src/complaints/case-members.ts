/** What becomes of the matters in a case when the one that they wait for gives no answer any more. */
import { DUPLICATE_STATE, type MatterRow } from '../../projections/matters.view.js';
import type { By } from '../event-store/command-log.js';
import type { Cases } from './cases.js';
import { asSystem, type Matters } from './matters.js';

/** Takes them out of the case: duplicates are open again, with their own clocks. Again does no harm. */
export async function letMembersGo(
  { matters, cases }: { matters: Matters; cases: Cases },
  caseId: string,
  by: By,
  which: (row: MatterRow) => boolean = () => true,
): Promise<void> {
  for (const member of await cases.members(caseId)) {
    const state = await matters.look(member);
    const details = await matters.details(state);
    if (state.row === undefined || details === undefined || !which(state.row)) continue;
    const { of: _case, ...apart } = details;
    const command = { do: 'separate' as const, from: caseId, details: await matters.record(apart) };
    await matters.run(member, command, asSystem(by, `apart/${member}`));
    await cases.take(member);
  }
}

export function isDuplicate({ state }: MatterRow): boolean {
  return state === DUPLICATE_STATE;
}
