/** Which words of a request are the city's. */
import { expect, it } from '@jest/globals';
import { matterStepsView } from '../../projections/matter-steps.view.js';
import { mattersView } from '../../projections/matters.view.js';
import { requestJson } from '../../src/open311/open311.js';
import { answered, filed, folded, LAMP, refOf, released } from '../complaints/matter-events.js';

it.each([
  ['reporter', 'answer'],
  ['questionnaire', 'answer'],
  ['staff', 'again'],
] as const)('opened again by %s, a request has the words of the %s as its notes', (by, notes) => {
  const said = [
    filed,
    released,
    answered({ words: refOf('answer') }),
    ['MatterReopened', { matterId: LAMP, by, words: refOf('again') }],
  ] as const satisfies Parameters<typeof folded>[1][];
  const row = folded(mattersView, ...said).get(LAMP)!;
  const steps = [...folded(matterStepsView, ...said)].map(([key, step]) => ({ key, row: step }));
  const names = new Map(['answer', 'again'].map((name) => [refOf(name).id, name]));
  const request = {
    matterId: LAMP,
    row,
    category: undefined,
    department: undefined,
    place: undefined,
    photo: undefined,
    steps,
  };
  expect(requestJson(request, (ref) => ref && names.get(ref.id), false).status_notes).toBe(notes);
});
