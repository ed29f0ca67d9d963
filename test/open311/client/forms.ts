/** What a client sends: `application/x-www-form-urlencoded`, and `multipart/form-data` where photos come along. */

/** In the order in which they are sent; a name may come several times. */
export type Fields = readonly (readonly [name: string, value: string])[];

/** Answers to the questions of a service; several values of one question are a list. */
export type Answers = Readonly<Record<string, string | readonly string[]>>;

/**
 * `plain`: `attribute[code]=a&attribute[code]=b` as FixMyStreet sends them; `brackets`: `attribute[code][]=a`, as the
 * specification's example has them.
 */
export type Lists = 'plain' | 'brackets';

export interface Photo {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** Empty values are sent as they are: they mean the same as none. */
export function fieldsOf(values: Readonly<Record<string, string | number | undefined>>): Fields {
  return Object.entries(values).flatMap(([name, value]): Fields =>
    value === undefined ? [] : [[name, String(value)]],
  );
}

export function attributeFields(answers: Answers, lists: Lists = 'plain'): Fields {
  return Object.entries(answers).flatMap(([code, value]): Fields =>
    typeof value === 'string'
      ? [[`attribute[${code}]`, value]]
      : value.map((one) => [`attribute[${code}]${lists === 'plain' ? '' : '[]'}`, one] as const),
  );
}

/** Brackets are left as they are in names, as in the specification's example: browsers and scripts send both forms. */
export function urlencoded(fields: Fields): string {
  return fields
    .map(([name, value]) => `${encode(name).replace(/%5B/g, '[').replace(/%5D/g, ']')}=${encode(value)}`)
    .join('&');
}

export function multipart(fields: Fields, photos: readonly Photo[]): FormData {
  const form = new FormData();
  for (const [name, value] of fields) form.append(name, value);
  photos.forEach(({ name, type, bytes }, index) => {
    form.append(`photo${index + 1}`, new Blob([new Uint8Array(bytes)], { type }), name);
  });
  return form;
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/%20/g, '+');
}
