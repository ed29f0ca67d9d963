/**
 * What GeoReport v2 answers of what this city knows: rows of views with their words to rows of the specification. Field names
 * are the specification's. Pure. @see https://wiki.open311.org/GeoReport_v2/
 */
import type { CategoryRow } from '../../projections/categories.view.js';
import { runningDue, type MatterRow } from '../../projections/matter.js';
import { positionOf, type MatterStepRow } from '../../projections/matter-steps.view.js';

/** Degrees as in the city's contents: integer microdegrees. */
interface Place {
  readonly lat?: number;
  readonly long?: number;
  readonly address?: string;
}

/** Words of a content by its id, in the language of the answer; nothing for what is not public. */
export type Words = (ref: { readonly id: string } | undefined) => string | undefined;

export interface ServiceOf {
  readonly row: CategoryRow;
  /** The name of the category above it. */
  readonly group: string | undefined;
}

/** A public matter with what is told of it. */
export interface RequestOf {
  readonly matterId: string;
  readonly row: MatterRow;
  readonly category: CategoryRow | undefined;
  readonly department: string | undefined;
  readonly place: Place | undefined;
  /** Address of its first photo. */
  readonly photo: string | undefined;
  /** In the order of the log. */
  readonly steps: readonly Step[];
}

export interface Step {
  /** See `stepKey`. */
  readonly key: string;
  readonly row: MatterStepRow;
}

/** Before its release, and of one whose words were erased: what it is about and how it stands. */
export interface BareRequest {
  readonly matterId: string;
  readonly row: MatterRow;
  readonly category: CategoryRow;
}

/** Steps that Open311 tells of: what the city did with it, and what was added to it. */
const TOLD = new Set<MatterStepRow['what']>(['MatterMoved', 'MatterAnswered', 'MatterReopened']);
const MICRO = 1_000_000;

export function serviceJson({ row, group }: ServiceOf, words: Words) {
  return {
    service_code: row.categoryId,
    service_name: words(row.name) ?? row.categoryId,
    description: words(row.description) ?? null,
    metadata: row.questions.length > 0,
    type: row.confirm ? 'batch' : 'realtime',
    keywords: row.keywords.length > 0 ? row.keywords.join(',') : null,
    group: group ?? null,
  };
}

export function definitionJson({ categoryId, questions }: CategoryRow, words: Words) {
  return {
    service_code: categoryId,
    attributes: inOrder(questions).map((question, index) => ({
      variable: question.variable,
      code: question.code,
      datatype: question.datatype,
      required: question.required,
      datatype_description: words(question.hint) ?? null,
      // The city's own numbers may come twice.
      order: index + 1,
      description: words(question.text) ?? question.code,
      ...(question.datatype.endsWith('list') && {
        values: question.values.map(({ key, name }) => ({ key, name: words(name) ?? key })),
      }),
    })),
  };
}

function inOrder(questions: CategoryRow['questions']): CategoryRow['questions'] {
  return [...questions].sort((a, b) => a.order - b.order);
}

export function requestJson(request: RequestOf, words: Words, extended: boolean) {
  const { matterId, row, category, department, place, photo, steps } = request;
  const expected = row.stateKind === 'open' ? (row.target ?? runningDue(row)) : undefined;
  const json = {
    service_request_id: matterId,
    status: statusOf(row),
    status_notes: lastWords(steps, words),
    service_name: (category && words(category.name)) ?? row.category ?? matterId,
    service_code: row.category ?? null,
    description: words(row.text) ?? null,
    agency_responsible: department ?? null,
    service_notice: words(category?.notice) ?? null,
    requested_datetime: seconds(row.filedAt),
    updated_datetime: updatedAt(row),
    expected_datetime: expected === undefined ? null : seconds(expected),
    address: place?.address ?? null,
    address_id: null,
    zipcode: null,
    lat: degrees(place?.lat),
    long: degrees(place?.long),
    media_url: photo ?? null,
  };
  if (!extended) return json;
  return { ...json, extended_attributes: extendedJson(row), notes: notesJson(request, words) };
}

export function bareRequestJson({ matterId, row, category }: BareRequest, words: Words, extended: boolean) {
  const json = {
    service_request_id: matterId,
    status: statusOf(row),
    service_name: words(category.name) ?? category.categoryId,
    service_code: category.categoryId,
    description: null,
    requested_datetime: seconds(row.filedAt),
    updated_datetime: updatedAt(row),
    address: null,
    address_id: null,
    zipcode: null,
    lat: null,
    long: null,
    media_url: null,
  };
  return extended ? { ...json, extended_attributes: null, notes: [] } : json;
}

/** Fixed is closed, too. */
function statusOf({ stateKind }: MatterRow): 'open' | 'closed' {
  return stateKind === 'open' ? 'open' : 'closed';
}

/** Of a closed request the time of its closing. */
function updatedAt(row: MatterRow): string {
  return seconds(row.stateKind === 'open' ? row.updatedAt : (row.closedAt ?? row.stateAt));
}

function lastWords(steps: readonly Step[], words: Words): string | null {
  return steps
    .filter(({ row }) => isOfCity(row))
    .reduce<string | null>((before, { row }) => words(row.words) ?? before, null);
}

/** Whoever filed it may open it again, too. */
function isOfCity({ what, reason }: MatterStepRow): boolean {
  return what === 'MatterReopened' ? reason === 'staff' : TOLD.has(what);
}

/** What GeoReport has no fields for. */
function extendedJson({
  state,
  stateKind,
  kind,
  area,
  department,
  joined,
  unconfirmed,
  members,
  reopened,
}: MatterRow) {
  return {
    kind,
    state,
    state_kind: stateKind,
    ...(area !== undefined && { area }),
    ...(department !== undefined && { department }),
    joined,
    unconfirmed,
    members,
    reopened,
  };
}

function notesJson({ row, steps }: RequestOf, words: Words) {
  const filed = { datetime: seconds(row.filedAt), description: null, type: 'submitted' };
  const notes = steps
    .filter((step) => isTold(step, row, words))
    .map(({ row: step }) => ({
      datetime: seconds(step.at),
      description: words(step.words) ?? null,
      type: step.state ?? (step.what === 'MatterReopened' ? 'reopened' : 'added'),
    }));
  return [filed, ...notes];
}

/** Steps that are told where all else allows it. */
export const MAYBE_TOLD: readonly MatterStepRow['what'][] = [...TOLD, 'MatterAdded', 'MatterDuplicated'];

/** What was added is told once its words are public; that another one is a duplicate of this one is told of that one alone. */
function isTold({ row: step }: Step, { of }: Pick<MatterRow, 'of'>, words: Words): boolean {
  if (step.what === 'MatterAdded') return words(step.words) !== undefined;
  if (step.what === 'MatterDuplicated') return step.other === of;
  return TOLD.has(step.what);
}

export type Update = {
  readonly update_id: string;
  readonly service_request_id: string;
  readonly status: string;
  readonly updated_datetime: string;
  readonly description: string | null;
};

/**
 * The updates of one matter, in the order of the log. One that is older than what was known already changed nothing, and says
 * so to clients that go by the order in which they hear.
 * @param open311 the extended status of a state @returns each with the key of its step
 */
export function updatesOf(
  { matterId, row: matter, steps }: Pick<RequestOf, 'matterId' | 'row' | 'steps'>,
  words: Words,
  open311: (state: string) => string,
): { step: string; json: Update }[] {
  let known = matter.filedAt;
  return steps.flatMap((step) => {
    const { row, key } = step;
    const happened = row.happenedAt ?? row.at;
    const state =
      row.what === 'MatterReopened' ? 'open' : row.what === 'MatterDuplicated' ? 'duplicate' : row.state;
    const isOurs = isTold(step, matter, words);
    if (row.what === 'MatterDuplicated' && !isOurs) return [];
    const isNews = state !== undefined && happened >= known;
    if (isNews) known = happened;
    if (!isOurs) return [];
    const json = {
      update_id: updateId(matterId, positionOf(key)),
      service_request_id: matterId,
      status: isNews ? upper(open311(state)) : 'UNCHANGED',
      updated_datetime: seconds(row.at),
      description: words(row.words) ?? null,
    };
    return [{ step: key, json }];
  });
}

/** The same for whoever posts an update and for whoever lists it. */
export function updateId(matterId: string, position: bigint): string {
  return `${matterId}.${position}`;
}

/** `in-progress` to `IN_PROGRESS`. */
function upper(code: string): string {
  return code.toUpperCase().replaceAll('-', '_');
}

function degrees(micro: number | undefined): number | null {
  return micro === undefined ? null : micro / MICRO;
}

/** W3C: to the second, as the specification's examples have it. */
function seconds(instant: string): string {
  return instant.replace(/\.\d+(?=Z$)/, '');
}
