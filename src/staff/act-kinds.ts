/**
 * What two persons can do together: every room registers its kinds of acts here. The acts themselves (`acts.ts`) know no
 * room.
 */
import type { Act, Approval } from '../../projections/approval.js';
import type { Json } from '../../projections/canonical.js';
import type { Receipt, Rejection } from '../event-store/command-log.js';
import type { ActDescription } from './act-description.js';
import type { Actor } from './actor.js';

/** What a kind makes of a proposal. */
export interface Prepared {
  /** What both sign: the event as it will stand in the log, `actId` included, approvals left out. */
  readonly act: Act;
  /**
   * What `confirm` and `execute` need again and the act does not say, such as a salt. It is stored, so it must never hold
   * a choice of a voter in the clear.
   */
  readonly kept?: Json;
}

/** What an executed act came to, when it was not refused. */
export type Executed = Pick<Receipt, 'position'> | { readonly position?: undefined };

export interface ActKind {
  /** Kebab case: `close-early`. */
  readonly kind: string;
  /** One of them is needed to propose, approve and withdraw. */
  readonly roles: readonly string[];
  /** For the description of the API; `prepare` checks the same schema. */
  readonly about: ActDescription;
  /**
   * Checks the first person's body and says what both will sign. Called once for each proposal.
   * @param now the command's clock, UTC with milliseconds
   */
  prepare(body: unknown, by: { actId: string; actor: Actor; now: string }): Promise<Prepared | Rejection>;
  /**
   * Where the second person must bring the same again (paper sheets are keyed twice): checks her body against what was
   * kept. Kinds without it take no body with the approval.
   */
  confirm?(
    body: unknown,
    prepared: Required<Prepared>,
  ): Rejection | undefined | Promise<Rejection | undefined>;
  /**
   * Carries it out. After a crash it is called again with the same `commandId` and `request` and must then do nothing
   * twice, which a command through `CommandLog` does not. A rejection ends the act; an exception leaves it to be tried again.
   */
  execute(approved: ApprovedAct): Promise<Executed | Rejection>;
}

export interface ApprovedAct extends Required<Prepared> {
  readonly actId: string;
  readonly approvals: readonly [Approval, Approval];
  /** The proposer, as the event's actor; the command id is the act's id. */
  readonly by: {
    readonly commandId: string;
    readonly actor: Pick<Actor, 'id' | 'roles'>;
    readonly request: Uint8Array;
  };
}

export class ActKinds {
  readonly #kinds = new Map<string, ActKind>();

  /** Called by a room in `onModuleInit`. */
  register(kind: ActKind): void {
    if (this.#kinds.has(kind.kind)) throw new Error(`Two rooms register the act ${kind.kind}`);
    this.#kinds.set(kind.kind, kind);
  }

  get(kind: string): ActKind | undefined {
    return this.#kinds.get(kind);
  }

  all(): readonly ActKind[] {
    return [...this.#kinds.values()];
  }
}
