/** Answers checked against the schemas beside this file: JSON Schema for JSON, XSD for XML. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Compile } from 'typebox/schema';
import { validateXML } from 'xmllint-wasm';

export type Answer =
  | 'discovery'
  | 'services'
  | 'service-definition'
  | 'filed'
  | 'token'
  | 'requests'
  | 'requests-extended'
  | 'updates'
  | 'update-filed'
  | 'errors';

const FOLDER = join('test', 'open311', 'schemas');
const read = (name: string) => readFileSync(join(FOLDER, name), 'utf8');

/** What was found wrong with which document: a checker starts anew for each, and the same refusal comes again and again. */
const known = new Map<string, string>();
const MAX_KNOWN = 2_000;

/** What is wrong with it; empty: nothing. */
export function wrongInJson(answer: Answer, data: unknown): string {
  const [fits, errors] = Compile(JSON.parse(read(`${answer}.schema.json`)) as object).Errors(data);
  return fits
    ? ''
    : errors.map(({ instancePath, message }) => `${instancePath || '/'} ${message}`).join('; ');
}

/** What is wrong with it; empty: nothing. */
export async function wrongInXml(answer: Answer, text: string): Promise<string> {
  const key = `${answer} ${text}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const file = (fileName: string) => ({ fileName, contents: read(fileName) });
  const { valid, errors } = await validateXML({
    xml: { fileName: 'answer.xml', contents: text },
    schema: file(`${answer}.xsd`),
    preload: file('types.xsd'),
  });
  const wrong = valid ? '' : errors.map(({ message }) => message).join('; ') || 'not valid';
  if (known.size < MAX_KNOWN) known.set(key, wrong);
  return wrong;
}
