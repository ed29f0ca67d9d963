/** Makes the election that ballots are cast in: defined, its roll listed and committed, voting open; by ordinary commands. */
import { CommandBus } from '@nestjs/cqrs';
import type { Command } from '@nestjs/cqrs';
import { randomUUID } from 'node:crypto';
import { bytesOf, toBase64url, utf8 } from '../../projections/bytes.js';
import { createContext } from '../../src/app.js';
import { nodeCrypto } from '../../src/crypto/node-crypto.js';
import { DefineElection } from '../../src/elections/define.commands.js';
import { CommitRoll, ListRoll, OpenVoting } from '../../src/elections/elections.commands.js';
import { OpenElections } from '../../src/elections/open-elections.js';
import { isRejection } from '../../src/event-store/command-log.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { EVENT_STORE } from '../../src/platform.module.js';
import { makeLog } from '../../src/rest/logger.js';
import { readSettings } from '../../src/settings.js';
import { OPTIONS, voterKey, type Booth } from './ballots.js';

const LINES_PER_COMMAND = 5_000;
const HOUR_MS = 3_600_000;

/** @param env of the program that is started on it afterwards @param voters on the roll, numbered from 0 */
export async function openElection(env: NodeJS.ProcessEnv, voters: number): Promise<Booth> {
  const settings = readSettings(env);
  const running = await createContext(settings, { log: makeLog('warn') });
  try {
    const commands = running.app.get(CommandBus, { strict: false });
    const store: EventStore = running.app.get(EVENT_STORE, { strict: false });
    const electionId = randomUUID();
    const by = (step: string) => ({
      commandId: `bench-command-${step}`,
      actor: { id: 'bench', roles: ['returning-officer'] },
      request: utf8(step),
    });
    const run = async (command: Command<object>) => {
      const answer = await commands.execute(command);
      if (isRejection(answer))
        throw new Error(`${command.constructor.name}: ${answer.rejected} ${answer.field ?? ''}`);
    };
    await run(new DefineElection(electionId, definition(), by('define')));
    for (let from = 0; from < voters; from += LINES_PER_COMMAND) {
      const lines = Array.from({ length: Math.min(LINES_PER_COMMAND, voters - from) }, (_, index) => ({
        person: `voter ${from + index}`,
        k: toBase64url(voterKey(from + index).publicKey),
        areas: ['city'],
        weight: 1,
      }));
      await run(new ListRoll(electionId, lines, by(`roll-${from}`)));
    }
    await run(new CommitRoll(electionId, by('commit-roll')));
    await run(new OpenVoting(electionId, by('open')));
    const { row } = await new OpenElections(store, nodeCrypto).fresh(electionId);
    if (row?.opening === undefined) throw new Error('Voting is not open');
    const { e, boxKey } = row.opening;
    const { disclosure, ballot } = row.definition;
    const target = { electionId, e, boxKey: bytesOf(boxKey), sealedBytes: ballot.sealedBytes, disclosure };
    return { target, path: `/api/v1/elections/${electionId}/ballots` };
  } finally {
    await running.close();
  }
}

function definition() {
  const instant = (hours: number) => new Date(Date.now() + hours * HOUR_MS).toISOString();
  return {
    definition: {
      profile: 'open' as const,
      // Of an import voting may begin in the past.
      origin: 'import' as const,
      disclosure: 'at-close' as const,
      currency: 'EUR',
      areas: [{ id: 'city', budget: 500_000_000 }],
      ballot: {
        type: 'approval' as const,
        min: 1,
        max: 10,
        repeats: 'refuse' as const,
        limits: 'refuse' as const,
      },
      schedule: { opensAt: instant(-1), closesAt: instant(24), claimsUntil: instant(48) },
      paper: 'none' as const,
    },
    title: { en: 'Casting, measured' },
    ruleset: { v: 1, rule: 'greedy', score: { by: 'votes' }, tieOrder: ['lowest-cost', 'most-votes'] },
    options: Array.from({ length: OPTIONS }, (_, index) => ({
      id: `p${index}`,
      area: 'city',
      cost: 10_000_000 + index,
      title: { en: `Project ${index}` },
    })),
  };
}
