/** `concejo log-key`: shows the keys that sign the log, and replaces one under the log's name, with both signing for a while. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { INestApplicationContext } from '@nestjs/common';
import type { Pool } from 'pg';
import { utf8 } from '../../projections/bytes.js';
import type { Crypto } from '../../projections/crypto.js';
import { keysInUse, type KeyRegister } from '../../projections/ledger/key-register.js';
import { parseNote, writeNote, type Note } from '../../projections/ledger/note.js';
import { meetsQuorum } from '../../projections/ledger/policy.js';
import type { Clock } from '../clock.js';
import type { CommandLog } from '../event-store/command-log.js';
import type { EventStore } from '../event-store/event-store.js';
import { appendKeyEvent, readKeyRegister } from '../ledger/key-events.js';
import { addLogKey, dropLogKey, keyLine, LogKeys, readLogKeys } from '../ledger/log-keys.js';
import { readLogPolicy } from '../ledger/log-policy.js';
import { PRIVATE_KEY } from '../ledger/private-key.js';
import { readShown } from '../ledger/shown-head.js';
import { WitnessClient } from '../ledger/witness-client.js';
import { CLOCK, COMMAND_LOG, CRYPTO, EVENT_STORE, POOL } from '../platform.module.js';
import type { Settings } from '../settings.js';
import { CommandFailed, print, type OutputOptions } from './output.js';
import { withApplication } from './running.js';

interface Standing {
  readonly app: INestApplicationContext;
  readonly settings: Settings;
  readonly crypto: Crypto;
  /** Those of this host. */
  readonly keys: LogKeys;
  readonly register: KeyRegister;
  /** Verifier keys that sign, the oldest first. */
  readonly inUse: readonly string[];
  /** The head that everybody is shown. */
  readonly shown: Note | undefined;
}

/** Which keys sign, and what is to be done about them. */
export async function showLogKeys(options: OutputOptions): Promise<void> {
  await withStanding(({ keys, register, inUse }) => {
    const ever = register.map(({ vkey }) => vkey);
    const listed = [...new Set([...inUse, ...ever, ...keys.vkeys])].map((vkey) => {
      const state = inUse.includes(vkey) ? 'signs' : ever.includes(vkey) ? 'retired' : 'not-announced';
      return { vkey, state, isHere: keys.vkeys.includes(vkey) };
    });
    const lines = listed.map(
      ({ vkey, state, isHere }) => `${state}${isHere ? '' : ', not on this host'}: ${vkey}`,
    );
    print({ origin: keys.origin, keys: listed }, lines, options);
    return Promise.resolve();
  });
}

/** A line for a key that comes from the environment; nothing is written. */
export async function newLogKey(): Promise<void> {
  await withStanding(({ crypto, keys }) => {
    process.stdout.write(`${keyLine(crypto, keys.origin, randomBytes(32))}\n`);
    return Promise.resolve();
  });
}

/** Makes a key, or takes the one that was put beside the old one, and announces it. @throws CommandFailed */
export async function rotateLogKey(options: OutputOptions): Promise<void> {
  await withStanding(async (standing) => {
    const { inUse, keys, register } = standing;
    if (inUse.length > 1) {
      throw new CommandFailed(
        'log-key-rotation-under-way',
        `Two keys sign already. Retire the old one first, once everybody knows the new one: concejo log-key retire`,
      );
    }
    const [old] = inUse;
    if (old === undefined || !keys.vkeys.includes(old)) {
      throw new CommandFailed(
        'log-key-missing',
        `The key that signs the log (${old ?? 'unknown'}) is not on this host: run this where it is.`,
      );
    }
    const ever = register.map(({ vkey }) => vkey);
    const waiting = keys.vkeys.find((vkey) => vkey !== old && !ever.includes(vkey));
    const vkey = waiting ?? (await addKey(standing));
    await append(standing, { type: 'LogKeyAnnounced', data: { old, new: vkey } });
    const lines = [
      `Announced: ${vkey}`,
      'It signs every new head beside the old key, as soon as concejo serve runs. Until the old one is retired:',
      '  - keep a copy of the key file apart;',
      '  - send the line to the operator of each witness: concejo witness --log takes it beside the old one;',
      '  - publish it, for everybody who has a policy: log and this line, beside the old line.',
      'Weeks later: concejo log-key retire',
    ];
    print({ old, announced: vkey }, lines, options);
  });
}

/** Retires the older of two keys. @throws CommandFailed where that would leave a log that nobody accepts */
export async function retireLogKey(options: OutputOptions & { force?: boolean }): Promise<void> {
  await withStanding(async (standing) => {
    const { crypto, settings, inUse, keys, shown } = standing;
    const [old, ...left] = inUse;
    if (old === undefined || left.length === 0) {
      throw new CommandFailed(
        'log-key-the-last',
        'One key signs the log, and it stays until another one is announced: concejo log-key rotate',
      );
    }
    const staying = keys.only(left);
    if (staying === undefined) {
      throw new CommandFailed(
        'log-key-missing',
        `The key that would sign alone (${left.join(' and ')}) is not on this host: run this where it is.`,
      );
    }
    const ofStaying = shown?.signatures.filter(({ name, id }) =>
      staying.verifiers.some((key) => key.name === name && key.id === id),
    );
    if (shown === undefined || ofStaying === undefined || ofStaying.length === 0) {
      throw new CommandFailed(
        'log-key-too-early',
        'No head that the new key signed is shown yet: let concejo serve run for a moment, and try again.',
      );
    }
    if (options.force !== true) await assertWitnessesKnow(standing, { ...shown, signatures: ofStaying });
    await append(standing, { type: 'LogKeyRetired', data: { vkey: old } });
    const isFile = !settings.logKey.startsWith(PRIVATE_KEY);
    if (isFile) await dropLogKey(crypto, settings.logKey, old);
    const lines = [
      `Retired: ${old}`,
      `${left.join(' and ')} signs alone from the next head on.`,
      isFile
        ? 'The old key is no longer in the key file: delete its copies as well.'
        : 'Take the old line out of CONCEJO_LOG_KEY, and delete its copies.',
    ];
    print({ retired: old, signs: left }, lines, options);
  });
}

async function withStanding(work: (standing: Standing) => Promise<void>): Promise<void> {
  await withApplication(async (app, settings) => {
    const crypto = app.get<Crypto>(CRYPTO, { strict: false });
    const keys = await readLogKeys(crypto, settings.logKey);
    if (keys === undefined) {
      throw new CommandFailed(
        'log-key-missing',
        `There is no key at ${settings.logKey}. The first one is made when concejo serve signs the log for the first time.`,
      );
    }
    const register = await readKeyRegister(app.get<EventStore>(EVENT_STORE, { strict: false }), crypto);
    const { shown: published } = await readShown(app.get<Pool>(POOL, { strict: false }));
    const note = published && parseNote(utf8(published.note));
    const shown = typeof note === 'string' ? undefined : note;
    const first = keys.first(shown);
    const inUse = register.length > 0 ? keysInUse(register) : first === undefined ? [] : [first];
    await work({ app, settings, crypto, keys, register, inUse, shown });
  });
}

async function addKey({ crypto, settings: { logKey }, keys }: Standing): Promise<string> {
  if (logKey.startsWith(PRIVATE_KEY)) {
    throw new CommandFailed(
      'log-key-in-environment',
      'The key comes from the environment. Add a second line to CONCEJO_LOG_KEY (concejo log-key new prints one), start serve ' +
        'again with it, and run this with it.',
    );
  }
  const line = keyLine(crypto, keys.origin, randomBytes(32));
  // Before the event: a key that is announced and lost would have to be retired again.
  await addLogKey(crypto, logKey, line);
  return LogKeys.parse(crypto, line).vkeys[0] as string;
}

async function append({ app, crypto }: Standing, event: Parameters<typeof appendKeyEvent>[2]): Promise<void> {
  const log = app.get<CommandLog>(COMMAND_LOG, { strict: false });
  const at = app.get<Clock>(CLOCK, { strict: false }).now().toISOString();
  await appendKeyEvent(log, crypto, event, { commandId: randomUUID(), at });
}

/** @param note the head that is shown, with the signatures of the staying keys alone */
async function assertWitnessesKnow({ crypto, settings }: Standing, note: Note): Promise<void> {
  if (settings.logPolicy === undefined) return;
  const policy = await readLogPolicy(crypto, settings.logPolicy);
  const asked = await Promise.all(
    policy.witnesses.map(async (witness) => {
      if (witness.url === undefined) return { name: witness.name, knows: false };
      const client = new WitnessClient(crypto, witness, witness.url, () => performance.now());
      return { name: witness.name, knows: await client.knowsKeyOf(writeNote(note)) };
    }),
  );
  const knowing = asked.filter(({ knows }) => knows).map(({ name }) => name);
  if (meetsQuorum(policy, new Set(knowing))) return;
  const others = asked.filter(({ knows }) => !knows).map(({ name }) => name);
  throw new CommandFailed(
    'witnesses-without-key',
    `Too few witnesses would cosign without the old key: ${others.join(', ')} did not answer, or do not know the new one. Send ` +
      'their operators its line (concejo log-key), or retire the old key all the same with --force.',
  );
}
