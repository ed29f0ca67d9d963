/** Who joins with an address: nobody but its owner learns whether she had joined, and nobody can flood her. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Pool } from 'pg';
import { MOST_UNASKED, UnaskedMails } from '../../src/mail/unasked-mails.js';
import { POOL } from '../../src/platform.module.js';
import { DAY_MS, json, storyClock } from '../elections/booth.js';
import { problem, Site } from '../rest/site.js';
import { until } from '../views/world.js';
import { act, describeCity, file, LAMP, post, type Filed, type Receipt } from './story.js';

const clock = storyClock();
let site: Site;
let pool: Pool;
beforeAll(async () => {
  // Without a mail server: every mail stands in the outbox.
  site = await Site.start({ clock });
  pool = site.running.app.get<Pool>(POOL, { strict: false });
  await describeCity(site);
});
afterAll(() => site.stop());

interface Mail {
  kind: string;
  about: string;
  text: string;
}
type Joined = Receipt & { link: string };

async function mailsTo(email: string): Promise<Mail[]> {
  const mails = await pool.query<Mail>(
    'select kind, about, text from outbox where recipient = $1 order by made_at, id',
    [email],
  );
  return mails.rows;
}

async function shown(more: object = {}): Promise<Filed> {
  const lamp = await file(site, { ...LAMP, ...more });
  const { position } = await json<Receipt>(act(site, 'lin', lamp.matterId, 'release', { place: true }));
  await site.fetch(`/api/v1/matters?atLeast=${position}`);
  return lamp;
}

const joins = ({ matterId }: Filed, email: string) =>
  json<Joined>(post(site, `/${matterId}/joinings`, { language: 'en', email }), 201);
const confirm = (link: string, code: string) => post(site, '/by-link/confirmations', { link, code });
const codeIn = (mail: Mail | undefined) => /(?:es|is) (\d{6})\./.exec(mail?.text ?? '')?.[1] ?? '';
const linkIn = (mail: Mail | undefined) => /^[\w-]{43}$/m.exec(mail?.text ?? '')?.[0];

async function joined(lamp: Filed, email: string): Promise<string> {
  const { link } = await joins(lamp, email);
  await json(confirm(link, codeIn((await mailsTo(email)).at(-1))));
  return link;
}

async function head(): Promise<string> {
  return (await pool.query<{ position: string }>('select max(position) as position from events')).rows[0]!
    .position;
}

async function counted({ matterId }: Filed): Promise<number> {
  return (await json<{ joined: number }>(site.fetch(`/api/v1/matters/${matterId}?atLeast=${await head()}`)))
    .joined;
}

/** All that whoever asks with an address sees of it, but for her link. */
async function told(lamp: Filed, email: string): Promise<object> {
  const before = await head();
  const { link, ...receipt } = await joins(lamp, email);
  const view = await json(post(site, '/by-link/views', { link }));
  const wrong = await problem(await confirm(link, '000000'));
  return {
    receipt,
    view,
    wrong: { ...wrong, instance: undefined },
    log: (await head()) === before,
    count: await counted(lamp),
  };
}

describe('whoever joins with an address', () => {
  it('is told the same, whether it joined, waits, filed the matter, is counted with another one or is new', async () => {
    const lamp = await shown({ reporter: { email: 'files@example.org' } });
    await until('her code', async () => (await mailsTo('files@example.org')).length > 0);
    await json(confirm(lamp.link, codeIn((await mailsTo('files@example.org'))[0])));
    const member = await file(site, { ...LAMP, reporter: { email: 'member@example.org' } });
    await json(act(site, 'lin', lamp.matterId, 'gather', { members: [member.matterId] }));
    await joined(lamp, 'joined@example.org');
    await joins(lamp, 'waits@example.org');
    expect(await counted(lamp)).toBe(2);
    const isNew = await told(lamp, 'new@example.org');
    expect(isNew).toMatchObject({
      log: true,
      count: 2,
      wrong: { code: 'code-wrong' },
      view: { email: 'given' },
    });
    for (const who of ['files', 'member', 'joined', 'waits'])
      expect([who, await told(lamp, `${who}@example.org`)]).toEqual([who, isNew]);
  });

  it('gets the code, or her link once more, and is one person for the count', async () => {
    const lamp = await shown();
    const email = 'again@example.org';
    const first = await joined(lamp, email);
    const { link } = await joins(lamp, email);
    const mails = await mailsTo(email);
    expect(mails.map(({ kind }) => kind)).toEqual(['matter-code', 'matter-joined-before']);
    expect(codeIn(mails[1])).toBe('');
    const hers = linkIn(mails[1]);
    expect(await json(post(site, '/by-link/views', { link: hers }))).toMatchObject({ email: 'confirmed' });
    // Who asked has a link to her own asking alone.
    await json(post(site, '/by-link/erasures', { link }));
    expect(await json(post(site, '/by-link/views', { link: first }))).toMatchObject({ email: 'confirmed' });
    expect(await counted(lamp)).toBe(1);
    await json(post(site, '/by-link/erasures', { link: hers }));
    expect(await counted(lamp)).toBe(0);
    expect(await mailsTo(email)).toEqual([]);
  });

  it('is written to once by the same request, and counted once by two that are confirmed at once', async () => {
    const lamp = await shown();
    const email = 'twice@example.org';
    const id = 'the-same-joining-again';
    const ask = () =>
      json<Joined>(post(site, `/${lamp.matterId}/joinings`, { language: 'en', email }, id), 201);
    const [one, other] = [await ask(), await ask()];
    expect(await mailsTo(email)).toHaveLength(1);
    const code = codeIn((await mailsTo(email))[0]);
    const second = await joins(lamp, email);
    const secondCode = codeIn((await mailsTo(email)).find(({ text }) => codeIn({ text } as Mail) !== code));
    const answers = await Promise.all([confirm(one.link, code), confirm(second.link, secondCode)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    for (const { link } of [one, other, second])
      expect(await json(post(site, '/by-link/views', { link }))).toMatchObject({ email: 'confirmed' });
    expect(await counted(lamp)).toBe(1);
  });
});

describe('an address', () => {
  it('gets so many mails a day that its owner need not have asked for, over all matters and ways, and nobody is told', async () => {
    const [email, lamp] = ['victim@example.org', await shown()];
    const answers: object[] = [];
    for (let n = 0; n < MOST_UNASKED + 4; n++) {
      if (n % 2 === 0) {
        const { matterId, link } = await file(site, { ...LAMP, reporter: { email } });
        answers.push({ keys: typeof matterId });
        // What is erased is not forgotten.
        if (n === 0) {
          await until('the first code', async () => (await mailsTo(email)).length > 0);
          await json(post(site, '/by-link/erasures', { link }));
        }
      } else
        answers.push({
          events: (
            await joins(lamp, n % 4 === 1 ? email : email.toUpperCase().replace('EXAMPLE.ORG', 'example.org'))
          ).events,
        });
    }
    expect(answers.slice(-2)).toEqual(answers.slice(0, 2));
    await until('the reactor has come there', async () => {
      const { rows } = await pool.query<{ position: string }>(
        "select position from reactors where name = 'mail'",
      );
      return BigInt(rows[0]!.position) >= BigInt(await head());
    });
    const { rowCount } = await pool.query('select from outbox where lower(recipient) = $1', [email]);
    expect(rowCount).toBe(MOST_UNASKED - 1);
    clock.advance(DAY_MS);
    await joins(lamp, email);
    const after = await pool.query('select from outbox where lower(recipient) = $1', [email]);
    expect(after.rowCount).toBe(MOST_UNASKED);
  });

  it('has one limit for all processes', async () => {
    const other = new Pool({ connectionString: site.settings.databaseUrl });
    try {
      const keys = [new Uint8Array(32), new Uint8Array(32)];
      const [one, two] = [pool, other].map((of, index) => new UnaskedMails(of, keys[index]!, clock));
      const takes = Array.from({ length: 2 * MOST_UNASKED }, (_, n) =>
        (n % 2 ? one : two)!.take('a@example.org'),
      );
      const taken = await Promise.all(takes);
      expect(taken.filter(Boolean)).toHaveLength(MOST_UNASKED);
      clock.advance(DAY_MS);
      await one!.keepHouse();
      expect((await pool.query('select from unasked_mails')).rowCount).toBe(0);
    } finally {
      await other.end();
    }
  });
});
