/** Checks 2 and 45: an event's bytes become an event only if they are strict, of a known type, and say nothing else. */
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { isBase64url } from '../bytes.js';
import { NotCanonical, parseCanonical } from '../canonical.js';
import type { LogEvent } from '../event.js';
import { catalogue, type EventName } from '../events/catalogue.js';
import { Bytes32, Bytes64, Id, Instant, Pseudonym, Sealed, Uuid } from '../events/schema.js';
import { isInstant } from '../instant.js';
import { LOG_KEYS_STREAM } from '../ledger/key-register.js';
import { hourOf } from '../turnout.view.js';
import type { FindingCode } from './finding-codes.js';
import type { Finding } from './report.js';

export type ReadLeaf = { event: LogEvent } | { check: 2 | 45; finding: Finding };

const MEMBERS = 'actor,at,data,id,schema,stream,type,v';
const UUID = new RegExp(patternOf(Uuid));
const ID = new RegExp(patternOf(Id));
const INSTANT = patternOf(Instant);

/** Reads the leaf at an index. Its revision is not part of a log that is audited, and is 0. */
export function readLeaf(bytes: Uint8Array, index: number): ReadLeaf {
  let leaf: Record<string, unknown>;
  try {
    leaf = parseCanonical(bytes) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof NotCanonical) return refused(2, 'leaf-not-canonical', index);
    throw error;
  }
  // An array or a bare string has no such members, either.
  if (typeof leaf !== 'object' || Object.keys(leaf).join() !== MEMBERS)
    return refused(2, 'leaf-members-wrong', index);
  const { v, id, stream, type, schema, at, actor, data } = leaf;
  if (v !== 1) return refused(2, 'leaf-version-unknown', index);
  const form =
    typeof type === 'string' && Object.hasOwn(catalogue, type) ? formOf(type as EventName) : undefined;
  if (form?.schema !== schema || form === undefined)
    return refused(2, 'event-type-unknown', index, String(type).slice(0, 64));
  if (
    typeof id !== 'string' ||
    typeof stream !== 'string' ||
    typeof at !== 'string' ||
    typeof actor !== 'string'
  )
    return refused(2, 'leaf-members-wrong', index);
  if (!UUID.test(id)) return refused(45, 'event-id-malformed', index);
  if (!isInstant(at)) return refused(45, 'instant-invalid', index, id);
  if (!form.check(data)) return refused(45, 'event-schema-broken', index, id);
  const fault = form.visit?.(data);
  if (fault !== undefined) return refused(45, fault, index, id);
  const event = { type, data, id, stream, at, actor, position: BigInt(index), revision: 0n } as LogEvent;
  if (event.type !== 'BallotCast' && !ID.test(actor)) return refused(45, 'actor-malformed', index, id);
  if (stream !== streamOf(event)) return refused(2, 'stream-wrong', index, id);
  // When exactly somebody voted could be matched with when she was seen.
  if (form.ofVoter && at !== hourOf(at)) return refused(45, 'instant-not-cut', index, id);
  return { event };
}

function refused(check: 2 | 45, code: FindingCode, index: number, id?: string): ReadLeaf {
  return { check, finding: { code, index, ...(id !== undefined && { id }) } };
}

/** The stream in which an event belongs: it follows from what the event says. */
function streamOf(event: LogEvent): string {
  switch (event.type) {
    case 'RoleGranted':
    case 'RoleRevoked':
      return 'staff';
    case 'ContentReleased':
    case 'ContentHidden':
    case 'ContentErased':
      return `content-${event.data.contentId}`;
    case 'CityDescribed':
    case 'AreaDescribed':
    case 'DepartmentDescribed':
    case 'HolidaysDeclared':
      return 'city';
    case 'CategoryDescribed':
    case 'MatterStateDescribed':
      return 'complaints';
    case 'MatterJoined':
    case 'MatterLeft':
      return `matter-${event.data.matterId}.${event.data.joiner}`;
    case 'ViewPublished':
      return 'views';
    case 'LogKeyAnnounced':
    case 'LogKeyRetired':
      return LOG_KEYS_STREAM;
    case 'RollListed':
    case 'RollCommitted':
      return `roll-${event.data.electionId}`;
    case 'BallotCast':
    case 'BallotKeyReplaced':
    case 'RollMarkedPaper':
      return `ballots-${event.data.electionId}.${event.data.v}`;
    default:
      return 'matterId' in event.data ? `matter-${event.data.matterId}` : `election-${event.data.electionId}`;
  }
}

function patternOf(schema: TSchema): string {
  return (schema as Node).pattern ?? '';
}

/** What is wrong with a value beyond its schema; `undefined`: nothing. */
type Visit = (value: unknown) => FindingCode | undefined;

interface Form {
  schema: number;
  check: (data: unknown) => boolean;
  visit: Visit | undefined;
  ofVoter: boolean;
}

const OF_VOTERS: readonly EventName[] = ['BallotCast', 'BallotKeyReplaced', 'RollMarkedPaper'];

/** Whether a voter did it: then its time is stated to the hour. */
export function isOfVoter(type: EventName): boolean {
  return OF_VOTERS.includes(type);
}

const forms = new Map<EventName, Form>();

function formOf(type: EventName): Form {
  let form = forms.get(type);
  if (form === undefined) {
    const { schema, data } = catalogue[type];
    const compiled = Compile(data as TSchema);
    const check = (value: unknown) => compiled.Check(value);
    form = { schema, check, visit: visitOf(data as Node), ofVoter: isOfVoter(type) };
    forms.set(type, form);
  }
  return form;
}

/** The parts of a JSON Schema, as TypeBox writes it, that say what values hold. */
interface Node {
  type?: string;
  pattern?: string;
  properties?: Record<string, Node>;
  items?: Node | readonly Node[];
  anyOf?: readonly Node[];
  patternProperties?: Record<string, Node>;
  const?: unknown;
}

const BASE64URL: readonly string[] = [Pseudonym, Bytes32, Bytes64, Sealed].map(patternOf);

/**
 * What a schema's patterns cannot say: bytes decode strictly, instants are of the calendar, a pattern that takes words has
 * none, and where anything is allowed every string is an id.
 */
function visitOf(schema: Node): Visit | undefined {
  if (schema.anyOf !== undefined) return each(schema.anyOf.map(visitOf));
  if (schema.const !== undefined) return undefined;
  switch (schema.type) {
    case 'string':
      return visitString(schema.pattern ?? '');
    case 'array': {
      const { items = {} } = schema;
      if (Array.isArray(items)) return visitTuple((items as readonly Node[]).map(visitOf));
      const visit = visitOf(items as Node);
      return visit && ((value) => (Array.isArray(value) ? first(value, visit) : undefined));
    }
    case 'object':
      return schema.patternProperties ? visitAnything : visitObject(schema.properties ?? {});
    case 'integer':
    case 'number':
    case 'boolean':
      return undefined;
    default:
      return visitAnything;
  }
}

function visitString(pattern: string): Visit | undefined {
  const onString = (isRight: (text: string) => boolean, code: FindingCode): Visit => {
    return (value) => (typeof value !== 'string' || isRight(value) ? undefined : code);
  };
  if (BASE64URL.includes(pattern)) return onString(isBase64url, 'bytes-not-strict');
  if (pattern === INSTANT) return onString(isInstant, 'instant-invalid');
  if (new RegExp(pattern).test('two words')) return onString((text) => text === '', 'free-text');
  return undefined;
}

function visitTuple(visits: readonly (Visit | undefined)[]): Visit | undefined {
  if (visits.every((visit) => visit === undefined)) return undefined;
  return (value) => {
    if (!Array.isArray(value)) return undefined;
    for (const [index, visit] of visits.entries()) {
      const fault = visit?.(value[index]);
      if (fault !== undefined) return fault;
    }
    return undefined;
  };
}

function visitObject(properties: Record<string, Node>): Visit | undefined {
  const visits = Object.entries(properties).flatMap(([name, node]) => {
    const visit = visitOf(node);
    return visit === undefined ? [] : [[name, visit] as const];
  });
  if (visits.length === 0) return undefined;
  return (value) => {
    if (typeof value !== 'object' || value === null) return undefined;
    for (const [name, visit] of visits) {
      const member = (value as Record<string, unknown>)[name];
      const fault = member === undefined ? undefined : visit(member);
      if (fault !== undefined) return fault;
    }
    return undefined;
  };
}

function visitAnything(value: unknown): FindingCode | undefined {
  if (typeof value === 'string') return ID.test(value) ? undefined : 'free-text';
  if (typeof value !== 'object' || value === null) return undefined;
  return first(Object.values(value), visitAnything);
}

function each(visits: readonly (Visit | undefined)[]): Visit | undefined {
  const made = visits.filter((visit) => visit !== undefined);
  return made.length === 0 ? undefined : (value) => first(made, (visit) => visit(value));
}

function first<T>(
  values: readonly T[],
  visit: (value: T) => FindingCode | undefined,
): FindingCode | undefined {
  for (const value of values) {
    const fault = visit(value);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
