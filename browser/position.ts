/** In the form that files a matter: asks the phone where it is, when somebody taps the button. Nothing is sent before the form is. */
import type { FormPlace } from './form-place.js';

const MICRO = 1_000_000;

export function offerPosition(part: HTMLElement, place: FormPlace): void {
  const button = part.querySelector('button');
  if (button === null || !('geolocation' in navigator)) return;
  part.hidden = false;
  button.hidden = false;
  button.addEventListener('click', () => {
    button.disabled = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        button.disabled = false;
        const lat = Math.round(coords.latitude * MICRO);
        place.set({ lat, long: Math.round(coords.longitude * MICRO) }, part.dataset.taken);
      },
      () => {
        button.disabled = false;
        place.say(part.dataset.failed);
      },
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 },
    );
  });
}
