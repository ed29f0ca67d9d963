/** What every address has in common, over real HTTP. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Body, Controller, Get, Header, Module, Post, Query, Req } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsInt, ValidateNested } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import type { Pool } from 'pg';
import { EngineUnavailable, Overloaded, type EventStore } from '../../src/event-store/event-store.js';
import { EVENT_STORE, POOL } from '../../src/platform.module.js';
import { Tagged } from '../../src/rest/conditional.js';
import { BALLOT_TYPE } from '../../src/rest/media-types.js';
import { listPage, PageQuery } from '../../src/rest/paging.js';
import { accepted } from '../../src/rest/problem.js';
import { CurrentRequest, type RequestBy } from '../../src/staff/current-actor.js';
import { problem, Site } from './site.js';

class Area {
  @IsInt()
  budget: number;
}
class Input {
  @ValidateNested({ each: true })
  @Type(() => Area)
  areas: Area[];
}

let made = 0;

@Controller('api/v1/probe')
class Probe {
  @Get('tagged')
  tagged() {
    return new Tagged('probe@1.7.2', () => {
      made++;
      return { made };
    });
  }
  @Get('list')
  list(@Query() { cursor, limit }: PageQuery, @Req() request: FastifyRequest) {
    return listPage([cursor ?? 'first', limit], cursor === undefined ? 'c2Vjb25k' : undefined, request.url);
  }
  @Post('input')
  input(@Body() body: Input) {
    return { areas: body.areas.length, isArea: body.areas[0] instanceof Area };
  }
  @Post('by')
  by(@CurrentRequest() { commandId, actor }: RequestBy) {
    return { commandId, actor: actor.id };
  }
  @Post('ballot')
  @Header('content-type', 'text/plain')
  ballot(@Body() body: unknown) {
    return Buffer.isBuffer(body) ? body.toString('hex') : 'not bytes';
  }
  @Get('slow')
  async slow() {
    await new Promise((resolve) => setTimeout(resolve, 400));
    return { slow: true };
  }
  @Get('refused')
  refused() {
    return accepted({ rejected: 'some-new-rule', field: 'budget', detail: { most: 5 } });
  }
  @Get('overloaded')
  overloaded() {
    throw new Overloaded();
  }
  @Get('away')
  away() {
    throw new EngineUnavailable(new Error('secret-host:5432'));
  }
  @Get('bug')
  bug() {
    throw new TypeError('secret of /home/somebody');
  }
}

@Module({ controllers: [Probe] })
class ProbeModule {}

let site: Site;
beforeAll(async () => (site = await Site.start({ modules: [ProbeModule] })));
afterAll(() => site.stop());

function post(path: string, body: RequestInit['body'], type = 'application/json') {
  return site.fetch(path, { method: 'POST', body: body ?? null, headers: { 'content-type': type } });
}

describe('problems', () => {
  it('say what is wrong, field by field', async () => {
    const response = await post(
      '/api/v1/probe/input',
      JSON.stringify({ areas: [{ budget: 1 }, { budget: 'x' }], typo: 1 }),
    );
    expect(await problem(response)).toMatchObject({
      status: 422,
      code: 'invalid-input',
      errors: expect.arrayContaining([
        expect.objectContaining({ field: 'areas.1.budget', code: 'is-int' }),
        expect.objectContaining({ field: 'typo', code: 'whitelist-validation' }),
      ]) as unknown,
    });
    const good = await post('/api/v1/probe/input', JSON.stringify({ areas: [{ budget: 1 }] }));
    expect([good.status, await good.json()]).toEqual([201, { areas: 1, isArea: true }]);
  });

  it.each([
    ['malformed JSON', () => post('/api/v1/probe/input', '{"areas": '), 400, 'malformed-json'],
    ['an empty body', () => post('/api/v1/probe/input', ''), 400, 'malformed-json'],
    [
      'a poisoned prototype',
      () => post('/api/v1/probe/input', '{"__proto__": {"x": 1}}'),
      400,
      'malformed-json',
    ],
    [
      'a body beyond a megabyte',
      () => post('/api/v1/probe/input', `"${'x'.repeat(1_048_576)}"`),
      413,
      'body-too-large',
    ],
    [
      'a ballot beyond its limit',
      () => post('/api/v1/probe/ballot', 'x'.repeat(65_537), BALLOT_TYPE),
      413,
      'body-too-large',
    ],
    [
      'a strange media type',
      () => post('/api/v1/probe/input', '<x/>', 'text/xml'),
      415,
      'media-type-unsupported',
    ],
    ['an unknown address', () => site.fetch('/api/v1/nothing?name=secret'), 404, 'not-found'],
    ['a malformed address', () => site.fetch('/api/v1/%zz'), 400, 'bad-request'],
    [
      'another method',
      () => site.fetch('/api/v1/probe/tagged', { method: 'PUT' }),
      405,
      'method-not-allowed',
    ],
    ['a domain rule', () => site.fetch('/api/v1/probe/refused'), 422, 'some-new-rule'],
    ['a full queue', () => site.fetch('/api/v1/probe/overloaded'), 503, 'overloaded'],
    ['a store that is away', () => site.fetch('/api/v1/probe/away'), 503, 'engine-unavailable'],
  ])('%s', async (_what, ask, status, code) => {
    const response = await ask();
    expect(await problem(response)).toMatchObject({ status, code });
  });

  it('name the allowed methods, the time to wait, and what a rejection says', async () => {
    expect((await site.fetch('/api/v1/probe/tagged', { method: 'PUT' })).headers.get('allow')).toBe(
      'GET, HEAD',
    );
    expect((await site.fetch('/api/v1/probe/overloaded')).headers.get('retry-after')).toBe('1');
    expect(await problem(await site.fetch('/api/v1/probe/refused'))).toMatchObject({
      field: 'budget',
      parameters: { most: 5 },
    });
  });

  it('leak nothing of a bug but a number', async () => {
    const response = await site.fetch('/api/v1/probe/bug');
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(JSON.parse(text)).toMatchObject({
      code: 'internal',
      instance: expect.stringMatching(/^urn:uuid:/) as unknown,
    });
    expect(text).not.toMatch(/secret|somebody|TypeError/);
    expect(await (await site.fetch('/api/v1/probe/away')).text()).not.toContain('secret-host');
  });
});

describe('reads', () => {
  it('answer 304 to whoever has the same, without making the body', async () => {
    const first = await site.fetch('/api/v1/probe/tagged');
    const tag = first.headers.get('etag');
    expect([first.status, tag, first.headers.get('cache-control')]).toEqual([
      200,
      'W/"probe@1.7.2"',
      'no-cache',
    ]);
    const before = made;
    for (const given of [tag!, '"probe@1.7.2"', `"other", ${tag}`, '*']) {
      const again = await site.fetch('/api/v1/probe/tagged', { headers: { 'if-none-match': given } });
      expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', tag]);
    }
    expect(made).toBe(before);
    const other = await site.fetch('/api/v1/probe/tagged', { headers: { 'if-none-match': '"probe@1.7.1"' } });
    expect(other.status).toBe(200);
    expect(made).toBe(before + 1);
  });

  it('go from page to page by a link that keeps the query', async () => {
    const first = (await (await site.fetch('/api/v1/probe/list?limit=7')).json()) as {
      next: string;
      links: { next: string };
    };
    expect(first).toEqual({
      items: ['first', 7],
      next: 'c2Vjb25k',
      links: { next: '/api/v1/probe/list?limit=7&cursor=c2Vjb25k' },
    });
    const second: unknown = await (await site.fetch(first.links.next)).json();
    expect(second).toEqual({ items: ['c2Vjb25k', 7], links: {} });
    for (const query of ['limit=0', 'limit=201', 'limit=x', 'limit=1.5', 'cursor=!']) {
      expect(await problem(await site.fetch(`/api/v1/probe/list?${query}`))).toMatchObject({
        code: 'invalid-input',
      });
    }
  });

  it('wait until they are as fresh as was asked for', async () => {
    // The staff's grants are the first events: the log is at 3.
    expect((await site.fetch('/api/v1/probe/list?atLeast=3')).status).toBe(200);
    expect(await problem(await site.fetch('/api/v1/probe/list?atLeast=-1'))).toMatchObject({
      code: 'invalid-input',
      field: 'atLeast',
    });
    const late = await site.fetch('/api/v1/probe/list?atLeast=1000000');
    expect(await problem(late)).toMatchObject({ status: 503, code: 'views-behind' });
  });
});

describe('writes', () => {
  it('need a key of their own', async () => {
    const id = '0190f3a2-6d1e-7c44-9f0b-2c9f6b1f1a55';
    const good = await site.as('ana', 'POST', '/api/v1/probe/by', { body: {}, id });
    expect(await good.json()).toEqual({ commandId: id, actor: 'ana' });
    for (const bad of [undefined, 'short', 'x'.repeat(129), 'has space has space']) {
      const response = await site.as('ana', 'POST', '/api/v1/probe/by', {
        body: {},
        ...(bad && { id: bad }),
      });
      expect(await problem(response)).toMatchObject({ status: 400, code: 'idempotency-key-required' });
    }
  });

  it('take a ballot in the very bytes that were signed', async () => {
    const bytes = Buffer.from([0x7b, 0xff, 0x00, 0x20, 0x7d]);
    expect(await (await post('/api/v1/probe/ballot', bytes, BALLOT_TYPE)).text()).toBe(bytes.toString('hex'));
  });
});

describe('around', () => {
  it('sends security headers with every answer, also with problems', async () => {
    for (const path of ['/api/v1/probe/tagged', '/nothing']) {
      const { headers } = await site.fetch(path);
      expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*script-src 'self'/);
      expect(headers.get('content-security-policy')).not.toContain('unsafe');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('same-origin');
      expect(headers.get('strict-transport-security')).toBeNull();
    }
  });

  it('describes itself in OpenAPI 3.1, every error with its code', async () => {
    const document = (await (await site.fetch('/api/openapi.json')).json()) as {
      openapi: string;
      paths: Record<
        string,
        Record<string, { responses: Record<string, { content: Record<string, { examples: object }> }> }>
      >;
    };
    expect(document.openapi).toBe('3.1.0');
    const approve = document.paths['/api/v1/acts/{id}/approvals']?.post;
    expect(
      Object.keys(approve?.responses['409']?.content['application/problem+json']?.examples ?? {}),
    ).toEqual(expect.arrayContaining(['same-person', 'act-expired', 'act-decided']));
    expect(Object.keys(document.paths).filter((path) => !path.startsWith('/api/'))).toEqual([
      '/log/bundle.tar',
    ]);
    const page = await site.fetch('/api/docs');
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('swagger-ui')]);
    const script = await site.fetch('/api/docs/swagger-ui-bundle.js');
    expect([script.status, (await script.text()).length]).toEqual([200, expect.any(Number)]);
  });

  it('says that it lives and is ready', async () => {
    expect(await (await site.fetch('/health/live')).json()).toEqual({ status: 'live' });
    const last = String(await site.running.app.get<EventStore>(EVENT_STORE, { strict: false }).head());
    await site.fetch(`/api/v1/probe/list?atLeast=${last}`);
    expect(await (await site.fetch('/health/ready')).json()).toEqual({
      status: 'ready',
      views: last,
      runner: 'active',
      mail: { reactor: 'active', sender: { state: 'off' }, waiting: 0, unknown: 0, failed: 0 },
      ledger: expect.objectContaining({ state: 'following' }) as unknown,
    });
  });

  it('looks once for all who ask at once, so that nobody takes its connections away by asking', async () => {
    const query = jest.spyOn(site.running.app.get<Pool>(POOL, { strict: false }), 'query');
    const answers = await Promise.all(Array.from({ length: 100 }, () => site.fetch('/health/ready')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const looks = query.mock.calls.filter(([text]) => (text as unknown) === 'select 1').length;
    query.mockRestore();
    expect(looks).toBeLessThan(50);
  });
});

describe('stopping', () => {
  it('ends what is under way, takes nothing new, and cuts off who does not read', async () => {
    const other = await Site.start({ modules: [ProbeModule] });
    const under = other.fetch('/api/v1/probe/slow');
    // Begins an answer that is larger than all buffers, and never reads on.
    const unread = await other.fetch('/api/docs/swagger-ui-bundle.js');
    await new Promise((resolve) => setTimeout(resolve, 100));
    const started = performance.now();
    const stopped = other.stop();
    expect(await (await under).json()).toEqual({ slow: true });
    await stopped;
    expect(performance.now() - started).toBeLessThan(15_000);
    await expect(other.fetch('/health/live')).rejects.toThrow();
    await unread.body?.cancel().catch(() => undefined);
  });
});
