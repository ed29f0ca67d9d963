/** The point in the form that files a matter: two hidden fields, and the words that say that there is one. */
import type { MapPoint } from '../src/web/map-part.js';

export class FormPlace {
  readonly #listeners: ((point: MapPoint | undefined) => void)[] = [];

  private constructor(
    private readonly lat: HTMLInputElement,
    private readonly long: HTMLInputElement,
    private readonly status: HTMLElement,
    /** Needed by nobody who has a point. */
    private readonly area: HTMLElement | undefined,
    /** To do without a point again. */
    private readonly remove: HTMLElement | undefined,
  ) {}

  static in(form: HTMLFormElement): FormPlace | undefined {
    const [lat, long] = ['lat', 'long'].map((name) =>
      form.querySelector<HTMLInputElement>(`input[name=${name}]`),
    );
    const status = form.querySelector<HTMLElement>('[data-place-status]');
    const area = form.querySelector<HTMLElement>('[name=area]')?.closest<HTMLElement>('.field');
    if (!lat || !long || status === null) return undefined;
    const remove = form.querySelector<HTMLElement>('[data-place-clear]');
    const place = new FormPlace(lat, long, status, area ?? undefined, remove ?? undefined);
    remove?.addEventListener('click', () => place.clear());
    place.#showWhatIsNeeded();
    return place;
  }

  get point(): MapPoint | undefined {
    const [lat, long] = [this.lat.value, this.long.value];
    return lat === '' || long === '' ? undefined : { lat: Number(lat), long: Number(long) };
  }

  set(point: MapPoint, words: string | undefined): void {
    this.#change(String(point.lat), String(point.long), words);
  }

  clear(): void {
    this.#change('', '', undefined);
  }

  say(words: string | undefined): void {
    this.status.textContent = words ?? '';
  }

  onChange(listener: (point: MapPoint | undefined) => void): void {
    this.#listeners.push(listener);
  }

  #change(lat: string, long: string, words: string | undefined): void {
    this.lat.value = lat;
    this.long.value = long;
    this.#showWhatIsNeeded();
    this.say(words);
    for (const listener of this.#listeners) listener(this.point);
    this.lat.dispatchEvent(new Event('input', { bubbles: true }));
  }

  #showWhatIsNeeded(): void {
    const hasPoint = this.point !== undefined;
    if (this.area !== undefined) this.area.hidden = hasPoint;
    if (this.remove?.parentElement) this.remove.parentElement.hidden = !hasPoint;
  }
}
