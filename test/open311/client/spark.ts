/**
 * XML read as the JSON that the Spark convention makes of it: an element that holds a list becomes a list also when it has
 * one child or none, and the root of a list goes. What is a list, a number or true and false comes from the specification.
 * @see https://wiki.open311.org/JSON_and_XML_Conversion/
 */
import { XMLParser } from 'fast-xml-parser';

const LISTS = new Set([
  'services',
  'attributes',
  'values',
  'service_requests',
  'service_request_updates',
  'errors',
  'endpoints',
  'formats',
  'notes',
]);
const BOOLEANS = new Set(['metadata', 'required', 'variable']);
const NUMBERS = new Set(['order', 'lat', 'long']);
/** Spark reads `code` as the number that it is in an error, and as the name that it is in an attribute. */
const CODE_OF_ERROR = 'error';
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** An element as the parser tells it: its name with what is in it, attributes under `:@`. */
type Node = Record<string, unknown>;

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  parseTagValue: false,
  trimValues: false,
  ignoreDeclaration: true,
  processEntities: false,
});

/** Whether it is XML at all is for its schema to say. @throws Error for a namespace or an attribute, which some clients cannot read */
export function readSpark(xml: string): unknown {
  const roots = (parser.parse(xml) as Node[]).filter((node) => nameOf(node) !== '#text');
  const [root] = roots;
  if (root === undefined || roots.length > 1) throw new Error('XML has one root');
  return valueOf(root, '');
}

function valueOf(node: Node, parent: string): unknown {
  const name = nameOf(node);
  if (node[':@'] !== undefined) throw new Error(`<${name}> has attributes`);
  if (name.includes(':')) throw new Error(`<${name}> has a namespace`);
  const inside = node[name] as Node[];
  const children = inside.filter((child) => nameOf(child) !== '#text');
  if (LISTS.has(name)) return children.map((child) => valueOf(child, name));
  if (children.length === 0) return textOf(inside, name, parent);
  const fields: Record<string, unknown> = {};
  for (const child of children) {
    const field = nameOf(child);
    if (field in fields) throw new Error(`<${name}> has <${field}> twice`);
    fields[field] = valueOf(child, name);
  }
  return fields;
}

function textOf(inside: readonly Node[], name: string, parent: string): unknown {
  const text = decode(inside.map((child) => String(child['#text'])).join(''));
  if (text === '') return null;
  if (BOOLEANS.has(name)) return { true: true, false: false }[text] ?? text;
  if (NUMBERS.has(name) || (name === 'code' && parent === CODE_OF_ERROR)) return Number(text);
  return text;
}

function decode(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi,
    (whole, hex?: string, decimal?: string, name = '') => {
      if (hex !== undefined) return String.fromCodePoint(parseInt(hex, 16));
      if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
      const known = ENTITIES[String(name)];
      if (known === undefined) throw new Error(`${whole} is no entity of XML`);
      return known;
    },
  );
}

function nameOf(node: Node): string {
  return Object.keys(node).find((key) => key !== ':@') ?? '';
}
