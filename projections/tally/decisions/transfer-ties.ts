/** A count with transfers of which every tie is either decided by the declared order or shown to be of no consequence. */
import type { DecisionUndecided } from './outcome.js';
import type { TieOrder } from './places.js';
import type { Profile } from './profile.js';
import { Transfers, type Run, type TransferCount } from './transfer.js';

/** Orders of ties that are tried, before a count says that the outcome hangs on them. */
const TRIES = 500;

/** `quotaFor` seats make the quota; as many are `filled`, or none where there was no quorum. */
export function countTransfers(
  profile: Profile,
  seats: { quotaFor: number; filled: number },
  tieOrder: TieOrder,
): TransferCount | DecisionUndecided {
  const run = (picks: readonly number[]) => new Transfers(profile, seats, tieOrder, picks).run();
  const done = resolve(run, [], { left: TRIES });
  if (done === undefined || done.open !== undefined) {
    const first = done?.open ?? run([]).open;
    if (first === undefined) throw new Error('A count without an open tie was not resolved');
    const options = first.rivals.map((option) => profile.options[option] ?? '');
    return {
      undecided: 'tie-undecided',
      about: first.about,
      round: first.round,
      options,
      seats: first.seats,
    };
  }
  const { met, count } = done;
  const elected = electedOf(count);
  for (const [index, { rivals, tie }] of met.entries()) {
    const before = met.slice(0, index).map(({ pick }) => pick);
    const others = rivals.filter((rival) => rival !== met[index]?.pick);
    tie.matters = others.some((other) => {
      const otherwise = resolve(run, [...before, other], { left: TRIES });
      return (
        otherwise?.open !== undefined || otherwise === undefined || electedOf(otherwise.count) !== elected
      );
    });
  }
  return count;
}

/**
 * The count, with ties that nothing decides taken in every order: where all elect the same, nothing hangs on them.
 * @returns the run with the first tie on which something hangs, or `undefined` when there were too many to try
 */
function resolve(
  run: (picks: readonly number[]) => Run,
  picks: readonly number[],
  tries: { left: number },
): Run | undefined {
  if (tries.left-- <= 0) return undefined;
  const done = run(picks);
  if (done.open === undefined) return done;
  let same: Run | undefined;
  for (const rival of done.open.rivals) {
    const other = resolve(run, [...done.met.map(({ pick }) => pick), rival], tries);
    if (other === undefined) return undefined;
    if (other.open !== undefined) return done;
    if (same !== undefined && electedOf(same.count) !== electedOf(other.count)) return done;
    same ??= other;
  }
  return same;
}

/** Who is elected, in which order. */
function electedOf({ finished }: TransferCount): string {
  const elected = finished.filter((group) => group.elected);
  return elected.map(({ options }) => [...options].sort((a, b) => a - b).join()).join('>');
}
