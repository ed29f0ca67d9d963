/** Discovery, services and their definitions. @see https://wiki.open311.org/Service_Discovery/ */
import type { Discovery, Service } from '../client/answers.js';
import { claim, type Probe } from '../probe.js';

const SPECIFICATION = 'http://wiki.open311.org/GeoReport_v2';

export const discoveryChecks: Readonly<Record<string, (probe: Probe) => Promise<void>>> = {
  'discovery has every field and names this endpoint with both formats': async (probe) => {
    const { endpoints } = await probe.shaped<Discovery>('discovery', await probe.client.get('discovery'));
    const ours = endpoints.find(({ specification }) => specification === SPECIFICATION);
    claim(ours !== undefined, 'names no endpoint of GeoReport v2');
    const without = (url: string) => url.replace(/\/$/, '');
    claim(without(ours.url) === without(probe.city.baseUrl), `names ${ours.url}`);
    claim(ours.formats.includes('text/xml'), 'does not say that it speaks XML');
    claim(ours.formats.includes('application/json'), 'does not say that it speaks JSON');
  },

  'services are listed with every field': async (probe) => {
    const services = await list(probe);
    claim(services.length > 0, 'lists no service');
    const codes = services.map(({ service_code }) => service_code);
    claim(new Set(codes).size === codes.length, 'lists a code twice');
    const { plain, asking, batch, busy } = probe.city;
    for (const code of [plain, asking, batch, busy]) claim(codes.includes(code), `does not list ${code}`);
  },

  'a service says whether it has questions, and how it answers': async (probe) => {
    const services = new Map((await list(probe)).map((service) => [service.service_code, service]));
    const { plain, asking, batch } = probe.city;
    claim(services.get(plain)?.metadata === false, `${plain} has no questions`);
    claim(services.get(asking)?.metadata === true, `${asking} has questions`);
    claim(services.get(plain)?.type === 'realtime', `${plain} is realtime`);
    claim(services.get(batch)?.type === 'batch', `${batch} is batch`);
  },

  'keywords stand with commas between them': async (probe) => {
    for (const { keywords } of await list(probe)) {
      for (const word of keywords?.split(',') ?? []) claim(word.trim() !== '', `has an empty keyword`);
    }
  },

  'a definition has its questions in an order of their own': async (probe) => {
    const { service_code, attributes } = await probe.definition(probe.city.asking);
    claim(service_code === probe.city.asking, `is the definition of ${service_code}`);
    const orders = attributes.map(({ order }) => order);
    claim(new Set(orders).size === orders.length, 'uses an order twice');
    const codes = attributes.map(({ code }) => code);
    claim(new Set(codes).size === codes.length, 'uses a code twice');
    const kinds = new Set(attributes.map(({ datatype }) => datatype));
    claim(kinds.size === 6, `has only ${[...kinds].join(', ')}`);
  },

  'a question with a list has values with keys of their own': async (probe) => {
    const { attributes } = await probe.definition(probe.city.asking);
    for (const { code, datatype, values } of attributes) {
      if (!datatype.endsWith('list')) continue;
      const keys = (values ?? []).map(({ key }) => key);
      claim(keys.length > 0, `${code} has no values`);
      claim(new Set(keys).size === keys.length, `${code} has a key twice`);
    }
  },

  'an unknown service has no definition': async (probe) => {
    await probe.refused(await probe.client.get('services/no-such-service'), 404);
  },

  'an empty parameter, or one that nobody knows, changes nothing': async (probe) => {
    const without = await list(probe);
    const reply = await probe.client.get('services', { jurisdiction_id: '', lang: '', utm_source: 'x' });
    const same = await probe.shaped<Service[]>('services', reply);
    claim(JSON.stringify(same) === JSON.stringify(without), 'answers another list');
  },

  'XML and JSON say the same': async (probe) => {
    const other = probe.other();
    for (const path of [
      'discovery',
      'services',
      `services/${probe.city.asking}`,
      `requests/${probe.city.older}`,
    ]) {
      const [one, two] = [await probe.client.get(path), await other.get(path)];
      claim(one.status === 200 && two.status === 200, `${path} answers ${one.status} and ${two.status}`);
      claim(
        sorted(one.data) === sorted(two.data),
        `${path} differs: ${sorted(one.data)} ${sorted(two.data)}`,
      );
    }
  },

  'an address or a format that is not there is refused as everything is': async (probe) => {
    await probe.refused(await probe.client.get('nothing'), 404);
    await probe.refused(await probe.client.post('services', []), 400);
  },
};

async function list(probe: Probe): Promise<Service[]> {
  return probe.shaped('services', await probe.client.get('services'));
}

/** As text, whatever the order of fields is; how a number is written differs, and an empty field may be left out. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
