/** The description of the API (OpenAPI 3.1) at /api/openapi.json, and pages to read it at /api/docs. */
import { applyDecorators, type INestApplication, type Type } from '@nestjs/common';
import {
  ApiBody,
  ApiExtraModels,
  ApiHeader,
  ApiResponse,
  DocumentBuilder,
  getSchemaPath,
  SwaggerModule,
  type OpenAPIObject,
} from '@nestjs/swagger';
import type { TSchema } from 'typebox';
import { Problem, PROBLEM_TYPE, ProblemBody } from './problem.js';
import { isRegistered } from './problems.js';

/** What has nothing to do with the address that was meant. */
const ANYWHERE = ['bad-request', 'not-found', 'method-not-allowed', 'as-of-not-offered', 'shutting-down'];
/** What every address may answer. */
const EVERYWHERE = ['internal', 'engine-unavailable'];

/**
 * Says which problems a handler (or every handler of a controller) may answer, each with an example.
 * @throws Error at load for a code that no table has: a misspelt one would be documented and never answered
 */
export function ApiProblems(...codes: readonly string[]): ClassDecorator & MethodDecorator {
  return applyDecorators(
    ApiExtraModels(ProblemBody),
    ...problemResponses([...codes, ...EVERYWHERE]).map((response) => ApiResponse(response)),
  );
}

/** Of each status, the codes with an example each. @throws Error for a code that no table has */
export function problemResponses(codes: readonly string[]) {
  const byStatus = new Map<number, Problem[]>();
  for (const code of new Set(codes)) {
    if (!isRegistered(code)) throw new Error(`No table of problems has ${code}`);
    const problem = new Problem(code);
    byStatus.set(problem.status, [...(byStatus.get(problem.status) ?? []), problem]);
  }
  return [...byStatus].map(([status, problems]) => {
    const bodies = problems.map((problem) => problem.body());
    return {
      status,
      description: bodies.map(({ code, title }) => `\`${code}\`: ${title}`).join('; '),
      content: {
        [PROBLEM_TYPE]: {
          schema: { $ref: getSchemaPath(ProblemBody) },
          examples: Object.fromEntries(
            bodies.map((body) => [body.code, { summary: body.title, value: body }]),
          ),
        },
      },
    };
  });
}

/** What whoever must be signed in may be answered. */
export const SIGNED_IN = ['sign-in-needed', 'key-unknown', 'too-many-attempts', 'cross-site', 'role-missing'];

/** What every write may be answered. */
export const WRITE = [
  'idempotency-key-required',
  'command-id-reused',
  'invalid-input',
  'malformed-json',
  'body-too-large',
  'media-type-unsupported',
  'overloaded',
];

/** What every write of staff may be answered. */
export const STAFF_WRITE = [...SIGNED_IN, ...WRITE];

/** What an answer looks like: a JSON Schema (TypeBox) or a class of documented properties, and one whole example. */
export interface AnswerShape {
  readonly schema: TSchema | Type;
  readonly example: object;
}

/** Says what a handler answers when it does what was asked. */
export function ApiAnswer(
  { schema, example }: AnswerShape,
  { status = 200, description = '' }: { status?: number; description?: string } = {},
): MethodDecorator {
  const isClass = typeof schema === 'function';
  // TypeBox makes JSON Schema 2020-12, which OpenAPI 3.1 takes as it is.
  const described = isClass ? { $ref: getSchemaPath(schema) } : schema;
  return applyDecorators(
    ...(isClass ? [ApiExtraModels(schema)] : []),
    ApiResponse({ status, description, content: { 'application/json': { schema: described, example } } }),
  );
}

/** Shows one whole body that a handler takes, which is of a class or of a JSON Schema. */
export function ApiExample(shape: Type | TSchema, example: object): MethodDecorator {
  const examples = { example: { value: example } };
  return typeof shape === 'function'
    ? ApiBody({ type: shape, examples })
    : ApiBody({ schema: shape, examples });
}

/** Says that a write needs an `Idempotency-Key`. */
export function ApiIdempotencyKey(): MethodDecorator {
  return ApiHeader({
    name: 'Idempotency-Key',
    required: true,
    description: 'A UUID, or 16 to 128 of A-Z a-z 0-9 - _. The same key with the same request is done once.',
    example: '0190f3a2-6d1e-7c44-9f0b-2c9f6b1f1a55',
  });
}

/** Describes all controllers under /api and /log. @param complete adds what only the running application knows */
export function describeApi(
  app: INestApplication,
  complete: (document: OpenAPIObject) => void,
): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Concejo')
    .setDescription(
      'Decisions and votes of a city. Positions of the log and other whole numbers that may pass 2^53 are decimal strings; ' +
        'money is in cents. Every refusal is application/problem+json with a stable code. Reads carry an ETag. Where a write ' +
        'answers a position, a read with ?atLeast= that position shows it. Any address may refuse with one of: ' +
        `${ANYWHERE.join(', ')}.`,
    )
    .setVersion('1')
    .setLicense('EUPL-1.2', 'https://eupl.eu/1.2/en/')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'A staff member’s key' }, 'key')
    .addCookieAuth('concejo_session', { type: 'apiKey', in: 'cookie' }, 'session')
    .build();
  const document = SwaggerModule.createDocument(app, config);
  // Pages are for people.
  document.paths = Object.fromEntries(
    Object.entries(document.paths).filter(([path]) => /^\/(api|log)\//.test(path)),
  );
  complete(document);
  return document;
}

/** Serves the description; call it after all modules are there and before the application listens. */
export function serveApiDescription(
  app: INestApplication,
  complete: (document: OpenAPIObject) => void,
): void {
  let document: OpenAPIObject | undefined;
  SwaggerModule.setup('api/docs', app, () => (document ??= describeApi(app, complete)), {
    jsonDocumentUrl: 'api/openapi.json',
    raw: ['json'],
    customSiteTitle: 'Concejo: API',
  });
}
