/** Plays a plan of matters through the ordinary commands, each act at its time. */
import { Command, type CommandBus } from '@nestjs/cqrs';
import { utf8 } from '../../projections/bytes.js';
import { DuplicateMatter, GatherMatters } from '../complaints/cases.commands.js';
import { FileMatter, JoinMatter } from '../complaints/filing.commands.js';
import { RESIDENT } from '../complaints/matter.js';
import type { Codes } from '../complaints/codes.js';
import type { People } from '../complaints/people.js';
import { AnswerMatter, AssignMatter, MoveMatter } from '../complaints/matters.commands.js';
import { ReleaseMatter } from '../complaints/release.commands.js';
import {
  AddToMatter,
  ConfirmMatter,
  RateMatter,
  ReopenByReporter,
  ReportFix,
} from '../complaints/reporters.commands.js';
import { type By, isRejection, type Rejection } from '../event-store/command-log.js';
import type { Photos } from '../photos/photos.js';
import { drawing } from './drawings.js';
import { madeUp } from './matter-drafts.js';
import type { MattersPlan, PlannedAct } from './matters.js';

/** Of what staff writes, and what is added to a matter. */
const LANGUAGE = 'es';
/** So many at the same time. */
const AT_ONCE = 16;
/** Codes for one address at most. */
const CODES = 5;

export interface MattersStage {
  readonly commands: CommandBus;
  readonly plan: MattersPlan;
  /** Whom residents ask for a code, which is theirs. */
  readonly people: Pick<People, 'ofMatter'>;
  readonly codes: Pick<Codes, 'newCode'>;
  /** Where residents send photos. */
  readonly photos: Pick<Photos, 'add'>;
  /** Of the staff: does what staff does. */
  readonly listener: By['actor'];
  /** Moves the clock to an instant in ms, if that is still to come. */
  readonly come: (at: number) => Promise<void>;
  readonly progress: (done: number, of: number) => void;
}

export class MattersPlayer {
  /** What was filed, by its number in the plan. */
  readonly #filed = new Map<number, { matterId: string; link: string }>();
  #next = 0;

  constructor(private readonly stage: MattersStage) {}

  /** Plays all that is before an instant in ms. What happens at one instant to different matters happens at the same time. */
  async until(end: number): Promise<void> {
    const { acts } = this.stage.plan;
    for (let first = acts[this.#next]; first !== undefined && first.at < end; first = acts[this.#next]) {
      const { at } = first;
      await this.stage.come(at);
      const moment: [number, PlannedAct][] = [];
      for (let act = acts[this.#next]; act?.at === at; act = acts[++this.#next])
        moment.push([this.#next, act]);
      await this.#together(moment);
      this.stage.progress(this.#next, acts.length);
    }
  }

  async #together(moment: readonly [number, PlannedAct][]): Promise<void> {
    const byMatter = new Map<number, [number, PlannedAct][]>();
    for (const one of moment) byMatter.set(one[1].matter, [...(byMatter.get(one[1].matter) ?? []), one]);
    const waiting = [...byMatter.values()];
    const work = async () => {
      for (let acts = waiting.shift(); acts !== undefined; acts = waiting.shift())
        for (const [index, act] of acts) await this.#do(act, index);
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, waiting.length) }, work));
  }

  async #do(act: PlannedAct, index: number): Promise<void> {
    const by = (actor: By['actor']): By => ({
      commandId: `demo-matters-${String(index).padStart(6, '0')}`,
      actor,
      request: utf8(`${index} ${act.do}`),
    });
    if (act.do === 'file') {
      const filing = await this.#filing(act.matter);
      const { matterId, link } = await this.#run(new FileMatter(filing, by(RESIDENT)));
      this.#filed.set(act.matter, { matterId, link });
      return;
    }
    if (act.do === 'confirm') await this.#confirm(act.matter, by(RESIDENT));
    else await this.#run(this.#command(act, by(RESIDENT), by(this.stage.listener)));
  }

  /** With a code that she asks for, and again where the program wrote her another one meanwhile, with its own mail. */
  async #confirm(matter: number, by: By): Promise<void> {
    const { matterId, link } = this.#of(matter);
    const [reporter] = await this.stage.people.ofMatter(matterId);
    if (reporter === undefined) throw new Error('The demo has nobody to confirm an address');
    for (let tries = 0; tries < CODES; tries++) {
      const code = await this.stage.codes.newCode(reporter.personId);
      const answer = await this.stage.commands.execute(new ConfirmMatter(link, code, by));
      if (!isRejection(answer)) return;
      if (answer.rejected !== 'code-wrong') throw refused('ConfirmMatter', answer);
    }
    throw new Error('The demo was given no code that lasts');
  }

  async #filing(matter: number): Promise<FileMatter['filing']> {
    const planned = this.stage.plan.matters[matter];
    if (planned === undefined) throw new RangeError(`The plan has no matter ${matter}`);
    const { photo, ...filing } = planned;
    if (photo === undefined) return filing;
    const file = { mediaType: 'image/png', bytes: await drawing(photo) };
    const refs = await this.stage.photos.add([file], { address: `demo ${matter}` });
    if (isRejection(refs)) throw refused('a photo', refs);
    return { ...filing, photos: refs.map(({ id }) => id) };
  }

  #command(act: Exclude<PlannedAct, { do: 'file' | 'confirm' }>, resident: By, staff: By): Command<object> {
    const { matterId, link } = this.#of(act.matter);
    const words = 'words' in act && act.words !== undefined ? madeUp(act.words) : undefined;
    const said = words === undefined ? {} : { words: { [LANGUAGE]: words } };
    switch (act.do) {
      case 'release':
        return new ReleaseMatter(matterId, { place: true }, staff);
      case 'join':
        return new JoinMatter(matterId, { language: LANGUAGE }, resident);
      case 'assign': {
        const { department, reason } = act;
        return new AssignMatter(matterId, { department, reason }, staff);
      }
      case 'move':
        return new MoveMatter(matterId, { state: act.state, ...said }, staff);
      case 'answer': {
        const { state, responsible } = act;
        const whose = responsible === undefined ? {} : { responsible };
        return new AnswerMatter(matterId, { state, ...whose, words: { [LANGUAGE]: words ?? '' } }, staff);
      }
      case 'add':
        return new AddToMatter(link, { text: words ?? '' }, resident);
      case 'rate':
        return new RateMatter(link, act.stars, resident);
      case 'reopen':
        return new ReopenByReporter(link, words, resident);
      case 'report-fix':
        return new ReportFix(
          link,
          { fixed: act.fixed, ...(words !== undefined && { text: words }) },
          resident,
        );
      case 'duplicate':
        return new DuplicateMatter(matterId, this.#of(act.of).matterId, staff);
      case 'gather': {
        const members = act.members.map((number) => this.#of(number).matterId);
        return new GatherMatters(matterId, members, staff);
      }
    }
  }

  #of(matter: number): { matterId: string; link: string } {
    const filed = this.#filed.get(matter);
    if (filed === undefined) throw new RangeError(`Matter ${matter} of the plan is not filed yet`);
    return filed;
  }

  /** @throws Error when it is refused: a bug of the plan */
  async #run<T extends object>(command: Command<T | Rejection>): Promise<T> {
    const answer = await this.stage.commands.execute(command);
    if (isRejection(answer)) throw refused(command.constructor.name, answer);
    return answer;
  }
}

function refused(command: string, { rejected, field = '' }: Rejection): Error {
  return new Error(`The demo was refused ${command}: ${rejected} ${field}`);
}
