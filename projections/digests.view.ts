/**
 * Which digests of views were published, and what called for them last.
 *
 * `digests` is a view as any other, so its own digest is published as well. At an index it holds what was published before
 * that index: the digests that come of it stand later in the log, so that no digest is ever part of itself, and each says
 * what the ones before it were.
 */
import type { ElectionRow } from './elections.view.js';
import type { LogEvent } from './event.js';
import { projection } from './projection.js';

/** What was published of one index. */
export interface DigestsRow {
  /** Position of the last event that the views held. */
  index: number;
  /** When it was published first, and where in the log. */
  at: string;
  position: number;
  /**
   * `view` is `name@version`. One view twice, with two digests: one of them is wrong, and hiding either would hide that.
   */
  digests: readonly { view: string; digest: string }[];
}

/** Keyed by the index. */
export const digestsView = projection<DigestsRow>({
  name: 'digests',
  version: 1,
  on: {
    ViewPublished: {
      key: ({ data }) => String(data.index),
      fold: (row, { data: { view, index, digest }, at, position }) => {
        if (row === undefined) return { index, at, position: Number(position), digests: [{ view, digest }] };
        const isThere = row.digests.some((one) => one.view === view && one.digest === digest);
        return isThere ? row : { ...row, digests: [...row.digests, { view, digest }] };
      },
    },
  },
  columns: { index: { type: 'bigint', value: (row) => row.index } },
  indexes: [['index']],
});

/** The key of the only row of `occasionsView`. */
export const LAST_OCCASION = 'last';

/** What calls for the digests of all views: a close, a count, a certification. */
type Occasion = LogEvent<'VotingClosed' | 'TallyPublished' | 'ResultCertified'>;

const occasion = {
  key: () => LAST_OCCASION,
  fold: (_: unknown, { position }: Occasion) => ({ position: Number(position) }),
};

/** The last occasion in the log, of whatever election: one row. */
export const occasionsView = projection<{ position: number }>({
  name: 'occasions',
  version: 1,
  on: { VotingClosed: occasion, TallyPublished: occasion, ResultCertified: occasion },
});

/** Position of an election's own last occasion that still holds; `undefined` before its close. */
export function lastOccasion({ closed, tallies, certified }: ElectionRow): number | undefined {
  const positions = [closed, tallies.at(-1), certified].flatMap((one) => one?.position ?? []);
  return positions.length === 0 ? undefined : Math.max(...positions);
}
