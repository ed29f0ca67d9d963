/** Puts the kinds of acts that the rooms registered into the description of the API: bodies, examples and refusals. */
import type { OpenAPIObject } from '@nestjs/swagger';
import { problemResponses } from '../rest/openapi.js';
import type { ActKind, ActKinds } from './act-kinds.js';

type Operation = NonNullable<NonNullable<OpenAPIObject['paths'][string]>['post']>;
type Schema = Record<string, unknown>;

/** @throws Error for a code that no table of problems has */
export function describeActs(document: OpenAPIObject, kinds: ActKinds): void {
  const all = kinds.all();
  const twice = all.filter(({ about }) => about.second !== undefined);
  const propose = document.paths['/api/v1/acts']?.post;
  const approve = document.paths['/api/v1/acts/{id}/approvals']?.post;
  if (propose === undefined || approve === undefined) throw new Error('The acts are not in the description');
  setBody(
    propose,
    { anyOf: all.map(proposalSchema) },
    all.map(({ kind, about }) => [kind, about.summary, { kind, body: about.example }]),
    true,
  );
  addProblems(
    propose,
    all.flatMap(({ about }) => about.problems.proposing),
  );
  setBody(
    approve,
    { anyOf: [object({}, []), ...twice.map(({ about }) => object({ body: about.second?.body }, ['body']))] },
    [
      ['as-it-is', 'Most kinds take nothing', {}],
      ...twice.map(({ kind, about }): Example => [
        kind,
        'Again, from the paper',
        { body: about.second?.example },
      ]),
    ],
    false,
  );
  addProblems(
    approve,
    all.flatMap(({ about }) => about.problems.approving ?? []),
  );
  propose.description = [
    'Kinds:',
    ...all.map(({ kind, about, roles }) => `- \`${kind}\`: ${about.summary}. Roles: ${roles.join(', ')}.`),
  ].join('\n');
  approve.description = [
    approve.description,
    'Carried out, an act can still be refused: then it is answered with state `refused`, and `outcome.rejected` is one of',
    ...all.map(
      ({ kind, about }) => `- ${kind}: ${about.problems.carryingOut.map((code) => `\`${code}\``).join(', ')}`,
    ),
  ].join('\n');
}

type Example = readonly [name: string, summary: string, value: object];

function setBody(
  operation: Operation,
  schema: Schema,
  examples: readonly Example[],
  required: boolean,
): void {
  operation.requestBody = {
    required,
    content: {
      'application/json': {
        schema,
        examples: Object.fromEntries(examples.map(([name, summary, value]) => [name, { summary, value }])),
      },
    },
  };
}

function proposalSchema({ kind, about }: ActKind): Schema {
  return { title: kind, ...object({ kind: { const: kind }, body: about.body }, ['kind', 'body']) };
}

function object(properties: Schema, required: readonly string[]): Schema {
  return { type: 'object', properties, required, additionalProperties: false };
}

/** Beside those that the controller documents already. */
function addProblems(operation: Operation, codes: readonly string[]): void {
  for (const { status, ...response } of problemResponses(codes)) {
    const known = operation.responses[status] as typeof response | undefined;
    if (known === undefined) {
      operation.responses[status] = response;
      continue;
    }
    const [type] = Object.keys(response.content);
    const examples = known.content[type as keyof typeof known.content].examples;
    for (const [code, example] of Object.entries(Object.values(response.content)[0]?.examples ?? {})) {
      if (Object.hasOwn(examples, code)) continue;
      examples[code] = example;
      known.description += `; \`${code}\`: ${example.summary}`;
    }
  }
}
