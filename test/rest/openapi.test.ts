/** The description of the API, read by a program: nothing is left out, and every example is what it is an example of. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Compile } from 'typebox/schema';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { fromBase64url } from '../../projections/bytes.js';
import { leafHash } from '../../projections/hash.js';
import { registeredProblems } from '../../src/rest/problems.js';
import { ActKinds } from '../../src/staff/act-kinds.js';
import { Site } from './site.js';

type Schema = Record<string, unknown>;
interface Media {
  schema?: Schema;
  example?: unknown;
  examples?: Record<string, { value: unknown }>;
}
interface Operation {
  operationId: string;
  summary?: string;
  description?: string;
  parameters?: { name: string; in: string; required?: boolean; schema?: Schema; example?: unknown }[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { description: string; content?: Record<string, Media> }>;
}
interface Document {
  openapi: string;
  info: { title: string; version: string; description: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

let site: Site;
let text: string;
let document: Document;
beforeAll(async () => {
  site = await Site.start();
  text = await (await site.fetch('/api/openapi.json')).text();
  document = JSON.parse(text) as Document;
});
afterAll(() => site.stop());

function operations(): [name: string, operation: Operation][] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
  );
}

/** What is wrong with a value, by a schema whose references lead into the document. */
function faults(schema: Schema, value: unknown): unknown[] {
  const [fits, errors] = Compile({ ...schema, components: document.components }).Errors(value);
  return fits ? [] : errors;
}

function examplesOf({ example, examples }: Media): unknown[] {
  return [
    ...(example === undefined ? [] : [example]),
    ...Object.values(examples ?? {}).map(({ value }) => value),
  ];
}

describe('the description of the API', () => {
  it('shows of every operation what it answers: a schema and an example that fits', () => {
    expect(operations().length).toBeGreaterThan(30);
    for (const [name, { responses, summary }] of operations()) {
      expect([name, summary]).toEqual([name, expect.any(String)]);
      const good = Object.entries(responses).filter(([status]) => status.startsWith('2'));
      expect([name, good.length]).not.toEqual([name, 0]);
      for (const [status, { content }] of good) {
        const media = Object.values(content ?? {});
        expect([name, status, media.length]).not.toEqual([name, status, 0]);
        for (const one of media) {
          expect([name, status, one.schema]).toEqual([name, status, expect.any(Object)]);
          const examples = examplesOf(one);
          expect([name, status, examples.length]).not.toEqual([name, status, 0]);
          for (const example of examples) {
            expect([name, status, faults(one.schema ?? {}, example)]).toEqual([name, status, []]);
          }
        }
      }
    }
  });

  it('shows of every body an example that fits, and that a misspelt one does not', () => {
    const bodies = operations().filter(([, { requestBody }]) => requestBody !== undefined);
    expect(bodies.length).toBeGreaterThan(10);
    for (const [name, { requestBody }] of bodies) {
      for (const media of Object.values(requestBody?.content ?? {})) {
        const examples = examplesOf(media).concat(media.schema?.example ?? []);
        expect([name, examples.length]).not.toEqual([name, 0]);
        for (const example of examples) {
          expect([name, faults(media.schema ?? {}, example)]).toEqual([name, []]);
        }
        if (name !== 'POST /api/v1/acts/{id}/approvals') {
          expect([name, faults(media.schema ?? {}, {})]).not.toEqual([name, []]);
        }
      }
    }
  });

  it('gives every field an example of its own kind', () => {
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      for (const [field, property] of Object.entries((schema.properties ?? {}) as Record<string, Schema>)) {
        if (property.example === undefined) continue;
        expect([name, field, faults(property, property.example)]).toEqual([name, field, []]);
      }
    }
  });

  it('names every problem that any table has', () => {
    // Pages, health, the tiles of the log, and files, forms and photos, which only pages take.
    const elsewhere = [
      'not-ready',
      'tile-unknown',
      'too-many-bundles',
      'file-empty',
      'file-too-large',
      'file-type-not-allowed',
      'file-type-mismatch',
      'form-malformed',
      'form-too-many-parts',
      'form-field-too-long',
      'form-too-slow',
      'photo-type-not-allowed',
      'photo-is-heic',
      'photo-too-many-pixels',
      'photos-too-many',
      // Open311 answers as its own specification says, with numbers and sentences.
      ...registeredProblems().filter((code) => code.startsWith('open311-')),
    ];
    const missing = registeredProblems().filter(
      (code) =>
        !text.includes(`"code":"${code}"`) && !text.includes(`\`${code}\``) && !anywhere().includes(code),
    );
    expect(missing.sort()).toEqual(elsewhere.sort());
  });

  function anywhere(): string[] {
    return document.info.description.match(/[a-z]+(-[a-z]+)+/g) ?? [];
  }

  it('says of every kind of act what it takes and why it is refused', () => {
    const propose = document.paths['/api/v1/acts']?.post;
    const approve = document.paths['/api/v1/acts/{id}/approvals']?.post;
    const all = site.running.app.get(ActKinds, { strict: false }).all();
    expect(all.map(({ kind }) => kind).sort()).toEqual([
      'annul-ballots',
      'annul-election',
      'certify',
      'close-early',
      'confirm-clock',
      'reconcile-missing',
      'record-batch',
      'reopen',
      'revoke',
    ]);
    const problems = (operation: Operation | undefined) =>
      Object.values(operation?.responses ?? {})
        .flatMap(({ content }) => Object.values(content ?? {}))
        .flatMap(({ examples }) => Object.keys(examples ?? {}));
    const registered = registeredProblems();
    for (const { kind, about } of all) {
      expect(Object.keys(propose?.requestBody?.content['application/json']?.examples ?? {})).toContain(kind);
      expect(problems(propose)).toEqual(expect.arrayContaining([...about.problems.proposing]));
      expect(problems(approve)).toEqual(expect.arrayContaining([...(about.problems.approving ?? [])]));
      for (const code of about.problems.carryingOut) {
        expect(registered).toContain(code);
        expect(approve?.description).toContain(`\`${code}\``);
      }
    }
    expect(problems(approve)).toContain('sheets-differ');
    expect(approve?.description).toContain('`claims-period`');
  });

  it('is well formed OpenAPI 3.1', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.info).toMatchObject({ title: 'Concejo', version: '1' });
    const ids = operations().map(([, { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [name, { parameters = [], responses }] of operations()) {
      const inPath = parameters.filter((parameter) => parameter.in === 'path');
      expect([name, ...inPath.map((parameter) => `{${parameter.name}}`)]).toEqual([
        name,
        ...(name.match(/\{\w+\}/g) ?? []),
      ]);
      for (const parameter of inPath) expect([name, parameter.required]).toEqual([name, true]);
      for (const { description } of Object.values(responses)) expect(typeof description).toBe('string');
    }
    // What 3.0 had and JSON Schema 2020-12 has not.
    expect(text).not.toMatch(/"nullable"|"exclusiveM(in|ax)imum":(true|false)/);
    const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, target]) => target ?? '');
    expect(references.length).toBeGreaterThan(10);
    for (const target of new Set(references)) {
      const [, name = ''] = /^#\/components\/schemas\/(\w+)$/.exec(target) ?? [];
      expect([target, Object.keys(document.components.schemas)]).toEqual([
        target,
        expect.arrayContaining([name]),
      ]);
    }
  });

  it('has an example of an event whose hash is that of its leaf', () => {
    const page =
      document.paths['/api/v1/events']?.get?.responses['200']?.content?.['application/json']?.example;
    const [item] = (page as { items: { leaf: string; hash: string }[] }).items;
    expect(fromBase64url(item?.hash ?? '')).toEqual(
      leafHash(nodeCrypto, fromBase64url(item?.leaf ?? '') ?? new Uint8Array()),
    );
  });

  it('has no address that fails on an id that is none', async () => {
    const parts = ['not-an-id', '0d9c4a1e-0f6a-5c1e-9a3e-5d2f1c7b8a9%27'];
    const written = operations().filter(([name]) => name.includes('{'));
    expect(written.length).toBeGreaterThan(40);
    for (const [name, { requestBody }] of written) {
      const [method = '', path = ''] = name.split(' ');
      const media = requestBody?.content['application/json'];
      for (const [index, part] of parts.entries()) {
        const body = media && examplesOf(media)[0];
        const { status } = await site.as('lin', method, path.replace(/\{[^}]+\}/g, part), {
          ...(body !== undefined && { body }),
          ...(method !== 'GET' && { id: `none-${index}-${name}`.replace(/[^a-z0-9-]/gi, '-').slice(0, 64) }),
        });
        expect([name, part, status, status < 500]).toEqual([name, part, status, true]);
      }
    }
  });
});
