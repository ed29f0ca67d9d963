/** The requests of the throwaway server, and what it takes and tells of them. */
import { randomUUID } from 'node:crypto';

const DAY_MS = 86_400_000;
const KNOWN =
  /^(OPEN|CLOSED|FIXED|IN_PROGRESS|ACTION_SCHEDULED|INVESTIGATING|PLANNED|DUPLICATE|NOT_COUNCILS_RESPONSIBILITY|NO_FURTHER_ACTION|INTERNAL_REFERRAL|UNCHANGED)$/;
const CLOSING = /^(CLOSED|FIXED|DUPLICATE|NOT_COUNCILS_RESPONSIBILITY|NO_FURTHER_ACTION)$/;
const HTML = /<[a-z!/?]/i;
export const INSIDE = { lat: 43.5453, long: -5.6615 };

export const ATTRIBUTES = [
  { code: 'pole', datatype: 'string', required: true },
  { code: 'lamps', datatype: 'number', required: false },
  { code: 'since', datatype: 'datetime', required: false },
  { code: 'more', datatype: 'text', required: false },
  { code: 'colour', datatype: 'singlevaluelist', required: false, keys: ['red', 'blue'] },
  { code: 'hours', datatype: 'multivaluelist', required: false, keys: ['day', 'night'] },
].map((given, index) => ({
  variable: true,
  ...given,
  datatype_description: null,
  order: index + 1,
  description: `What of ${given.code}?`,
}));

interface Row {
  id: string;
  service: string;
  form: string;
  description: string;
  address: string | null;
  place: { lat: number; long: number } | null;
  photo: boolean;
  reporter: string | null;
  isPublic: boolean;
  isHidden: boolean;
  madeMs: number;
  changedMs: number;
  toldMs: number;
  isOpen: boolean;
  notes: { atMs: number; words: string; status: string; updateId: string }[];
}

/** What the server refuses with. */
export class Wrong extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** One parameter, several values with commas between them; nothing for an empty one. */
export type Get = (name: string) => string | undefined;
export type Form = URLSearchParams | FormData;

export class ThrowawayRequests {
  readonly #rows = new Map<string, Row>();
  readonly tokens = new Map<string, string>();
  readonly #updateIds = new Map<string, string>();
  /** Address of every photo. */
  photos = '';

  /** @param is whether the server believes this instead of the truth */
  constructor(private readonly is: (belief: string) => boolean) {}

  fill(): void {
    const made = (id: string, service: string, ageMs: number, more: Partial<Row> = {}) =>
      this.#rows.set(id, {
        ...this.#blank(id, service),
        ...{ madeMs: Date.now() - ageMs, isPublic: true },
        ...more,
      });
    for (let n = 0; n < 1_050; n++) made(`busy-${n}`, 'litter', n * 60_000, { isOpen: n % 2 === 0 });
    made('old-1', 'lights', 120 * DAY_MS);
    made('hidden-1', 'lights', 60_000, { isHidden: true });
  }

  #blank(id: string, service: string): Row {
    const now = Date.now();
    return {
      id,
      service,
      form: id,
      description: `Something ${id}`,
      address: null,
      place: INSIDE,
      photo: false,
      reporter: null,
      isPublic: false,
      isHidden: false,
      madeMs: now,
      changedMs: now,
      toldMs: now,
      isOpen: true,
      notes: [],
    };
  }

  row(id: string): Row {
    const row = this.#rows.get(id);
    if (row === undefined || (row.isHidden && !this.is('hidden is shown'))) {
      throw new Wrong(this.is('unknown is 400') ? 400 : 404, 'service_request_id: there is no such request');
    }
    return row;
  }

  note(row: Row, status: string, words: string, atMs: number, updateId: string): void {
    row.notes.push({ atMs, words, status, updateId });
    // Clients tell whole seconds.
    if (atMs < row.toldMs - (row.toldMs % 1_000) && !this.is('older overrides')) return;
    row.toldMs = atMs;
    row.changedMs = this.is('closing time is lost') ? row.madeMs - DAY_MS : atMs;
    row.isOpen = !CLOSING.test(status);
  }

  file(form: Form, get: Get) {
    const code = get('service_code');
    if (code === undefined) throw new Wrong(400, 'service_code missing');
    if (!['lights', 'poles', 'trees', 'litter'].includes(code)) {
      throw new Wrong(this.is('unknown service is 400') ? 400 : 404, 'service_code unknown');
    }
    const place = this.#place(get);
    if (this.is('every field is needed') && get('email') === undefined) throw new Wrong(400, 'email missing');
    const words = get('description') ?? '';
    this.#assertWords(words);
    if (code === 'poles') this.#assertAnswers(form);
    if (this.is('unknown attributes are refused') && form.has('attribute[uprn]'))
      throw new Wrong(400, 'attribute unknown');
    let photo = false;
    for (const [name, value] of form.entries()) {
      if (typeof value === 'string') continue;
      photo = true;
      if (value.type !== 'image/png' && !this.is('any file is a photo'))
        throw new Wrong(400, `${name} is no picture`);
    }
    const key = JSON.stringify(
      [...form.entries()].map(([name, value]) => [name, typeof value === 'string' ? value : value.size]),
    );
    const same = this.is('each form is new')
      ? undefined
      : [...this.#rows.values()].find((row) => row.form === key);
    const id = same?.id ?? (this.is('forms are one') ? 'always-this' : randomUUID());
    if (same === undefined) {
      const reporter = get('email') ?? null;
      const address = get('address_string') ?? null;
      this.#rows.set(id, {
        ...this.#blank(id, code),
        form: key,
        description: words,
        address,
        place,
        photo,
        reporter,
      });
    }
    if (code !== 'trees') return { service_request_id: id, service_notice: null, account_id: null };
    this.tokens.set(`t-${id}`, id);
    return { token: `t-${id}` };
  }

  #place(get: Get): Row['place'] {
    const [lat, long] = [get('lat'), get('long')];
    if (lat === undefined && long === undefined) {
      if (get('address_string')?.trim() || (get('address_id') && !this.is('address_id is no place')))
        return null;
      if (this.is('no place is needed')) return null;
      throw new Wrong(400, 'location missing: lat and long, address_string or address_id');
    }
    const number = (text: string | undefined, most: number) => {
      const isNumber = text !== undefined && /^-?\d{1,3}(\.\d+)?$/.test(text);
      if (!isNumber || Math.abs(Number(text)) > most) throw new Wrong(400, 'lat and long must be numbers');
      return Number(text);
    };
    const place = { lat: number(lat, 90), long: number(long, 180) };
    if (Math.abs(place.lat - INSIDE.lat) > 0.2 && !this.is('the world is the city'))
      throw new Wrong(400, 'outside the city');
    return place;
  }

  #assertWords(words: string): void {
    const size = this.is('bytes are counted') ? Buffer.byteLength(words) : Array.from(words).length;
    if (size > 4_000 && !this.is('words are endless')) throw new Wrong(400, 'description too long');
    if (HTML.test(words) && !this.is('html is taken')) throw new Wrong(400, 'description has HTML');
    if (words.includes('<') && this.is('no < at all')) throw new Wrong(400, 'description has HTML');
    if (/[\u0000-\u0008\uffff]/.test(words) && !this.is('any character is taken'))
      throw new Wrong(400, 'description has a control character');
  }

  #assertAnswers(form: Form): void {
    for (const { code, datatype, required, keys } of ATTRIBUTES as ((typeof ATTRIBUTES)[number] & {
      keys?: string[];
    })[]) {
      const named = this.is('brackets are needed') ? [] : form.getAll(`attribute[${code}]`);
      const given = [...named, ...form.getAll(`attribute[${code}][]`)]
        .map(String)
        .filter((value) => value !== '');
      if (required && given.length === 0 && !this.is('nothing is required'))
        throw new Wrong(400, `${code} missing`);
      if (datatype !== 'multivaluelist' && given.length > 1 && !this.is('one may be two'))
        throw new Wrong(400, `${code} has several values`);
      for (const value of given) {
        const isGood = {
          number: Number.isFinite(Number(value)),
          datetime: !Number.isNaN(Date.parse(value)),
          singlevaluelist: keys?.includes(value),
          multivaluelist: keys?.includes(value) === true || this.is('any value is in a list'),
        }[datatype];
        if (isGood === false && !this.is('any answer does')) throw new Wrong(400, `${code} wrong`);
      }
    }
  }

  list(which: string, get: Get): Row[] {
    if (which !== '') return [this.row(which)];
    const now = Date.now();
    const ids = get('service_request_id')?.split(',');
    const rows = [...this.#rows.values()];
    if (ids !== undefined && !this.is('filters go first')) {
      if (this.is('all ids must be known')) ids.forEach((id) => this.row(id));
      return rows.filter(
        ({ id, isHidden }) => ids.includes(id) && (!isHidden || this.is('hidden is listed')),
      );
    }
    const start = this.#date(get, 'start_date');
    const end = this.#date(get, 'end_date') ?? now;
    const from = start ?? end - (this.is('everything is recent') ? 400 : 90) * DAY_MS;
    if ((end - from > 90 * DAY_MS && start !== undefined && !this.is('spans are endless')) || from > end)
      throw new Wrong(400, 'start_date and end_date: at most 90 days');
    const choice = (name: string, known: string[]) => {
      const chosen = get(name)?.split(',');
      if (chosen?.some((one) => !known.includes(one)) && !this.is('any status is known'))
        throw new Wrong(400, `${name} unknown`);
      return chosen ?? known;
    };
    const status = choice('status', ['open', 'closed']);
    const services = this.is('service codes are ignored') ? undefined : get('service_code')?.split(',');
    const number = (name: string, byDefault: number) => {
      const text = get(name) ?? String(byDefault);
      if (!/^[1-9]\d*$/.test(text) && !this.is('any page is a page')) throw new Wrong(400, `${name} wrong`);
      return Number(text);
    };
    const size = Math.min(number('page_size', 1_000), this.is('no list ends') ? 5_000 : 1_000);
    const first = (this.is('pages are ignored') ? 0 : number('page', 1) - 1) * size;
    return rows
      .filter((row) => (row.isPublic || this.is('lists show all')) && !row.isHidden)
      .filter(
        ({ madeMs }) =>
          (madeMs >= from || this.is('a start is ignored')) &&
          madeMs <= (this.is('an end is ignored') ? Infinity : end),
      )
      .filter(({ isOpen }) => status.includes(isOpen ? 'open' : 'closed') || this.is('status is ignored'))
      .filter(
        ({ service }) =>
          services?.slice(0, this.is('one code counts') ? 1 : undefined).includes(service) ?? true,
      )
      .sort((a, b) => b.madeMs - a.madeMs)
      .slice(first, first + (this.is('no list ends') ? 5_000 : size));
  }

  #date(get: Get, name: string): number | undefined {
    const text = get(name);
    if (text === undefined) return undefined;
    const at = Date.parse(text);
    if (this.is('any date does')) return Number.isNaN(at) ? undefined : at;
    const day = /^(\d{4}-\d\d-(\d\d))T[\d:.]+(Z|[+-]\d\d:\d\d)$/.exec(text);
    const isDay = day !== null && new Date(`${day[1]}T00:00:00Z`).getUTCDate() === Number(day[2]);
    if (Number.isNaN(at) || !isDay) throw new Wrong(400, `${name} is no date`);
    return at;
  }

  shown(row: Row, isExtended: boolean) {
    const isTold = row.isPublic || this.is('all is told at once');
    const told = <T>(value: T): T | null => (isTold ? value : null);
    const last = row.notes.at(-1);
    const shown = {
      service_request_id: row.id,
      status: row.isOpen ? 'open' : 'closed',
      status_notes: last?.words ?? null,
      service_name: `About ${row.service}`,
      service_code: row.service,
      description: told(
        this.is('reporters are shown') && row.reporter !== null
          ? `${row.description} ${row.reporter}`
          : row.description,
      ),
      requested_datetime: new Date(row.madeMs).toISOString(),
      updated_datetime: new Date(row.changedMs).toISOString(),
      address: told(row.address),
      address_id: null,
      zipcode: null,
      lat: told(row.place?.lat ?? null),
      long: told(row.place?.long ?? null),
      media_url: row.photo && isTold ? this.photos : null,
    };
    if (!isExtended && !this.is('extensions always come')) return shown;
    if (this.is('extensions never come')) return shown;
    const notes = [{ datetime: shown.requested_datetime, description: null, type: 'submitted' }];
    for (const { atMs, words } of row.notes)
      notes.push({ datetime: new Date(atMs).toISOString(), description: words as never, type: 'update' });
    return { ...shown, extended_attributes: null, notes };
  }

  updates(get: Get) {
    const end = this.#date(get, 'end_date') ?? Date.now() + 60_000;
    const from = this.#date(get, 'start_date') ?? (this.is('no dates, no updates') ? end : end - DAY_MS);
    if (from > end && !this.is('time runs backwards')) throw new Wrong(400, 'start_date after end_date');
    return [...this.#rows.values()]
      .filter((row) => (row.isPublic && !row.isHidden) || this.is('updates tell all'))
      .flatMap((row) =>
        [
          ...row.notes,
          ...(this.is('updates tell all')
            ? [{ atMs: row.madeMs, words: 'x', status: 'OPEN', updateId: row.id }]
            : []),
        ]
          .filter(({ atMs }) => this.is('windows are ignored') || (atMs >= from && atMs <= end))
          .map(({ atMs, words, status, updateId }) => ({
            update_id: this.is('updates are renamed') ? randomUUID() : updateId,
            service_request_id: row.id,
            status,
            updated_datetime: new Date(atMs).toISOString(),
            description: this.is('updates tell who wrote')
              ? `${words} ${this.#updateIds.get(updateId) ?? ''}`
              : words,
          })),
      );
  }

  update(get: Get): string {
    const need = (name: string) => {
      const value = get(name);
      if (value === undefined && !this.is('updates need nothing')) throw new Wrong(400, `${name} missing`);
      return value ?? '';
    };
    const [id, given, status, words] = [
      need('service_request_id'),
      need('update_id'),
      need('status'),
      need('description'),
    ];
    const at = this.is('updates need nothing')
      ? Date.now()
      : (this.#date(get, need('updated_datetime') && 'updated_datetime') ?? 0);
    const row = this.#rows.get(id);
    if (row === undefined && this.is('any request is updated')) return 'u-none';
    if (row === undefined) throw new Wrong(404, 'service_request_id unknown');
    if (!KNOWN.test(status) && !this.is('any update does')) throw new Wrong(400, 'status unknown');
    if (this.is('few statuses are known') && status === 'PLANNED') throw new Wrong(400, 'status unknown');
    if (at > Date.now() + 60_000 && !this.is('any update does'))
      throw new Wrong(400, 'updated_datetime is to come');
    if (!this.is('any update does')) this.#assertWords(words);
    const updateId = this.is('updates are one') ? 'u-1' : `u-${given}`;
    if (this.#updateIds.has(updateId) && !this.is('updates come twice') && !this.is('updates are one'))
      throw new Wrong(400, 'update_id exists already');
    this.#updateIds.set(updateId, get('email') ?? '');
    this.note(row, status, words, at, updateId);
    return updateId;
  }
}
