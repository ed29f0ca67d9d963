/** Two real processes that ask at the same time, killed in the middle: everybody is asked once. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { json } from '../elections/booth.js';
import { Fleet, type Served } from '../processes/fleet.js';
import { asAdmin } from '../test-server.js';
import { until } from '../views/world.js';
import { act, describeCity, file, LAMP, post, type Filed } from './story.js';

const MATTERS = 40;
let fleet: Fleet;
beforeAll(async () => {
  fleet = await Fleet.start();
});
afterAll(() => fleet.stop());

const serve = () => fleet.serve({ PUBLIC_URL: 'https://vota.villa.example' });
const count = async (sql: string) => Number((await fleet.pool.query<{ n: string }>(sql)).rows[0]?.n);

async function kill({ child }: Served): Promise<void> {
  child.process.kill('SIGKILL');
  await child.ended;
}

async function closed(site: Served, number: number): Promise<Filed> {
  const email = `p${number}@example.org`;
  const lamp = await file(site, { ...LAMP, text: `Farola ${number}`, reporter: { email } });
  const code = async () => {
    const { rows } = await fleet.pool.query<{ text: string }>(
      "select text from outbox where kind = 'matter-code' and recipient = $1",
      [email],
    );
    return /es (\d{6})\./.exec(rows[0]?.text ?? '')?.[1];
  };
  await until('there is a code', async () => (await code()) !== undefined);
  await json(post(site, '/by-link/confirmations', { link: lamp.link, code: await code() }));
  await json(act(site, 'lin', lamp.matterId, 'answer', { state: 'resolved', words: { es: 'Ya luce.' } }));
  return lamp;
}

it('ask everybody once, also when they are killed again and again', async () => {
  const first = await serve();
  await describeCity(first);
  for (let number = 0; number < MATTERS; number++) await closed(first, number);
  await until(
    'all are planned',
    async () => (await count('select count(*) as n from matter_questionnaires')) === MATTERS,
  );
  await until(
    'everybody has got her link',
    async () => (await count("select count(*) as n from outbox where kind = 'matter-filed'")) === MATTERS,
  );
  await kill(first);
  const links = await count('select count(*) as n from matter_links');
  await fleet.pool.query('update matter_questionnaires set due_at = date_trunc($$milliseconds$$, now())');
  const done = () => count('select count(*) as n from matter_questionnaires where done_at is not null');
  // Slowed down, so that there is a middle.
  await asAdmin(fleet.database.adminUrl, async (client) => {
    await client.query(`create function slowly() returns trigger language plpgsql as
      $$ begin perform pg_sleep(0.1); return new; end $$`);
    await client.query(
      `create trigger slowly before insert on outbox for each row execute function slowly()`,
    );
  });
  const starting = [serve(), serve()];
  await until('somebody was asked', async () => (await done()) > 0);
  const [one, two] = (await Promise.all(starting)) as [Served, Served];
  await kill(one);
  const three = await serve();
  await kill(two);
  const four = await serve();
  await until('all were asked', async () => (await done()) === MATTERS);
  const asked = await fleet.pool.query<{ about: string; n: string }>(
    "select about, count(*) as n from outbox where kind = 'matter-questionnaire' group by about",
  );
  expect(asked.rows.map(({ n }) => Number(n))).toEqual(Array.from({ length: MATTERS }, () => 1));
  // One link for each that was asked: what was begun and not ended left none.
  expect(await count('select count(*) as n from matter_links')).toBe(links + MATTERS);
  await kill(three);
  await kill(four);
}, 120_000);
