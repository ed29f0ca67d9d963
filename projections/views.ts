/** Every view that the server keeps and an auditor can fold again. */
import { ballotsView } from './ballots.view.js';
import { electionsView } from './elections.view.js';
import { optionsView } from './options.view.js';
import type { Projection } from './projection.js';
import { rollView } from './roll.view.js';
import { turnoutView } from './turnout.view.js';

export const allViews = [electionsView, optionsView, rollView, ballotsView, turnoutView] as unknown as readonly Projection[];
