/** Who asks: authenticated by the guard, authorised by `decide`. */

export interface Actor {
  readonly id: string;
  readonly roles: readonly string[];
  /**
   * Signs with her Ed25519 key, which the server holds only during her request. 64 bytes.
   * @throws ApprovalKeyNotHeld when the settings list another key than the one that comes from her API key
   */
  sign(message: Uint8Array): Uint8Array;
}

/** The program itself: what follows from something else, what the clock brings, and the command line, whose user runs the site. */
export const SYSTEM = { id: 'system', roles: [] } as const;

/** Whether somebody has one of these roles, or is the program itself. */
export function mayAct({ id, roles }: Pick<Actor, 'id' | 'roles'>, ...any: readonly string[]): boolean {
  return id === SYSTEM.id || any.some((role) => roles.includes(role));
}

/** Her approval key is not the one that comes from her API key, so that the server cannot approve for her. */
export class ApprovalKeyNotHeld extends Error {
  readonly code = 'approval-key-not-held';
  constructor() {
    super('The settings list an approval key that does not come from the API key');
    this.name = 'ApprovalKeyNotHeld';
  }
}
