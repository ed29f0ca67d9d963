/**
 * Complaints, suggestions and thank-yous. What a city takes them about and the states they have stand in the stream
 * `complaints`, each matter in a stream of its own, `matter-<matterId>`, and each joining in `matter-<matterId>.<joiner>`, so
 * that a matter which everybody joins is no stream that everybody writes to. Until a matter is released its events say its
 * id, kind, states and times, and never category, area, department, place or words: these are in its `details`.
 */
import { Type } from 'typebox';
import { closed, Code, ContentRef, Count, eventType, Id, Instant, Pseudonym, Uuid } from './schema.js';

export const MatterKind = Type.Union([
  Type.Literal('complaint'),
  Type.Literal('suggestion'),
  Type.Literal('thanks'),
]);
/** `closed` says that the city does no more, `fixed` that what was complained of is gone. */
export const StateKind = Type.Union([Type.Literal('open'), Type.Literal('closed'), Type.Literal('fixed')]);

/** No longer in use. It stays described, because older matters still name it. */
const withdrawn = Type.Optional(Type.Literal(true));

/** What is asked beside the words, with the datatypes of Open311. */
export const Question = closed({
  code: Code,
  datatype: Type.Union([
    Type.Literal('string'),
    Type.Literal('text'),
    Type.Literal('number'),
    Type.Literal('datetime'),
    Type.Literal('singlevaluelist'),
    Type.Literal('multivaluelist'),
  ]),
  required: Type.Boolean(),
  /** False: it is something to read, and nothing is answered. */
  variable: Type.Boolean(),
  order: Type.Integer({ minimum: 1, maximum: 100 }),
  text: ContentRef,
  hint: Type.Optional(ContentRef),
  /** Of the two lists; empty for the others. */
  values: Type.Array(closed({ key: Code, name: ContentRef }), { maxItems: 100 }),
});

/** A category of the tree, replacing what was described before under the same id. */
export const CategoryDescribed = eventType('CategoryDescribed', 1, {
  categoryId: Code,
  parent: Type.Optional(Code),
  name: ContentRef,
  description: Type.Optional(ContentRef),
  /** Kinds of matter that it takes; empty for one that only holds others. */
  kinds: Type.Array(MatterKind, { maxItems: 3 }),
  /** Who gets its matters first. */
  department: Type.Optional(Id),
  questions: Type.Array(Question, { maxItems: 30 }),
  /** What to read before filing, such as whom to call in an emergency. */
  notice: Type.Optional(ContentRef),
  /** Whether a matter may come without an e-mail address. */
  anonymous: Type.Boolean(),
  /** Whether the address must be confirmed before staff sees the matter. */
  confirm: Type.Boolean(),
  /** Working days within which the city means to be done. */
  targetDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
  /** Metres around a place in which others of this category are shown before one files again. */
  radius: Type.Integer({ minimum: 0, maximum: 100_000 }),
  keywords: Type.Array(Code, { maxItems: 20 }),
  withdrawn,
});
/** A state that a matter can have. The first come with the program; a city may add its own. */
export const MatterStateDescribed = eventType('MatterStateDescribed', 1, {
  state: Code,
  kind: StateKind,
  /** The legal clock stands while a matter is in it, because the city waits for the reporter. */
  stops: Type.Boolean(),
  name: ContentRef,
  /** What Open311 clients that know more than open and closed are told. */
  open311: Code,
  withdrawn,
});

const matterId = Uuid;
const photos = Type.Array(ContentRef, { maxItems: 20 });
/** Until when the city must have answered: the last millisecond of the last day. */
const due = Instant;
/** Until when the city means to be done. */
const target = Type.Optional(Instant);

/** Thanks have no `due`. `details`: see `src/complaints/details.ts`. */
export const MatterFiled = eventType('MatterFiled', 1, {
  matterId,
  kind: MatterKind,
  due: Type.Optional(due),
  details: ContentRef,
});
/** The reporter's e-mail address is confirmed. */
export const MatterConfirmed = eventType('MatterConfirmed', 1, { matterId });
/** Shown to everybody from here on, with these words; after a `MatterHidden`, again. `place` is a content of its own. */
export const MatterReleased = eventType('MatterReleased', 1, {
  matterId,
  category: Code,
  area: Type.Optional(Id),
  department: Type.Optional(Id),
  text: ContentRef,
  photos,
  place: Type.Optional(ContentRef),
  target,
});
/** On no list any more, and its contents are hidden. */
export const MatterHidden = eventType('MatterHidden', 1, { matterId, reason: Code });
/** Given to a department: named in a released matter; in another one its new `details` name it. */
export const MatterAssigned = eventType('MatterAssigned', 1, {
  matterId,
  department: Type.Optional(Id),
  details: Type.Optional(ContentRef),
  reason: Type.Optional(Code),
  note: Type.Optional(ContentRef),
});

/** A state and when it came about; an update older than the last stands in the history and changes nothing. */
const update = { state: Code, stateKind: StateKind, happenedAt: Instant };

/** `due` and `target` are given when they move, because the clock stood until now. */
export const MatterMoved = eventType('MatterMoved', 1, {
  matterId,
  ...update,
  stops: Type.Boolean(),
  words: Type.Optional(ContentRef),
  /** Whose matter it is when it is not the city's. */
  responsible: Type.Optional(Id),
  due: Type.Optional(due),
  target,
});
/** Said to the reporter. The first ends the legal clock, by the time of this event and never by `happenedAt`. */
export const MatterAnswered = eventType('MatterAnswered', 1, {
  matterId,
  ...update,
  words: ContentRef,
  responsible: Type.Optional(Id),
});
/** Open again, with a legal clock that begins anew. */
export const MatterReopened = eventType('MatterReopened', 1, {
  matterId,
  by: Type.Union([Type.Literal('reporter'), Type.Literal('staff'), Type.Literal('questionnaire')]),
  words: Type.Optional(ContentRef),
  due: Type.Optional(due),
  target,
});
/**
 * The reporter says more. `resumes`: the city was waiting for this, so the clock goes on, and no official can let it stand
 * by not looking.
 */
export const MatterAdded = eventType('MatterAdded', 1, {
  matterId,
  words: Type.Optional(ContentRef),
  photos,
  resumes: Type.Optional(closed({ state: Code, due: Type.Optional(due), target })),
});
/**
 * Staff has made a part of a photo unreadable: another one stands where it stood, and the original is erased. `added` is the
 * position of the event with which it came, where it came later than the filing.
 */
export const MatterPhotoReplaced = eventType('MatterPhotoReplaced', 1, {
  matterId,
  original: Uuid,
  photo: ContentRef,
  details: Type.Optional(ContentRef),
  added: Type.Optional(Count),
});
export const MatterRated = eventType('MatterRated', 1, {
  matterId,
  stars: Type.Integer({ minimum: 1, maximum: 5 }),
});
/** What the reporter said when she was asked, some weeks after the end, whether it is fixed. */
export const FixReported = eventType('FixReported', 1, { matterId, fixed: Type.Boolean() });

/** Whether she gave no address, so that nobody knows whether she is one person. */
const unconfirmed = Type.Optional(Type.Literal(true));
/** Somebody has the same to say. `joiner` is a pseudonym within this matter alone. */
export const MatterJoined = eventType('MatterJoined', 1, { matterId, joiner: Pseudonym, unconfirmed });
export const MatterLeft = eventType('MatterLeft', 1, { matterId, joiner: Pseudonym, unconfirmed });
/**
 * The same as another one, which goes on for both. What a matter goes with is named where everybody may see both: of another
 * one it would say what it is about. Once they may, the event comes again, and names it.
 */
export const MatterDuplicated = eventType('MatterDuplicated', 1, { matterId, of: Type.Optional(Uuid) });
/** Put into a case with others of its kind; it keeps its own state and clock. In its own stream, named as a duplicate is. */
export const MatterGathered = eventType('MatterGathered', 1, { matterId, into: Type.Optional(Uuid) });
/** Taken out of its case, or no duplicate after all: that is opened again. Names what was named. */
export const MatterSeparated = eventType('MatterSeparated', 1, { matterId, from: Type.Optional(Uuid) });

/** The calendar of the year of the last day was declared, so that another day is the last. */
export const DeadlineMoved = eventType('DeadlineMoved', 1, { matterId, due, target });
/** The reporter's words, photos and data are deleted, and the matter goes on for others who have joined it: these details hold nothing of hers. */
export const ReporterErased = eventType('ReporterErased', 1, { matterId, basis: Code, details: ContentRef });
/** The reporter's words, photos and data are deleted; that there was a matter stays. */
export const MatterErased = eventType('MatterErased', 1, { matterId, basis: Code });
