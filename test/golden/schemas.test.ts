/**
 * The JSON Schema of every event, published under `docs/events/` for whoever reads the log with other tools. They come from
 * the code; `npm run schemas` writes them. What an event may hold is checked here too: nothing that somebody typed.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { catalogue } from '../../projections/events/catalogue.js';
import { schemaFileName, schemaText } from '../../projections/events/json-schema.js';

const folder = new URL('../../docs/events/', import.meta.url);
const types = Object.values(catalogue);

type Schema = Record<string, unknown>;

/** Every sub-schema with the path to it. */
function* parts(node: unknown, path: string): Generator<{ path: string; schema: Schema }> {
  if (typeof node !== 'object' || node === null) return;
  if (!Array.isArray(node)) yield { path, schema: node as Schema };
  for (const [key, value] of Object.entries(node)) yield* parts(value, `${path}/${key}`);
}

if (process.env.WRITE_SCHEMAS === '1') {
  mkdirSync(folder, { recursive: true });
  for (const type of types) writeFileSync(new URL(schemaFileName(type), folder), schemaText(type));
}

describe('docs/events', () => {
  it.each(types.map((type) => [schemaFileName(type), type] as const))('%s is current', (file, type) => {
    const url = new URL(file, folder);
    const found = existsSync(url) ? readFileSync(url, 'utf8') : 'missing';
    if (found !== schemaText(type)) throw new Error(`docs/events/${file} is not current: run npm run schemas`);
  });

  it('holds nothing else but older versions of known types', () => {
    const known = types.flatMap(({ type, schema }) =>
      Array.from({ length: schema }, (_, i) => schemaFileName({ type, schema: i + 1 })),
    );
    expect(known).toEqual(expect.arrayContaining(readdirSync(folder)));
  });
});

describe('what an event may hold', () => {
  const all = types.flatMap(({ type, data }) => [...parts(data, type)]);

  it('has closed objects only, but for the ruleset, which its own rules check', () => {
    const objects = all.filter(({ schema }) => schema.type === 'object');
    expect(objects.length).toBeGreaterThan(types.length);
    const open = objects.filter(({ schema }) => schema.additionalProperties !== false);
    expect(open.map(({ path }) => path)).toEqual(['RulesetPublished/properties/ruleset']);
  });

  it('has no string without a form', () => {
    const strings = all.filter(({ schema }) => schema.type === 'string');
    expect(strings.length).toBeGreaterThan(100);
    const free = strings.filter(({ schema }) => !isFormed(schema));
    expect(free.map(({ path }) => path)).toEqual([]);
  });

  it('has no pattern that text with spaces fits, but for the word that a voter chose herself', () => {
    const loose = all.filter(
      ({ schema }) => typeof schema.pattern === 'string' && new RegExp(schema.pattern).test('Ana Perez 12'),
    );
    expect(loose.map(({ path }) => path.split('/').at(-1))).toEqual(['vn']);
  });

  it('has no part that allows anything, but for the ruleset', () => {
    const kinds = ['type', 'const', 'anyOf', 'enum', '$ref'];
    const anything = all.filter(({ path, schema }) => {
      const isMap = /\/(properties|patternProperties)$/.test(path);
      return !isMap && !kinds.some((kind) => kind in schema);
    });
    expect(anything.map(({ path }) => path.split('/properties/')[1]?.split('/')[0])).toEqual(['ruleset']);
  });
});

/** A literal, or a pattern that is anchored on both sides. */
function isFormed({ const: literal, pattern }: Schema): boolean {
  return literal !== undefined || (typeof pattern === 'string' && pattern.startsWith('^') && pattern.endsWith('$'));
}
