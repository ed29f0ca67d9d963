/** The security headers of every answer: those of helmet, though it is asked only once. */
import { afterAll, describe, expect, it } from '@jest/globals';
import { Site } from './site.js';

const sites: Site[] = [];
afterAll(async () => {
  for (const site of sites) await site.stop();
});

const POLICY =
  "default-src 'none';script-src 'self';worker-src 'self';style-src 'self';img-src 'self' data:;font-src 'self';connect-src 'self';" +
  "manifest-src 'self';form-action 'self';base-uri 'none';frame-ancestors 'none'";

/** As @fastify/helmet 13.2 (helmet 8) answered each request itself. */
const EXPECTED = {
  'content-security-policy': POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'SAMEORIGIN',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
};
const HTTPS = { 'strict-transport-security': 'max-age=31536000' };

/** What other parts of the program say. */
const OTHERS =
  /^(connection|content-(length|type)|date|keep-alive|transfer-encoding|vary|etag|cache-control|location|accept-ranges|last-modified|set-cookie|x-request-id)$/;

async function headersOf(site: Site, path: string): Promise<Record<string, string>> {
  const response = await site.fetch(path, { headers: { accept: 'text/html' } });
  await response.arrayBuffer();
  return Object.fromEntries([...response.headers].filter(([name]) => !OTHERS.test(name)));
}

describe('every answer', () => {
  it.each([
    ['http', {}, EXPECTED],
    [
      'http with a map server of the city',
      { CONCEJO_MAP_TILES: 'https://tiles.example.org/{z}/{x}/{y}.png' },
      {
        ...EXPECTED,
        'content-security-policy': POLICY.replace('data:', 'data: https://tiles.example.org'),
      },
    ],
    ['https', { PUBLIC_URL: 'https://vota.example.org' }, { ...EXPECTED, ...HTTPS }],
  ])(
    'by %s has the same headers, and the pages of the API’s description their styles',
    async (_how, variables, expected) => {
      const site = await Site.start({}, variables);
      sites.push(site);
      for (const path of [
        '/',
        '/health/live',
        '/nothing',
        '/api/v1/elections',
        '/api/v1/events?after=x',
        '/api/docsx',
      ]) {
        expect([path, await headersOf(site, path)]).toEqual([path, expected]);
      }
      for (const path of ['/api/docs', '/api/docs/swagger-ui.css', '/api/docs/nothing']) {
        const policy = expected['content-security-policy'];
        const ofDocs = policy.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'");
        expect([path, await headersOf(site, path)]).toEqual([
          path,
          { ...expected, 'content-security-policy': ofDocs },
        ]);
      }
    },
  );
});
