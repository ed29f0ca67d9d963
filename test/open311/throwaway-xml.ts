/** XML of the throwaway server: Spark, backwards. */

export interface XmlNames {
  readonly root: string;
  /** Of a list: the name of one. */
  readonly item?: string;
}

const ITEMS: Readonly<Record<string, string>> = {
  endpoints: 'endpoint',
  formats: 'format',
  attributes: 'attribute',
  values: 'value',
  notes: 'note',
};

export function writeXml(data: unknown, { root, item }: XmlNames): string {
  return `<?xml version="1.0" encoding="utf-8"?>\n${element(root, data, item)}`;
}

function element(name: string, value: unknown, item = ITEMS[name] ?? 'item'): string {
  return `<${name}>${inside(value, item)}</${name}>`;
}

function inside(value: unknown, item: string): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map((one) => element(item, one)).join('');
  if (typeof value === 'object') {
    return Object.entries(value)
      .map(([name, one]) => element(name, one))
      .join('');
  }
  return (typeof value === 'string' ? value : JSON.stringify(value))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;');
}
