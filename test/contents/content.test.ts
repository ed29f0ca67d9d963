import { describe, expect, it } from '@jest/globals';
import type { LogEvent, NewEvent } from '../../projections/event.js';
import { decide, evolve, type ContentCommand, type ContentState } from '../../src/contents/content.js';

const contentId = '6e5a0a2e-5f5e-4b7e-9f0e-2f1d6b1c0a11';
const commitment = 'A'.repeat(43);
const released: NewEvent = { type: 'ContentReleased', data: { contentId, commitment } };
const hidden: NewEvent = { type: 'ContentHidden', data: { contentId, reason: 'insult' } };
const erased: NewEvent = { type: 'ContentErased', data: { contentId, basis: 'gdpr-17' } };
const release: ContentCommand = { do: 'release', evenHidden: false };
const releaseAgain: ContentCommand = { do: 'release', evenHidden: true };
const showAgain: ContentCommand = { do: 'show-again' };
const hide: ContentCommand = { do: 'hide', reason: 'insult' };
const erase: ContentCommand = { do: 'erase', basis: 'gdpr-17' };

function given(events: readonly NewEvent[], kept = true) {
  const state = events.reduce<ContentState>((s, event) => evolve(s, event as LogEvent), 'unreleased');
  return {
    when: (command: ContentCommand) =>
      decide(state, command, { contentId, commitment: kept ? commitment : undefined }),
  };
}

describe('the public life of a content', () => {
  it.each<[string, NewEvent[], ContentCommand, NewEvent[] | string]>([
    ['is released', [], release, [released]],
    ['is released once', [released], release, 'content-already-released'],
    ['is hidden when it was shown', [released], hide, [hidden]],
    ['is not hidden before it was shown', [], hide, 'content-not-released'],
    ['is not hidden twice', [released, hidden], hide, 'content-not-released'],
    ['stays hidden when its room shows its words', [released, hidden], release, 'content-hidden'],
    ['is shown again when its room says so', [released, hidden], releaseAgain, [released]],
    ['is shown again when staff says so', [released, hidden], showAgain, [released]],
    ['is never shown first by staff', [], showAgain, 'content-never-shown'],
    ['is not shown again while it is shown', [released], showAgain, 'content-already-released'],
    ['is erased before anybody saw it', [], erase, [erased]],
    ['is erased when shown', [released], erase, [erased]],
    ['is erased when hidden', [released, hidden], erase, [erased]],
    ['is erased once', [erased], erase, 'content-erased'],
    ['is never shown after its erasure', [released, erased], releaseAgain, 'content-erased'],
    ['is never hidden after its erasure', [released, erased], hide, 'content-erased'],
  ])('%s', (_, events, command, expected) => {
    const then = given(events).when(command);
    expect(then).toEqual(typeof expected === 'string' ? { rejected: expected } : expected);
  });

  it('needs bytes to be shown, and may be erased without them once it was shown', () => {
    expect(given([], false).when(release)).toEqual({ rejected: 'content-unknown' });
    expect(given([], false).when(erase)).toEqual({ rejected: 'content-unknown' });
    expect(given([released], false).when(erase)).toEqual([erased]);
  });
});
