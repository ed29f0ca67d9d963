/** The demo as everybody starts it: killed while its city is made, started again, and then with a whole year of matters, once. */
import { afterAll, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../src/postgres/listening.js';
import { startChild, type Child } from '../child.js';
import { newFolder, removeFolders } from '../postgres/folders.js';

const KINDS = ['complaint', 'suggestion', 'thanks'] as const;
/** So that it is killed between two matters, with some of them made. */
const MAKING_MS = 5_000;
/** A slow machine with others beside. */
const PATIENCE_MS = 600_000;

const children: Child[] = [];
afterAll(async () => {
  for (const child of children) child.process.kill('SIGTERM');
  await Promise.all(children.map(({ ended }) => ended));
  removeFolders();
}, 60_000);

it(
  'has the matters of Gijón’s 2024, also where it was killed while it was made',
  async () => {
    const port = await freePort();
    const env = { CONCEJO_DATA: join(newFolder(), 'data'), PORT: String(port) };
    const demo = () => {
      const child = startChild('src/main.ts', ['demo'], { env });
      children.push(child);
      return child;
    };
    const first = demo();
    await first.line(/^Making a made-up city with 2098 /);
    await sleep(MAKING_MS);
    first.process.kill('SIGKILL');
    expect((await first.ended).stdout).not.toContain('http://');
    await demo().line(/^Concejo, a demo /);

    const get = async (path: string): Promise<unknown> =>
      (await fetch(`http://127.0.0.1:${port}${path}`)).json();
    const { years } = (await get('/api/v1/matters/years')) as { years: { year: number }[] };
    const found = { complaint: 0, suggestion: 0, thanks: 0, void: 0 };
    for (const { year } of years) {
      const numbers = (await get(`/api/v1/matters/years/${year}`)) as {
        void: number;
        kinds: Partial<Record<(typeof KINDS)[number], { filed: number }>>;
      };
      found.void += numbers.void;
      for (const kind of KINDS) found[kind] += numbers.kinds[kind]?.filed ?? 0;
    }
    expect(found).toEqual({ complaint: 1_656, suggestion: 377, thanks: 57, void: 8 });
    // What a demo could not send in a year asks for nobody's decision.
    const { mail } = (await get('/health/ready')) as { mail: { waiting: number; failed: number } };
    expect(mail).toMatchObject({ failed: 0, unknown: 0 });
    expect(mail.waiting).toBeLessThan(60);
  },
  PATIENCE_MS,
);
