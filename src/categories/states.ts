/** The states that come with the program; a city describes them otherwise, or more of them, in its file of categories. Pure. */
import type { StateKind } from '../../projections/matter.js';
import type { Texts } from '../contents/text.js';

/** What commands need of a state. */
export interface MatterStateRule {
  readonly state: string;
  readonly kind: StateKind;
  /** The legal clock stands in it. */
  readonly stops: boolean;
  /** No matter comes into it any more. */
  readonly withdrawn?: true | undefined;
}

/** With what pages and Open311 clients show. */
export interface MatterStateEntry extends MatterStateRule {
  readonly name: Texts;
  /** In the words of mySociety's extension, in lower case with hyphens. */
  readonly open311: string;
}

function entry(state: string, kind: StateKind, open311: string, es: string, ast: string, en: string) {
  return { state, kind, stops: state === 'waiting', open311, name: { es, ast, en } };
}

export const FIRST_STATES: readonly MatterStateEntry[] = [
  entry('open', 'open', 'open', 'Abierta', 'Abierta', 'Open'),
  entry('in-progress', 'open', 'in-progress', 'En trámite', 'En trámite', 'In progress'),
  entry('scheduled', 'open', 'action-scheduled', 'Programada', 'Programada', 'Scheduled'),
  entry(
    'waiting',
    'open',
    'open',
    'A la espera de quien la escribió',
    'A la espera de quien la escribió',
    'Waiting for whoever wrote it',
  ),
  entry('answered', 'closed', 'no-further-action', 'Contestada', 'Contestada', 'Answered'),
  entry('resolved', 'fixed', 'fixed', 'Resuelta', 'Resuelta', 'Resolved'),
  entry(
    'cannot-be-resolved',
    'closed',
    'no-further-action',
    'No se puede resolver',
    'Nun se pue resolver',
    'Cannot be resolved',
  ),
  entry(
    'not-responsible',
    'closed',
    'not-councils-responsibility',
    'No es competencia municipal',
    'Nun ye competencia municipal',
    'Not the city’s responsibility',
  ),
  entry('duplicate', 'closed', 'duplicate', 'Duplicada', 'Duplicada', 'Duplicate'),
  entry('void', 'closed', 'cancelled', 'Sin efecto', 'Ensin efeutu', 'Void'),
];

/** These as a city has described them, and those that it has not. */
export function statesOf<Row extends MatterStateRule>(
  described: readonly Row[],
): ReadonlyMap<string, Row | MatterStateEntry> {
  return new Map<string, Row | MatterStateEntry>(
    [...FIRST_STATES, ...described].map((state) => [state.state, state]),
  );
}
