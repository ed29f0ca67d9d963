/** Security headers of every answer, and a policy under which pages have neither inline scripts nor inline styles. */
import helmet from '@fastify/helmet';
import { fastify } from 'fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

const POLICY = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  workerSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  fontSrc: ["'self'"],
  connectSrc: ["'self'"],
  manifestSrc: ["'self'"],
  formAction: ["'self'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
};

/** Pages of the API's description come from their own package, with styles inside. */
const DOCS = /^\/api\/docs(\/|$|\?)/;

/**
 * @param https whether people reach the program by https: then browsers are told to come by nothing else
 * @param pictures another origin that pages may have pictures from
 */
export async function addSecurityHeaders(
  app: NestFastifyApplication,
  https: boolean,
  pictures?: string,
): Promise<void> {
  const headers = await headersOfHelmet(https, pictures === undefined ? [] : [pictures]);
  const policy = headers['content-security-policy']?.replace(
    "style-src 'self'",
    "style-src 'self' 'unsafe-inline'",
  );
  const ofDocs = { ...headers, 'content-security-policy': policy };
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', (request, reply, done) => {
      void reply.headers(DOCS.test(request.url) ? ofDocs : headers);
      done();
    });
}

/** Helmet makes the same headers anew for each request, which is dear where many ballots come in: it is asked once. */
async function headersOfHelmet(https: boolean, pictures: readonly string[]): Promise<Record<string, string>> {
  const server = fastify();
  await server.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { ...POLICY, imgSrc: [...POLICY.imgSrc, ...pictures] },
    },
    strictTransportSecurity: https ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    // With `no-referrer` browsers send `Origin: null` with our own forms, and we could not tell them from foreign ones.
    referrerPolicy: { policy: 'same-origin' },
    crossOriginEmbedderPolicy: false,
  });
  server.get('/', (_request, reply) => reply.getHeaders());
  const answer = await server.inject('/');
  await server.close();
  return answer.json();
}
