/** The whole program with the demo's city, over real HTTP: what every page has something to show of. */
import { toBase64url } from '../../projections/bytes.js';
import { leafHash } from '../../projections/hash.js';
import { DemoClock } from '../../src/clock.js';
import { nodeCrypto, signingKeyPair, sign } from '../../src/crypto/node-crypto.js';
import type { Demo } from '../../src/demo-site.js';
import { DemoModule } from '../../src/demo/demo.module.js';
import { DEMO_BEGINS_BEFORE_MS, makeDemo } from '../../src/demo/make-demo.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { EVENT_STORE } from '../../src/platform.module.js';
import type { Actor } from '../../src/staff/actor.js';
import { approvalSeed } from '../../src/staff/keys.js';
import { newStaffMember } from '../../src/staff/staff-file.js';
import { Site } from '../rest/site.js';

const ROLES = ['administrator', 'returning-officer', 'paper-officer'];

export const officers = ['officer-1', 'officer-2'].map((id, index) => ({
  id,
  roles: ROLES,
  ...newStaffMember(id, ROLES, new Uint8Array(32).fill(index + 11)),
}));

/** Few, so that it is soon there. */
const MATTERS = 12;

export async function startDemoSite(): Promise<Site> {
  const clock = new DemoClock(-DEMO_BEGINS_BEFORE_MS);
  const demo: Demo = {
    people: officers.map(({ id, roles, key }) => ({ id, roles, key })),
    now: () => clock.now(),
    advance: (hours) => clock.advance(hours * 3_600_000),
    reset: () => undefined,
  };
  const listener = newStaffMember('listener', ['listener'], new Uint8Array(32).fill(21)).member;
  const site = await Site.start(
    { clock, modules: [DemoModule.register(demo)] },
    { CONCEJO_STAFF: JSON.stringify([...officers.map(({ member }) => member), listener]) },
  );
  const [one, other] = officers.map(actorOf);
  const cast = { officers: [one!, other!] as const, listener };
  await makeDemo(site.running.app, clock, cast, { count: MATTERS });
  return site;
}

/** The leaf hash of a ballot that stands under a signed head. */
export async function someLeaf(site: Site): Promise<string> {
  const { app } = site.running;
  for await (const page of app.get<EventStore>(EVENT_STORE, { strict: false }).readAll(-1n, 500)) {
    const cast = page.find(({ type }) => type === 'BallotCast');
    if (cast === undefined) continue;
    const leaf = toBase64url(leafHash(nodeCrypto, cast.leaf));
    await signed(site, leaf);
    return leaf;
  }
  throw new Error('The demo has no ballot');
}

/** Resolves when an event stands under a signed head. */
export async function signed(site: Site, leaf: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const answer = await site.fetch(`/api/v1/receipts/${leaf}`);
    if (((await answer.json()) as { status: string }).status === 'integrated') return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('No head over it was shown');
}

function actorOf({ id, roles, key }: (typeof officers)[number]): Actor {
  const { secretKey } = signingKeyPair(approvalSeed(key, id)!);
  return { id, roles, sign: (message) => sign(message, secretKey) };
}
