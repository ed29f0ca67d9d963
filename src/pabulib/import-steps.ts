/** The steps of an import: each is a command with an id of its own, which is done once however often it is tried. */
import { createHash } from 'node:crypto';
import type { Command, CommandBus } from '@nestjs/cqrs';
import type { Approval } from '../../projections/approval.js';
import { utf8 } from '../../projections/bytes.js';
import type { ElectionRow } from '../../projections/elections.view.js';
import type { ElectionCommand } from '../elections/election.js';
import { ChangeElection, type Answer } from '../elections/elections.commands.js';
import type { OpenElections } from '../elections/open-elections.js';
import { type By, isRejection } from '../event-store/command-log.js';
import { newThingId } from '../event-store/event-ids.js';
import type { ImportOfficers } from './import-officers.js';
import type { ImportSource } from './import-source.js';

/** Commands under way at once: enough for full batches of the store, few enough for flat memory. */
const CONCURRENT = 512;

export type ImportStep = 'roll' | 'ballots' | 'marks' | 'paper' | 'count';
/** Told after every step: what is done, how much of it, of how much. */
export type Progress = (step: ImportStep, done: number, total: number) => void;

export interface StepServices {
  commands: CommandBus;
  elections: OpenElections;
  officers: ImportOfficers;
}

/** A command of an import was refused: a bug, or an election that somebody else has touched. */
export class ImportRefused extends Error {
  readonly code = 'import-refused';
  constructor(step: string, rejected: string) {
    super(`The import stopped at ${step}: ${rejected}`);
    this.name = 'ImportRefused';
  }
}

export class ImportSteps {
  constructor(
    private readonly services: StepServices,
    private readonly source: Pick<ImportSource, 'hash' | 'electionId'>,
    readonly progress: Progress,
  ) {}

  /** 32 bytes made of the file and what they are for: the same at every try, and no secret. */
  derived(purpose: string): Uint8Array {
    return createHash('sha256').update(`concejo import\n${this.source.hash}\n${purpose}`).digest();
  }

  /** Many commands of one step at a time, in about the order of the list. */
  async each<T>(
    step: ImportStep,
    items: readonly T[],
    work: (item: T, index: number) => Promise<void>,
  ): Promise<void> {
    let next = 0;
    let done = 0;
    const worker = async () => {
      for (let index = next++; index < items.length; index = next++) {
        await work(items[index] as T, index);
        done += 1;
        if (done % 500 === 0 || done === items.length) this.progress(step, done, items.length);
      }
    };
    await Promise.all(Array.from({ length: Math.min(CONCURRENT, items.length) }, worker));
  }

  /** Both officers sign the act, as two persons would. */
  async actOfTwo(
    step: string,
    type: string,
    data: Record<string, unknown>,
    change: (act: { actId: string; approvals: [Approval, Approval] }) => ElectionCommand,
    alreadyDone?: string,
  ): Promise<void> {
    const actId = newThingId('import', `${this.source.hash} ${step}`, 'act');
    const approvals = this.services.officers.approve(type, { ...data, actId });
    const command = new ChangeElection(this.source.electionId, change({ actId, approvals }), this.by(step));
    await this.step(step, command, alreadyDone);
  }

  /** @param alreadyDone the refusal that says that there is nothing left to do @throws ImportRefused */
  async step(step: string, command: Command<Answer>, alreadyDone?: string): Promise<void> {
    const answer = await this.services.commands.execute(command);
    if (isRejection(answer) && answer.rejected !== alreadyDone)
      throw new ImportRefused(step, answer.rejected);
  }

  /** As the log has it now. @throws ImportRefused before it is defined */
  async election(): Promise<ElectionRow> {
    const { row } = await this.services.elections.fresh(this.source.electionId);
    if (row === undefined) throw new ImportRefused('define', 'election-unknown');
    return row;
  }

  /** As the first of the officers, under an id made of the file and the step. */
  by(step: string): By {
    // The request is the step of this file: times and salts in it may differ between tries, the step does not.
    return {
      commandId: `import-${this.source.hash}-${step}`,
      actor: this.services.officers.actor,
      request: utf8(`${this.source.hash} ${step}`),
    };
  }
}
