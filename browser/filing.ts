/** On the form that files a matter: the phone's position, a map to mark the place on, what is near there already, and small photos. */
import type { PickData } from '../src/web/map-marks.js';
import { FormPlace } from './form-place.js';
import { showNear } from './near.js';
import { offerPick } from './pick-place.js';
import { offerPosition } from './position.js';
import { shrinkPhotos } from './small-photos.js';

const form = document.querySelector<HTMLFormElement>('form#filing');
if (form !== null) shrinkPhotos(form);
const place = form === null ? undefined : FormPlace.in(form);
if (form !== null && place !== undefined) {
  const position = form.querySelector<HTMLElement>('[data-position]');
  if (position !== null) offerPosition(position, place);
  const pick = form.querySelector<HTMLElement>('[data-pick]');
  if (pick?.dataset.pick !== undefined) offerPick(pick, JSON.parse(pick.dataset.pick) as PickData, place);
  const near = document.querySelector<HTMLElement>('[data-near]');
  if (near !== null) showNear(form, near);
}
