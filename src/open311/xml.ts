/**
 * XML of GeoReport v2 from what JSON answers: the Spark convention, backwards. Elements alone, with neither a namespace nor
 * an attribute, because clients that read with XML::Simple take both for other things. Pure.
 * @see https://wiki.open311.org/JSON_and_XML_Conversion/
 */

/** What stands in a list. */
const ITEMS: Readonly<Record<string, string>> = {
  services: 'service',
  attributes: 'attribute',
  values: 'value',
  service_requests: 'request',
  service_request_updates: 'request_update',
  errors: 'error',
  endpoints: 'endpoint',
  formats: 'format',
  notes: 'note',
};
/** What XML 1.0 has no way to write. @see https://www.w3.org/TR/xml/#charsets */
const NO_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  // As itself it would be read as a line feed.
  '\r': '&#13;',
};

export type Value =
  string | number | boolean | null | undefined | readonly Value[] | { readonly [name: string]: Value };

/** A document; what is `undefined` is left out, and `null` is an empty element. */
export function writeXml(root: string, value: Value): string {
  return `<?xml version="1.0" encoding="utf-8"?>\n${element(root, value)}\n`;
}

function element(name: string, value: Value): string {
  return value === undefined ? '' : `<${name}>${inside(name, value)}</${name}>`;
}

function inside(name: string, value: Exclude<Value, undefined>): string {
  if (value === null) return '';
  if (isList(value)) {
    const item = ITEMS[name];
    if (item === undefined) throw new Error(`There is no name for what is in <${name}>`);
    return value.map((one) => element(item, one)).join('');
  }
  if (typeof value === 'object') {
    return Object.entries(value)
      .map(([field, one]) => element(field, one))
      .join('');
  }
  return String(value)
    .replace(NO_XML, '\ufffd')
    .replace(/[&<>\r]/g, (sign) => ESCAPES[sign] ?? sign);
}

/** Whether a text can be written at all. */
export function isXmlText(text: string): boolean {
  return text.search(NO_XML) === -1;
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}
