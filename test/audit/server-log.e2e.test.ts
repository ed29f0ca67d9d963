/** The log of the demo's city, made by the real commands, audited as a stranger would. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { Audit } from '../../projections/audit/audit.js';
import type { Report } from '../../projections/audit/report.js';
import { contentsView } from '../../projections/contents.view.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { DigestPublisher } from '../../src/digests/publisher.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { EVENT_STORE, POOL } from '../../src/platform.module.js';
import { Views } from '../../src/views/views.js';
import type { Site } from '../rest/site.js';
import { startDemoSite } from '../web/demo-site.js';

let site: Site;
beforeAll(async () => {
  site = await startDemoSite();
}, 120_000);
afterAll(() => site.stop());

async function audited(): Promise<Report> {
  const { app } = site.running;
  const pool = app.get<Pool>(POOL, { strict: false });
  const audit = new Audit({ crypto: nodeCrypto, contents: 'all' });
  const contents = await pool.query<{ id: string; bytes: Buffer; salt: Buffer }>(
    'select id, bytes, salt from contents',
  );
  // A stranger is given what the log makes public, and not what the city keeps of matters.
  const ids = contents.rows.map(({ id }) => id);
  const states = await app.get(Views, { strict: false }).many(contentsView, ids);
  for (const content of contents.rows)
    if (states.get(content.id)?.state === 'released') audit.giveContent(content);
  const results = await pool.query<{ digest: string; outcome: Buffer }>(
    'select digest, outcome from outcomes',
  );
  for (const { digest, outcome } of results.rows) audit.giveResult(digest, outcome);
  for await (const page of app.get<EventStore>(EVENT_STORE, { strict: false }).readAll(-1n, 500))
    await audit.add(page.map(({ leaf }) => leaf));
  return audit.end();
}

describe('the log of the demo', () => {
  it('passes every check that concerns its events', async () => {
    await site.running.app.get(DigestPublisher, { strict: false }).look();
    const report = await audited();
    // Nobody has signed a checkpoint of this log, or kept one.
    const signed = [1, 3, 4, 5, 6];
    const made = report.checks.filter(({ number, mandatory }) => mandatory && !signed.includes(number));
    const wrong = made.filter(({ verdict }) => verdict !== 'PASS');
    expect(wrong.map(({ number, verdict, findings }) => ({ number, verdict, findings }))).toEqual([]);
    expect(report.cause).toBeUndefined();
    expect(report.checks.find(({ number }) => number === 22)?.examined).toBeGreaterThan(100);
  }, 60_000);
});
