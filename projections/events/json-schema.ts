/** Events as JSON Schema (2020-12), for whoever reads the log with other tools: what `docs/events/` and bundles hold. */

interface EventSchema {
  readonly type: string;
  readonly schema: number;
  readonly data: unknown;
}

export function schemaFileName({ type, schema }: Pick<EventSchema, 'type' | 'schema'>): string {
  return `${type}.v${schema}.schema.json`;
}

export function schemaText({ type, schema, data }: EventSchema): string {
  const head = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: `${type}, version ${schema}`,
  };
  return `${JSON.stringify({ ...head, ...(inDraft2020(data) as Record<string, unknown>) }, undefined, 2)}\n`;
}

/** TypeBox writes a tuple as `items: [...]`, which 2020-12 calls `prefixItems`. */
function inDraft2020(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(inDraft2020);
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, inDraft2020(value)]));
  if (!Array.isArray(copy.items)) return copy;
  const { items, additionalItems: _closed, ...others } = copy;
  return { ...others, prefixItems: items, items: false };
}
