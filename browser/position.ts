/** In the form that files a matter: asks the phone where it is, when somebody taps the button. Nothing is sent before the form is. */

const MICRO = 1_000_000;

for (const part of document.querySelectorAll<HTMLElement>('[data-position]')) offer(part);

function offer(part: HTMLElement): void {
  const button = part.querySelector('button');
  const status = part.querySelector<HTMLElement>('[role=status]');
  const [lat, long] = ['lat', 'long'].map((name) => part.querySelector<HTMLInputElement>(`[name=${name}]`));
  if (button === null || status === null || !lat || !long || !('geolocation' in navigator)) return;
  part.hidden = false;
  button.hidden = false;
  button.addEventListener('click', () => {
    button.disabled = true;
    const done = (words: string | undefined) => {
      button.disabled = false;
      status.textContent = words ?? '';
    };
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        lat.value = String(Math.round(coords.latitude * MICRO));
        long.value = String(Math.round(coords.longitude * MICRO));
        done(part.dataset.taken);
      },
      () => done(part.dataset.failed),
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 },
    );
  });
}
