/** Every view that the server keeps and an auditor can fold again. */
import { ballotsView } from './ballots.view.js';
import { categoriesView, matterStatesView } from './categories.view.js';
import { areasView, cityView, departmentsView, holidaysView } from './city.view.js';
import { contentsView } from './contents.view.js';
import { digestsView, occasionsView } from './digests.view.js';
import { electionsView } from './elections.view.js';
import { matterStepsView } from './matter-steps.view.js';
import { mattersView } from './matters.view.js';
import { newKeysView } from './new-keys.view.js';
import { optionsView } from './options.view.js';
import type { Projection } from './projection.js';
import { rollView } from './roll.view.js';
import { staffView } from './staff.view.js';
import { turnoutView } from './turnout.view.js';

/** Each folds rows of its own kind; the runner and the auditor never look into them. */
export const allViews = [
  cityView,
  areasView,
  departmentsView,
  holidaysView,
  contentsView,
  staffView,
  electionsView,
  optionsView,
  rollView,
  newKeysView,
  ballotsView,
  turnoutView,
  categoriesView,
  matterStatesView,
  mattersView,
  matterStepsView,
  occasionsView,
  digestsView,
] as unknown as readonly Projection[];
