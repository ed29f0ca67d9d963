/** mySociety's `servicerequestupdates`, both ways. */
import type { RequestUpdate, UpdateFiled } from '../client/answers.js';
import { fieldsOf } from '../client/forms.js';
import { claim, MAX_DESCRIPTION, type Probe } from '../probe.js';

const HOUR_MS = 3_600_000;
/** What FixMyStreet knows. */
const KNOWN =
  'OPEN CLOSED FIXED IN_PROGRESS ACTION_SCHEDULED INVESTIGATING PLANNED DUPLICATE NOT_COUNCILS_RESPONSIBILITY NO_FURTHER_ACTION INTERNAL_REFERRAL UNCHANGED';

export const updateChecks: Readonly<Record<string, (probe: Probe) => Promise<void>>> = {
  'updates are for whoever has a key': async (probe) => {
    for (const api_key of [undefined, '', 'wrong']) {
      const reply = await probe.with().get('servicerequestupdates', fieldsOf({ api_key }));
      await probe.refused(reply, 403, 'api_key');
      await probe.refused(
        await probe.with(api_key).post('servicerequestupdates', update(probe, 'x')),
        403,
        'api_key',
      );
    }
  },

  'what staff did is among the updates of its hour, and of no other': async (probe) => {
    const words = probe.words();
    const id = await probe.released();
    await probe.city.close(id, words);
    await probe.city.seen();
    const found = (await updates(probe, around(probe))).filter((one) => one.service_request_id === id);
    const last = found.at(-1);
    claim(last !== undefined, 'is not there');
    claim(last.status === 'FIXED', `is ${last.status}`);
    claim(last.description?.includes(words) === true, `says ${last.description ?? 'nothing'}`);
    const early = new Date(probe.city.now().getTime() - 3 * HOUR_MS);
    const other = {
      start_date: new Date(early.getTime() - HOUR_MS).toISOString(),
      end_date: early.toISOString(),
    };
    claim(
      !(await updates(probe, other)).some((one) => one.service_request_id === id),
      'is there at another time',
    );
  },

  'updates lie between the dates asked for, and each has an id of its own': async (probe) => {
    const { start_date, end_date } = around(probe);
    const found = await updates(probe, { start_date, end_date });
    claim(found.length > 0, 'there is none');
    claim(new Set(found.map(({ update_id }) => update_id)).size === found.length, 'an id is used twice');
    for (const { updated_datetime: at, status } of found) {
      claim(
        Date.parse(at) >= Date.parse(start_date) && Date.parse(at) <= Date.parse(end_date),
        `one is of ${at}`,
      );
      claim(KNOWN.split(' ').includes(status), `FixMyStreet does not know ${status}`);
    }
  },

  'nothing is told of what is not public': async (probe) => {
    const id = await probe.file();
    await probe.city.seen();
    const ids = (await updates(probe, around(probe))).map((one) => one.service_request_id);
    claim(!ids.includes(id), 'is told before its release');
    claim(!ids.includes(probe.city.hidden), 'one for staff alone is told');
  },

  'updates without dates, or with one, are those of the last day': async (probe) => {
    const id = await probe.released();
    await probe.city.close(id, probe.words());
    await probe.city.seen();
    for (const query of [{}, { start_date: '', end_date: '' }, { start_date: around(probe).start_date }]) {
      const found = await updates(probe, query);
      claim(
        found.some((one) => one.service_request_id === id),
        'a new one is not there',
      );
    }
  },

  'wrong dates of updates are refused': async (probe) => {
    const { start_date, end_date } = around(probe);
    const wrong = { start_date: 'yesterday', end_date };
    await probe.refused(
      await probe.client.get('servicerequestupdates', [...key(probe), ...fieldsOf(wrong)]),
      400,
      'start_date',
    );
    const turned = { start_date: end_date, end_date: start_date };
    await probe.refused(
      await probe.client.get('servicerequestupdates', [...key(probe), ...fieldsOf(turned)]),
      400,
    );
  },

  'an update gets an id, and is listed under no other': async (probe) => {
    const words = probe.words();
    const id = await probe.released();
    const filed = await post(probe, update(probe, id, { description: words }));
    await probe.city.seen();
    const same = (await updates(probe, around(probe))).filter((one) => one.description?.includes(words));
    for (const { update_id } of same) claim(update_id === filed, `is listed as ${update_id}, not ${filed}`);
    const other = await post(probe, update(probe, id));
    claim(other !== filed, 'two have one id');
  },

  'the same update twice is refused': async (probe) => {
    const id = await probe.released();
    const form = update(probe, id);
    await post(probe, form);
    await probe.city.seen();
    await probe.refused(await probe.client.post('servicerequestupdates', form), 400, 'update_id');
    // With other words, too: FixMyStreet sends it again when it saw no answer.
    const words = Object.fromEntries(form);
    const again = fieldsOf({ ...words, description: probe.words() });
    await probe.refused(await probe.client.post('servicerequestupdates', again), 400, 'update_id');
  },

  'an update of an unknown request is not found': async (probe) => {
    await probe.refused(
      await probe.client.post('servicerequestupdates', update(probe, 'no-such-request')),
      404,
      'service_request_id',
    );
  },

  'each field that an update needs is asked for': async (probe) => {
    const id = await probe.released();
    for (const field of ['service_request_id', 'update_id', 'updated_datetime', 'status', 'description']) {
      for (const value of [undefined, '']) {
        const form = update(probe, id, { [field]: value });
        await probe.refused(await probe.client.post('servicerequestupdates', form), 400, field);
      }
    }
  },

  'an update with a wrong field is refused': async (probe) => {
    const id = await probe.released();
    const long = 'a'.repeat(MAX_DESCRIPTION + 1);
    const ahead = new Date(probe.city.now().getTime() + 24 * HOUR_MS).toISOString();
    for (const [field, value] of [
      ['status', 'LOST'],
      ['updated_datetime', 'yesterday'],
      ['updated_datetime', ahead],
      ['description', long],
      ['description', '<script>alert(1)</script>'],
    ] as const) {
      const form = update(probe, id, { [field]: value });
      await probe.refused(await probe.client.post('servicerequestupdates', form), 400, field);
    }
  },

  'an update moves the state, and one that is older never does': async (probe) => {
    const id = await probe.released();
    const now = probe.city.now().getTime();
    await post(probe, update(probe, id, { status: 'FIXED' }));
    await probe.city.seen();
    claim((await probe.request(id)).status === 'closed', 'is open after it was fixed');
    await post(
      probe,
      update(probe, id, { status: 'OPEN', updated_datetime: new Date(now - HOUR_MS).toISOString() }),
    );
    await probe.city.seen();
    claim((await probe.request(id)).status === 'closed', 'is opened by what was said an hour before');
  },

  'what FixMyStreet sends along with an update is not refused': async (probe) => {
    const id = await probe.released();
    const more = {
      first_name: 'Sara',
      last_name: '-',
      email: 'sara@example.org',
      title: 'MS',
      email_alerts_requested: 'FALSE',
      media_url: 'https://fms.example.org/photo/3.jpeg',
    };
    for (const status of KNOWN.split(' ')) await post(probe, update(probe, id, { ...more, status }));
    const { text } = await probe.client.get('servicerequestupdates', [
      ...key(probe),
      ...fieldsOf(around(probe)),
    ]);
    claim(!text.includes(more.email), 'tells who wrote');
  },
};

/** The dates of FixMyStreet's asking: two hours back. */
function around({ city }: Probe) {
  const now = city.now().getTime();
  return {
    start_date: new Date(now - 2 * HOUR_MS).toISOString(),
    end_date: new Date(now + 60_000).toISOString(),
  };
}

function key({ city }: Probe) {
  return fieldsOf({ api_key: city.apiKey });
}

/** A complete form. */
function update(probe: Probe, id: string, more: Readonly<Record<string, string | undefined>> = {}) {
  return fieldsOf({
    service_request_id: id,
    update_id: String(Math.floor(Math.random() * 1e12)),
    updated_datetime: `${probe.city.now().toISOString().slice(0, 19)}Z`,
    status: 'OPEN',
    description: probe.words(),
    ...more,
  });
}

async function post(probe: Probe, form: ReturnType<typeof update>): Promise<string> {
  const reply = await probe.client.post('servicerequestupdates', form);
  const [filed = {}] = await probe.shaped<UpdateFiled[]>('update-filed', reply);
  return filed.update_id ?? '';
}

async function updates(
  probe: Probe,
  query: Readonly<Record<string, string | undefined>>,
): Promise<RequestUpdate[]> {
  const reply = await probe.client.get('servicerequestupdates', [...key(probe), ...fieldsOf(query)]);
  return probe.shaped('updates', reply);
}
