/** The history of a matter as lists and pages tell it: its last steps, in the order of the log. */
import { matterStepsView, type MatterStepRow } from '../../projections/matter-steps.view.js';
import type { Found, ViewReader } from '../views/view-reader.js';

/** What people join has few steps, but anybody may add to her own matter for years. */
export const MOST_STEPS = 1_000;

/** @throws ViewsBehind */
export async function lastSteps(
  views: Pick<ViewReader, 'list'>,
  matterId: string,
): Promise<Found<MatterStepRow>[]> {
  const { rows } = await views.list(matterStepsView, {
    where: { matter: matterId },
    order: ['-matter'],
    limit: MOST_STEPS,
  });
  return rows.toReversed();
}

/** Whether there are earlier ones: every matter begins with its filing. */
export function hasEarlierSteps([first]: readonly { readonly row: MatterStepRow }[]): boolean {
  return first !== undefined && first.row.what !== 'MatterFiled';
}
