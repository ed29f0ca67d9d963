/** The point in the form that files a matter: two hidden fields, and the words that say that there is one. */
import type { MapPoint } from '../src/web/map-part.js';

export class FormPlace {
  readonly #listeners: ((point: MapPoint) => void)[] = [];

  private constructor(
    private readonly lat: HTMLInputElement,
    private readonly long: HTMLInputElement,
    private readonly status: HTMLElement,
    /** Needed by nobody who has a point. */
    private readonly area: HTMLElement | undefined,
  ) {}

  static in(form: HTMLFormElement): FormPlace | undefined {
    const [lat, long] = ['lat', 'long'].map((name) =>
      form.querySelector<HTMLInputElement>(`input[name=${name}]`),
    );
    const status = form.querySelector<HTMLElement>('[data-place-status]');
    const area = form.querySelector<HTMLElement>('[name=area]')?.closest<HTMLElement>('.field');
    if (!lat || !long || status === null) return undefined;
    const place = new FormPlace(lat, long, status, area ?? undefined);
    if (place.point !== undefined && area) area.hidden = true;
    return place;
  }

  get point(): MapPoint | undefined {
    const [lat, long] = [this.lat.value, this.long.value];
    return lat === '' || long === '' ? undefined : { lat: Number(lat), long: Number(long) };
  }

  set(point: MapPoint, words: string | undefined): void {
    this.lat.value = String(point.lat);
    this.long.value = String(point.long);
    if (this.area !== undefined) this.area.hidden = true;
    this.say(words);
    for (const listener of this.#listeners) listener(point);
    this.lat.dispatchEvent(new Event('input', { bubbles: true }));
  }

  say(words: string | undefined): void {
    this.status.textContent = words ?? '';
  }

  onSet(listener: (point: MapPoint) => void): void {
    this.#listeners.push(listener);
  }
}
