/** What a kind of act says of itself, for the description of the API, and where a body breaks its schema. */
import type { TSchema } from 'typebox';
import type { Validator } from 'typebox/compile';

export interface ActDescription {
  /** What two persons do together, in a few words. */
  readonly summary: string;
  /** The first person's body. */
  readonly body: TSchema;
  readonly example: object;
  /** Where the second person must bring the same again. */
  readonly second?: { readonly body: TSchema; readonly example: object };
  /** Codes with which it is refused. */
  readonly problems: {
    readonly proposing: readonly string[];
    readonly approving?: readonly string[];
    /** Then the act is answered with state `refused` and the code as `outcome.rejected`. */
    readonly carryingOut: readonly string[];
  };
}

/**
 * The first field that breaks the schema, as a path in the request such as `body.reason.code`; where one is missing or
 * unknown, its own path. `body` when the whole is no object.
 */
export function faultyField(check: Pick<Validator, 'Errors'>, body: unknown): string {
  const [first] = check.Errors(body);
  if (first === undefined) return 'body';
  const { requiredProperties } = first.params as { requiredProperties?: readonly string[] };
  const missing = requiredProperties?.find((name) => !Object.hasOwn(at(body, first.instancePath), name));
  return ['body', ...steps(first.instancePath), ...(missing === undefined ? [] : [missing])].join('.');
}

function at(body: unknown, pointer: string): object {
  let value = body;
  for (const step of steps(pointer)) value = (value as Record<string, unknown>)[step];
  return value as object;
}

/** @see RFC 6901 */
function steps(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}
