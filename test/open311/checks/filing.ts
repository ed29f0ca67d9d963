/** POST of requests, and tokens. */
import { attributeFields, fieldsOf, type Fields } from '../client/forms.js';
import type { Attribute, Filed } from '../client/answers.js';
import { claim, DAY_MS, MAX_DESCRIPTION, type Probe } from '../probe.js';

/** A PNG of one grey pixel. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
  'base64',
);

export const filingChecks: Readonly<Record<string, (probe: Probe) => Promise<void>>> = {
  'a request gets an id that leads to it at once': async (probe) => {
    const before = probe.city.now().getTime();
    const id = await probe.file();
    const found = await probe.request(id);
    claim(found.service_request_id === id, `is ${found.service_request_id}`);
    claim(found.service_code === probe.city.plain, `is of ${found.service_code}`);
    claim(found.status === 'open', `is ${found.status}`);
    const at = Date.parse(found.requested_datetime);
    claim(Math.abs(at - before) < 60_000, `was made at ${found.requested_datetime}`);
  },

  'a token leads to an id': async (probe) => {
    const form = probe.form({ service_code: probe.city.batch, email: 'sara@example.org' });
    const [filed = {}] = await probe.shaped<Filed[]>('filed', await probe.post(form));
    claim(filed.token !== undefined, 'gets no token');
    await probe.city.seen();
    await probe.city.confirm(filed.token);
    const [found = {}] = await probe.shaped<Filed[]>(
      'token',
      await probe.client.get(`tokens/${filed.token}`),
    );
    claim(found.token === filed.token, `is of the token ${found.token ?? ''}`);
    const { service_code } = await probe.request(found.service_request_id ?? '');
    claim(service_code === probe.city.batch, `leads to one of ${service_code}`);
  },

  'an unknown token leads nowhere': async (probe) => {
    await probe.refused(await probe.client.get('tokens/no-such-token'), 404);
  },

  'each kind of location is enough': async (probe) => {
    const none = { lat: undefined, long: undefined };
    await probe.file(probe.form({ ...none, address_string: 'Calle Corrida 12, Gijón' }));
    await probe.file(probe.form({ ...none, address_id: '#NOTPINPOINTED#' }));
  },

  'no location, half a location and a wrong one are refused': async (probe) => {
    const { lat, long } = probe.city.inside;
    const none = { lat: undefined, long: undefined };
    for (const place of [
      none,
      { lat, long: undefined },
      { lat: undefined, long },
      { lat: '', long: '', address_string: ' ' },
    ]) {
      await probe.refused(await probe.post(probe.form(place)), 400, 'lat');
    }
    for (const wrong of ['north', '91', 'NaN', '43,5', '0x2b', '1e400']) {
      await probe.refused(await probe.post(probe.form({ lat: wrong })), 400, 'lat');
    }
  },

  'a location outside the city is refused': async (probe) => {
    await probe.refused(await probe.post(probe.form({ ...probe.city.outside })), 400);
  },

  'no service code is refused, and an unknown one is not found': async (probe) => {
    for (const code of [undefined, '']) {
      await probe.refused(await probe.post(probe.form({ service_code: code })), 400, 'service_code');
    }
    await probe.refused(
      await probe.post(probe.form({ service_code: 'no-such-service' })),
      404,
      'service_code',
    );
  },

  'no key, an empty one and a wrong one are forbidden': async (probe) => {
    const form = probe.form();
    await probe.refused(await probe.with().post('requests', form), 403, 'api_key');
    await probe.refused(await probe.with('').post('requests', form), 403, 'api_key');
    await probe.refused(await probe.with('wrong').post('requests', form), 403, 'api_key');
  },

  'a description has at most 4,000 characters, whatever their bytes are': async (probe) => {
    const base = probe.words();
    const full = `${base}${'ñ'.repeat(MAX_DESCRIPTION - base.length - 1)}😀`;
    await probe.file(probe.form({ description: full }));
    await probe.refused(await probe.post(probe.form({ description: `${full}a` })), 400, 'description');
  },

  'a description with HTML is refused, and one with signs of comparison is not': async (probe) => {
    for (const html of [
      '<script>alert(1)</script>',
      'Hola <b>ya</b>',
      '<img src=x onerror=alert(1)>',
      '<!-- -->',
    ]) {
      const description = `${probe.words()} ${html}`;
      await probe.refused(await probe.post(probe.form({ description })), 400, 'description');
    }
    await probe.file(probe.form({ description: `${probe.words()} 5 < 6 y 7 > 6 <3` }));
  },

  'what is written comes back to the letter once it is public': async (probe) => {
    const description = `${probe.words()} «ñ» & "b" 'c' ]]> 5 < 6\nsegunda línea 😀`;
    const { description: shown } = await probe.request(await probe.released(probe.form({ description })));
    claim(shown?.replace(/\r\n/g, '\n') === description, `shows ${shown ?? 'nothing'}`);
  },

  'a character that XML cannot have is refused': async (probe) => {
    for (const sign of ['\u0000', '\u0008', '\uffff']) {
      const reply = await probe.post(probe.form({ description: `${probe.words()}${sign}` }));
      await probe.refused(reply, 400);
    }
  },

  'what FixMyStreet sends along is not refused': async (probe) => {
    const more: Fields = [
      ['deviceid', 'fms-android'],
      ['first_name', 'Sara'],
      ['last_name', ''],
      ['media_url', 'https://fms.example.org/photo/1.jpeg'],
      ['media_url', 'https://fms.example.org/photo/2.jpeg'],
      ['attribute[uprn]', '100081234'],
      ['attribute[title]', 'Farola'],
      ['jurisdiction_id', ''],
      ['email_alerts_requested', 'FALSE'],
    ];
    await probe.file([...probe.form(), ...more]);
  },

  'an empty field means the same as none': async (probe) => {
    const empty = ['address_string', 'address_id', 'email', 'phone', 'account_id', 'device_id', 'media_url'];
    await probe.file([...probe.form(), ...fieldsOf(Object.fromEntries(empty.map((name) => [name, ''])))]);
  },

  'several answers to one question arrive in both forms': async (probe) => {
    const { definition, one } = await asking(probe, 'multivaluelist');
    const [first = '', second = ''] = (one.values ?? []).map(({ key }) => key);
    for (const lists of ['plain', 'brackets'] as const) {
      const form = probe.asked(
        { ...probe.answers(definition), [one.code]: [] },
        attributeFields({ [one.code]: [first, second] }, lists),
      );
      await probe.file(form);
      const wrong = attributeFields({ [one.code]: [first, 'no-such-value'] }, lists);
      const answers = { ...probe.answers(definition), [one.code]: [] };
      await probe.refused(await probe.post(probe.asked(answers, wrong)), 400, one.code);
    }
  },

  'a required question must be answered, and the refusal names it': async (probe) => {
    const definition = await probe.definition(probe.city.asking);
    const required = definition.attributes.find((one) => one.required && one.variable);
    claim(required !== undefined, 'has no required question');
    const { [required.code]: _left, ...others } = probe.answers(definition);
    await probe.refused(await probe.post(probe.asked(others)), 400, required.code);
    await probe.refused(
      await probe.post(probe.asked({ ...others, [required.code]: '' })),
      400,
      required.code,
    );
  },

  'an answer must be of its datatype': async (probe) => {
    for (const [datatype, wrong] of [
      ['number', ['siete']],
      ['datetime', ['ayer', '2026-13-01T00:00:00Z']],
      ['singlevaluelist', ['no-such-value']],
    ] as const) {
      const { definition, one } = await asking(probe, datatype);
      for (const value of wrong) {
        const answers = { ...probe.answers(definition), [one.code]: value };
        await probe.refused(await probe.post(probe.asked(answers)), 400, one.code);
      }
      await probe.file(probe.asked(probe.answers(definition, [one.code])));
    }
  },

  'one of a list is one': async (probe) => {
    const { definition, one } = await asking(probe, 'singlevaluelist');
    const keys = (one.values ?? []).slice(0, 2).map(({ key }) => key);
    claim(keys.length === 2, 'has no two values');
    const answers = { ...probe.answers(definition), [one.code]: keys };
    await probe.refused(await probe.post(probe.asked(answers)), 400, one.code);
  },

  'a photo comes as a part of the form and is public with the request': async (probe) => {
    const photo = { name: 'farola.png', type: 'image/png', bytes: PIXEL };
    const fields = Object.fromEntries(probe.form());
    const id = await probe.released({ fields, photos: [photo] });
    const { media_url } = await probe.request(id);
    claim(media_url !== null, 'shows no photo');
    const shown = await fetch(media_url);
    await shown.arrayBuffer();
    const type = shown.headers.get('content-type') ?? '';
    claim(shown.status === 200 && type.startsWith('image/'), `the photo answers ${shown.status} ${type}`);
  },

  'what is no picture is refused': async (probe) => {
    const photo = { name: 'farola.jpeg', type: 'image/jpeg', bytes: Buffer.from('<html>no picture</html>') };
    const fields = Object.fromEntries(probe.form());
    await probe.refused(await probe.client.postRequest({ fields, photos: [photo] }), 400);
  },

  'the same form twice is one request': async (probe) => {
    const form = probe.form();
    const first = await probe.released(form);
    const second = await probe.file(form);
    claim(first === second, `is ${first} and then ${second}`);
    const start = new Date(probe.city.now().getTime() - DAY_MS / 24);
    const query = { service_code: probe.city.plain, start_date: start.toISOString() };
    const same = (await probe.requests(query)).filter(
      ({ description }) => description === new Map(form).get('description'),
    );
    claim(same.length === 1, `is listed ${same.length} times`);
    const other = await probe.file(probe.form());
    claim(other !== first, 'is the same as another form');
  },

  'who reports is shown to nobody': async (probe) => {
    const reporter = {
      email: 'sara@example.org',
      first_name: 'Saramunda',
      last_name: 'Pidal',
      phone: '600123456',
    };
    const id = await probe.released([...probe.form(), ...fieldsOf({ ...reporter, account_id: 'acc-77' })]);
    const { text } = await probe.client.get(`requests/${id}`, { extensions: 'true' });
    for (const said of [...Object.values(reporter), 'acc-77']) claim(!text.includes(said), `shows ${said}`);
  },
};

async function asking(probe: Probe, datatype: Attribute['datatype']) {
  const definition = await probe.definition(probe.city.asking);
  const one = definition.attributes.find((attribute) => attribute.datatype === datatype);
  claim(one !== undefined, `has no question of ${datatype}`);
  return { definition, one };
}
