import { describe, expect, it } from '@jest/globals';
import { contentsMentioned, contentsView, type ContentRow } from '../../projections/contents.view.js';
import type { LogEvent, NewEvent } from '../../projections/event.js';
import { catalogue, type EventName } from '../../projections/events/catalogue.js';
import { foldInto } from '../../projections/projection.js';

const id = (n: number) => `6e5a0a2e-5f5e-4b7e-9f0e-2f1d6b1c0a${n}`;
const ref = (n: number) => ({ id: id(n), commitment: 'A'.repeat(43) });
const area: NewEvent = {
  type: 'AreaDescribed',
  data: { areaId: 'hill', name: ref(11), aliases: ref(12), polygons: [] },
};

function fold(...events: NewEvent[]): Map<string, ContentRow> {
  const log = events.map((event, index) => ({ ...event, position: BigInt(index) }) as LogEvent);
  return foldInto(contentsView, new Map<string, ContentRow>(), log);
}

describe('the view of contents', () => {
  it('knows every content that an event refers to, however deep', () => {
    expect(contentsMentioned({ title: ref(11), options: [{ title: ref(12) }, { title: ref(12) }] })).toEqual([
      id(11),
      id(12),
    ]);
    expect(contentsMentioned({ id: 'L010', commitment: 3, other: null })).toEqual([]);
    expect([...fold(area).keys()]).toEqual([id(11), id(12)]);
  });

  it('watches every event type whose schema has a reference, and no ballot', () => {
    const watched = new Set(Object.keys(contentsView.on));
    // Told from the text of the schema, not by the walk that the view uses.
    for (const name of Object.keys(catalogue) as EventName[]) {
      const isReferring = JSON.stringify(catalogue[name].data).includes('"required":["id","commitment"]');
      const isLife = ['ContentReleased', 'ContentHidden', 'ContentErased'].includes(name);
      expect([name, watched.has(name)]).toEqual([name, isReferring || isLife]);
    }
    expect(watched.has('BallotCast')).toBe(false);
    expect(watched.has('OptionsListed')).toBe(true);
  });

  it('follows the life of a content, whatever the order of mention and release', () => {
    const released: NewEvent = {
      type: 'ContentReleased',
      data: { contentId: id(11), commitment: 'A'.repeat(43) },
    };
    const hidden: NewEvent = { type: 'ContentHidden', data: { contentId: id(11), reason: 'insult' } };
    const erased: NewEvent = { type: 'ContentErased', data: { contentId: id(11), basis: 'court' } };
    const commitment = 'A'.repeat(43);
    expect(fold(area).get(id(11))).toEqual({ state: 'mentioned', changed: 0 });
    expect(fold(area, released).get(id(11))).toEqual({ state: 'released', commitment, changed: 1 });
    expect(fold(released, area).get(id(11))).toEqual({ state: 'released', commitment, changed: 0 });
    expect(fold(released, hidden).get(id(11))).toEqual({
      state: 'hidden',
      commitment,
      because: 'insult',
      changed: 1,
    });
    expect(fold(released, hidden, released).get(id(11))).toEqual({
      state: 'released',
      commitment,
      changed: 2,
    });
    expect(fold(released, erased, released, hidden).get(id(11))).toEqual({
      state: 'erased',
      commitment,
      because: 'court',
      changed: 1,
    });
  });
});
