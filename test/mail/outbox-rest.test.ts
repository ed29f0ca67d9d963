/** The outbox over REST: for administrators alone, and with a program that has no mail server nothing is lost. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { MetricsServer } from '../../src/metrics/metrics-server.js';
import { Outbox } from '../../src/mail/outbox.js';
import { problem, Site } from '../rest/site.js';

const said: string[] = [];
let site: Site;
beforeAll(async () => {
  const log = pino({ level: 'trace' }, { write: (line: string) => said.push(line) });
  site = await Site.start({ log }, { CONCEJO_METRICS: '127.0.0.1:0' });
  const outbox = site.running.app.get(Outbox, { strict: false });
  for (const [i, name] of ['ana', 'bea', 'cova'].entries()) {
    const mail = {
      kind: 'note',
      to: `${name}@example.org`,
      language: 'ast' as const,
      subject: 'Secretu',
      text: 'Secretu',
    };
    await outbox.put({ event: `e${i}`, about: 'matter-1', at: new Date() }, [mail]);
  }
  await outbox.put({ event: 'old', about: 'matter-1', at: new Date(0) }, [
    { kind: 'note', to: 'dora@example.org', language: 'es', subject: 'Secreto', text: 'Secreto' },
  ]);
});
afterAll(() => site.stop());

interface List {
  items: { id: string; recipient: string; state: string; tries: number; text: string }[];
  next?: string;
}
const list = async (query = '') =>
  (await (await site.as('ana', 'GET', `/api/v1/mail${query}`)).json()) as List;

describe('the outbox over REST', () => {
  it('is for administrators', async () => {
    expect(await problem(await site.fetch('/api/v1/mail'))).toMatchObject({ code: 'sign-in-needed' });
    for (const [method, path] of [
      ['GET', '/api/v1/mail'],
      ['POST', '/api/v1/mail/3f6d6a52-5d1e-8c9e-8b6e-1f0b5a2f4c11/sendings'],
      ['DELETE', '/api/v1/mail/3f6d6a52-5d1e-8c9e-8b6e-1f0b5a2f4c11?tries=0'],
    ] as const) {
      const body = method === 'POST' ? { body: { tries: 0 } } : {};
      expect(await problem(await site.as('lin', method, path, body))).toMatchObject({ code: 'role-missing' });
    }
  });

  it('lists all that was not sent, in pages, and is kept nowhere', async () => {
    const response = await site.as('ana', 'GET', '/api/v1/mail?limit=3');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const first = (await response.json()) as List;
    const second = await list(`?limit=3&cursor=${first.next ?? ''}`);
    const all = [...first.items, ...second.items];
    expect(second.next).toBeUndefined();
    expect(all.map(({ recipient }) => recipient).sort()).toEqual(
      ['ana', 'bea', 'cova', 'dora'].map((name) => `${name}@example.org`),
    );
    expect((await list('?state=failed')).items).toMatchObject([
      { recipient: 'dora@example.org', state: 'failed', reason: 'too-old', text: 'Secreto\n' },
    ]);
    expect(await problem(await site.as('ana', 'GET', '/api/v1/mail?cursor=AAAA'))).toMatchObject({
      code: 'invalid-cursor',
    });
    expect((await site.as('ana', 'GET', '/api/v1/mail?state=lost')).status).toBe(422);
  });

  it('lets what failed go again, or leaves it', async () => {
    const [failed] = (await list('?state=failed')).items;
    const again = (body: unknown) => site.as('ana', 'POST', `/api/v1/mail/${failed!.id}/sendings`, { body });
    expect((await again({})).status).toBe(422);
    expect((await again({ tries: 7 })).status).toBe(409);
    expect(await (await again({ tries: 0 })).json()).toMatchObject({ state: 'waiting' });
    const gone = await site.as('ana', 'DELETE', `/api/v1/mail/${failed!.id}?tries=0`);
    expect(gone.status).toBe(200);
    expect((await list()).items).toHaveLength(3);
    expect((await site.as('ana', 'DELETE', `/api/v1/mail/${failed!.id}?tries=0`)).status).toBe(404);
    expect((await site.as('ana', 'DELETE', '/api/v1/mail/x?tries=0')).status).toBe(404);
  });

  it('is counted in the metrics and the health, which say nothing of persons, and neither does the log', async () => {
    const port = site.running.app.get(MetricsServer, { strict: false }).port() ?? 0;
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(metrics).toMatch(/^concejo_outbox_mails\{state="waiting"\} 3$/m);
    expect(metrics).toMatch(/^concejo_outbox_mails\{state="failed"\} 0$/m);
    expect(metrics).toMatch(/^concejo_outbox_mails\{state="unknown"\} 0$/m);
    const health = await (await site.fetch('/health/ready')).text();
    expect(JSON.parse(health)).toMatchObject({ mail: { sender: { state: 'off' }, waiting: 3, failed: 0 } });
    expect(`${metrics}${health}${said.join('')}`).not.toMatch(/example\.org|Secret/);
  });
});
