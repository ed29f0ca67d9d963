/** Metrics and numbers of requests of a running program, over HTTP. */
import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { pino } from 'pino';
import type { EventStore } from '../../src/event-store/event-store.js';
import { EVENT_STORE } from '../../src/platform.module.js';
import { MetricsServer } from '../../src/metrics/metrics-server.js';
import { Metrics } from '../../src/metrics/metrics.js';
import { readSettings } from '../../src/settings.js';
import { Site } from '../rest/site.js';
import { logMixin } from '../../src/rest/logger.js';

const lines: Record<string, unknown>[] = [];
const log = pino(
  { level: 'debug', base: null, mixin: logMixin },
  { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
);
let site: Site;
let port: number;

beforeAll(async () => {
  site = await Site.start({ log }, { CONCEJO_METRICS: '127.0.0.1:0' });
  port = site.running.app.get(MetricsServer, { strict: false }).port() ?? 0;
});
afterAll(() => site.stop());

async function metrics(): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  return response.text();
}

/** The value of a line that begins so; `undefined` without one. */
async function value(start: string): Promise<number | undefined> {
  const line = (await metrics()).split('\n').find((one) => one.startsWith(start));
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ')));
}

describe('metrics', () => {
  it('count appends, their batches, requests by their route and refusals by their code', async () => {
    const written = 'concejo_append_seconds_count{outcome="written"}';
    const before = (await value(written)) ?? 0;
    expect(before).toBeGreaterThan(0);
    const secret = randomUUID();
    expect((await site.fetch(`/api/v1/elections/${secret}`)).status).toBe(404);
    expect((await site.fetch('/api/v1/elections?name=somebody')).status).toBe(422);
    const text = await metrics();
    expect(text).toMatch(
      /^concejo_http_request_seconds_count\{method="GET",route="\/api\/v1\/elections\/:[a-zA-Z]+",status="404"\} 1$/m,
    );
    expect(text).toMatch(/^concejo_refusals_total\{code="invalid-input"\} 1$/m);
    expect(await value('concejo_append_batch_appends_count')).toBeGreaterThan(0);
    expect(text).toContain('process_resident_memory_bytes');
    // Neither what was asked for nor who asked.
    expect(text).not.toContain(secret);
    expect(text).not.toContain('somebody');
  });

  it('ask the database once for all who ask at once, and hold few connections', async () => {
    const store = site.running.app.get<EventStore>(EVENT_STORE, { strict: false });
    const asked = jest.spyOn(store, 'head');
    const open = Array.from({ length: 60 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
    try {
      for (const socket of open) socket.write('GET /metrics HTTP/1.1\r\nhost: a\r\n\r\n'.repeat(20));
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      expect(asked.mock.calls.length).toBeLessThan(100);
      expect(open.filter(({ destroyed }) => !destroyed).length).toBeLessThanOrEqual(20);
    } finally {
      asked.mockRestore();
      for (const socket of open) socket.destroy();
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    await metrics();
  });

  it('say how far views and ledger are behind the log', async () => {
    const events = await value('concejo_log_events');
    expect(events).toBeGreaterThan(0);
    for (const lag of ['concejo_views_lag_events', 'concejo_ledger_lag_events']) {
      for (let tries = 0; (await value(lag)) !== 0 && tries < 100; tries++)
        await new Promise((resolve) => setTimeout(resolve, 50));
      expect(await value(lag)).toBe(0);
    }
  });

  it('leave out what cannot be read, and show no part as ahead of the log', async () => {
    const own = new Metrics();
    const lag = (text: string) => /^concejo_views_lag_events (.*)$/m.exec(text)?.[1];
    expect(lag(await own.text({ log: 10n, views: 7n, ledger: 10n }))).toBe('3');
    expect(lag(await own.text({ log: 10n, views: 12n, ledger: 10n }))).toBe('0');
    expect(lag(await own.text({ log: 10n, views: undefined, ledger: 10n }))).toBeUndefined();
    expect(lag(await own.text({ log: undefined, views: 3n, ledger: 10n }))).toBeUndefined();
  });

  it('stand at their own address and nowhere else', async () => {
    expect((await site.fetch('/metrics')).status).toBe(404);
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
    expect((await fetch(`http://127.0.0.1:${port}/metrics`, { method: 'POST' })).status).toBe(404);
  });

  it('do not let the program start where they cannot be told', async () => {
    await expect(Site.start({}, { CONCEJO_METRICS: `127.0.0.1:${port}` })).rejects.toThrow(
      /^CONCEJO_METRICS cannot be listened at \(EADDRINUSE\)/,
    );
    for (const wrong of ['9464', '127.0.0.1:', '127.0.0.1:70000', 'http://127.0.0.1:1']) {
      expect(() => readSettings({ CONCEJO_METRICS: wrong })).toThrow(/^CONCEJO_METRICS /);
    }
  });
});

describe('numbers of requests', () => {
  it('stand in the answer and on every line of the log, and are not the caller’s', async () => {
    const first = await site.fetch('/api/v1/elections', {
      headers: { 'x-request-id': 'made-by-the-caller' },
    });
    const second = await site.fetch('/api/v1/elections');
    const ids = [first, second].map((response) => response.headers.get('x-request-id'));
    expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(ids[1]).not.toBe(ids[0]);
    const line = lines.find(({ msg, request }) => msg === 'request' && request === ids[0]);
    expect(line).toMatchObject({ method: 'GET', route: '/api/v1/elections', status: 200 });
  });

  it('are those of the proxy in front where it is believed, if they are numbers', async () => {
    const proxied = await Site.start({}, { TRUST_PROXY: 'yes' });
    try {
      const idFor = async (given: string) =>
        (await proxied.fetch('/health/live', { headers: { 'x-request-id': given } })).headers.get(
          'x-request-id',
        );
      expect(await idFor('0af7651916cd43dd')).toBe('0af7651916cd43dd');
      expect(await idFor('ana@example.org is here')).toMatch(/^[0-9a-f-]{36}$/);
      expect(await idFor('x'.repeat(65))).toMatch(/^[0-9a-f-]{36}$/);
    } finally {
      await proxied.stop();
    }
  });
});
