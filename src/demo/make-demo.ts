/**
 * Makes the demo city: a year of matters, one finished edition of a participatory budget, counted and certified, and one with
 * voting open. All of it through the ordinary commands, on a clock that begins in the past and is moved forward as the story goes on.
 */
import { createHash } from 'node:crypto';
import type { INestApplicationContext } from '@nestjs/common';
import { Command, CommandBus } from '@nestjs/cqrs';
import { makeBallot, type AreaVote } from '../../projections/ballot.js';
import { bytesOf, toBase64url, utf8 } from '../../projections/bytes.js';
import { canonicalBytes } from '../../projections/canonical.js';
import { CastBallot, MarkPaper } from '../ballots/ballots.commands.js';
import { ImportCity } from '../city/city.commands.js';
import { DescribeCategories } from '../categories/categories.commands.js';
import type { DemoClock } from '../clock.js';
import { boxKeyPair } from '../crypto/boxes.js';
import { ballotMaker, signingKeyPair } from '../crypto/node-crypto.js';
import { CountElection } from '../elections/count.commands.js';
import { ChangeWithReason, DefineElection } from '../elections/define.commands.js';
import {
  ChangeElection,
  CommitRoll,
  ListRoll,
  OpenVoting,
  PublishElectionKey,
} from '../elections/elections.commands.js';
import { OpenElections } from '../elections/open-elections.js';
import { ReconcilePaper } from '../elections/reconcile.commands.js';
import { RollLines } from '../elections/roll-lines.js';
import { type By, isRejection } from '../event-store/command-log.js';
import { newThingId } from '../event-store/event-ids.js';
import type { EventStore } from '../event-store/event-store.js';
import { QuestionnaireRound } from '../complaints/questionnaire-round.js';
import { Codes } from '../complaints/codes.js';
import { People } from '../complaints/people.js';
import { MailReactor } from '../mail/reactor.js';
import { Outbox } from '../mail/outbox.js';
import { OutboxDesk } from '../mail/outbox-desk.js';
import { Photos } from '../photos/photos.js';
import { EVENT_STORE } from '../platform.module.js';
import { Acts } from '../staff/acts.js';
import type { Actor } from '../staff/actor.js';
import { Views } from '../views/views.js';
import { DEMO_CATEGORIES } from './categories.js';
import { BUDGETS, demoCityFile } from './city.js';
import { EDITIONS, type Edition } from './editions.js';
import { lot } from './lot.js';
import { planMatters } from './matters.js';
import { moveClock } from './move-clock.js';
import { MattersPlayer } from './play-matters.js';
import type { DemoProject } from './projects.js';

const HOUR_MS = 3_600_000;
/** Left at once. */
const OLD_MAILS = 500;
const DAY_MS = 24 * HOUR_MS;
const DISTRICTS = ['harbour', 'market', 'valley'];
/** How long ago the story begins: some days before the year of matters. */
export const DEMO_BEGINS_BEFORE_MS = 368 * DAY_MS;
const YEAR_MS = 365 * DAY_MS;
/** How long ago the first edition is defined. */
const EDITION_BEFORE_MS = 60 * DAY_MS;
/** The first start has its read tables to make. */
const VIEWS_MS = 30_000;
/** The same matters in every demo. */
const SEED = 'villaficticia';

export interface DemoCast {
  /** Runs the elections, and approves with the second. */
  officers: readonly [Actor, Actor];
  /** Releases and answers matters. */
  listener: Pick<Actor, 'id' | 'roles'>;
}

export interface DemoMatters {
  /** Filed in the last year. */
  count: number;
  /** Told of how many acts are done. */
  progress?: (done: number, of: number) => void;
}

/** @throws Error when a step is refused: a bug */
export async function makeDemo(
  app: INestApplicationContext,
  clock: DemoClock,
  cast: DemoCast,
  matters: DemoMatters,
): Promise<void> {
  const story = new Story(app, clock, cast, matters);
  await story.city();
  await story.come(Date.now() - EDITION_BEFORE_MS);
  const [first, second] = EDITIONS;
  if (first !== undefined) await story.edition(first, true);
  // Up to some days before today, so that the second edition is in the middle of its voting now.
  const target = Date.now() - 9 * DAY_MS;
  await story.come(target);
  if (second !== undefined) await story.edition(second, false);
  await story.come(Date.now());
  await story.leaveOldMails();
}

class Story {
  readonly #commands: CommandBus;
  readonly #elections: OpenElections;
  readonly #matters: MattersPlayer;

  constructor(
    private readonly app: INestApplicationContext,
    private readonly clock: DemoClock,
    private readonly cast: DemoCast,
    { count, progress = () => undefined }: DemoMatters,
  ) {
    this.#commands = app.get(CommandBus, { strict: false });
    this.#elections = app.get(OpenElections, { strict: false });
    const now = Date.now();
    this.#matters = new MattersPlayer({
      commands: this.#commands,
      plan: planMatters(SEED, count, now - YEAR_MS, now),
      people: app.get(People, { strict: false }),
      codes: app.get(Codes, { strict: false }),
      photos: app.get(Photos, { strict: false }),
      listener: cast.listener,
      come: (at) => this.#jump(at),
      progress,
    });
  }

  /** Lives through what comes up to an instant, if that is still to come. @param until ms */
  async come(until: number): Promise<void> {
    await this.#matters.until(until);
    await this.#jump(until);
  }

  #wait(ms: number): Promise<void> {
    return this.come(this.clock.now().getTime() + ms);
  }

  #jump(until: number): Promise<void> {
    return moveClock(this.app, () => this.clock.advance(Math.max(0, until - this.clock.now().getTime())));
  }

  async city(): Promise<void> {
    const by = { ...this.#by('city'), actor: { id: 'system', roles: [] } };
    // A deadline of today ends in three months.
    const file = demoCityFile(this.clock.now(), new Date(Date.now() + YEAR_MS));
    await this.#run(new ImportCity(file, by));
    await this.#run(
      new DescribeCategories(DEMO_CATEGORIES, { ...by, ...this.#by('categories'), actor: by.actor }),
    );
    // Commands on matters go by what was just described.
    const store = this.app.get<EventStore>(EVENT_STORE, { strict: false });
    await this.app.get(Views, { strict: false }).atLeast(await store.head(), VIEWS_MS);
  }

  /** What could not be sent when it was new, since a demo never sends: nobody has to decide about each mail of a year. */
  async leaveOldMails(): Promise<void> {
    const store = this.app.get<EventStore>(EVENT_STORE, { strict: false });
    await this.app.get(MailReactor, { strict: false }).reached(await store.head());
    await this.app.get(QuestionnaireRound, { strict: false }).round();
    await this.app.get(Outbox, { strict: false }).keepHouse();
    const desk = this.app.get(OutboxDesk, { strict: false });
    for (;;) {
      const { rows } = await desk.list({ state: 'failed', limit: OLD_MAILS });
      if (rows.length === 0) return;
      await Promise.all(rows.map(({ id, tries }) => desk.discard(id, tries)));
    }
  }

  async edition(edition: Edition, finish: boolean): Promise<void> {
    const { name, projects, days } = edition;
    const electionId = newThingId('demo', name, 'election');
    const opensAt = this.clock.now().getTime() + HOUR_MS;
    const instant = (ms: number) => new Date(ms).toISOString();
    const closesAt = opensAt + days * DAY_MS;
    const paper = edition.marked > 0;
    await this.#run(
      new DefineElection(
        electionId,
        {
          definition: {
            profile: 'open',
            origin: 'live',
            disclosure: 'at-close',
            currency: 'EUR',
            areas: BUDGETS,
            ballot: { type: 'approval', min: 0, max: 3, repeats: 'refuse', limits: 'refuse' },
            schedule: {
              opensAt: instant(opensAt),
              closesAt: instant(closesAt),
              claimsUntil: instant(closesAt + 7 * DAY_MS),
            },
            paper: paper ? 'prevails' : 'none',
          },
          title: edition.title,
          ruleset: {
            v: 1,
            rule: 'greedy-threshold',
            score: { by: 'votes' },
            threshold: { score: 20 },
            tieOrder: ['lowest-cost', 'most-votes', 'listed'],
            ties: projects.map(({ id }) => id),
          },
          options: projects.map(({ id, area, cost, category, place, title }) => ({
            id,
            area,
            cost,
            category,
            place: { lat: Math.round(place.lat * 1e6), lon: Math.round(place.lon * 1e6) },
            title,
          })),
        },
        this.#by(`${name}-define`),
      ),
    );
    const people = Array.from(
      { length: edition.onRoll },
      (_, index) => `demo-${name}-${String(index + 1).padStart(4, '0')}`,
    );
    const district = (index: number) => DISTRICTS[index % DISTRICTS.length] ?? 'harbour';
    const lines = people.map((person, index) => ({
      person,
      k: toBase64url(keyOf(person).publicKey),
      areas: ['city', district(index)],
      weight: 1,
    }));
    await this.#run(new ListRoll(electionId, lines, this.#by(`${name}-roll`)));
    await this.#run(new CommitRoll(electionId, this.#by(`${name}-commit-roll`)));
    await this.#wait(HOUR_MS);
    await this.#run(new OpenVoting(electionId, this.#by(`${name}-open`)));
    await this.#vote(edition, electionId, people, district);
    if (!finish) return;
    await this.#extend(electionId, instant(closesAt + DAY_MS), instant(closesAt + 8 * DAY_MS));
    await this.#close(edition, electionId, closesAt + DAY_MS);
  }

  async #vote(
    edition: Edition,
    electionId: string,
    people: readonly string[],
    district: (index: number) => string,
  ): Promise<void> {
    const { row } = await this.#elections.fresh(electionId);
    if (row?.opening === undefined) throw new Error('The demo’s voting is not open');
    const target = {
      electionId,
      e: row.opening.e,
      boxKey: bytesOf(row.opening.boxKey),
      sealedBytes: row.definition.ballot.sealedBytes,
      disclosure: 'at-close' as const,
    };
    const steps = edition.pass * 4;
    const random = lot(edition.name);
    let next = 0;
    for (let step = 1; step <= steps; step++) {
      // Many come in the first days and many in the last.
      const until = Math.round(
        (edition.voters * (step + Math.sin((step / steps) * 2 * Math.PI) * steps * 0.06)) / steps,
      );
      const batch = people.slice(next, Math.min(until, edition.voters));
      await Promise.all(
        batch.map(async (person, offset) => {
          const index = next + offset;
          const vote = votesOf(edition.projects, ['city', district(index)], lot(person));
          const key = keyOf(person);
          const secretKey = createHash('sha256').update(`demo ephemeral ${person}`).digest();
          const content = { n: 1, vote, word: '' };
          const ballot = makeBallot(
            ballotMaker,
            target,
            { ...key, cl: 'all' },
            content,
            boxKeyPair(secretKey),
          );
          await this.#run(new CastBallot(electionId, canonicalBytes(ballot)));
        }),
      );
      next += batch.length;
      await this.#wait(6 * HOUR_MS - Math.round(random() * HOUR_MS));
    }
    const lines = this.app.get(RollLines, { strict: false });
    const marked = people.slice(edition.voters, edition.voters + edition.marked);
    const pseudonyms = await lines.pseudonyms(electionId, marked);
    for (const v of pseudonyms) await this.#run(new MarkPaper(electionId, v, this.#by(`mark-${v}`)));
  }

  async #extend(electionId: string, closesAt: string, claimsUntil: string): Promise<void> {
    const words = {
      es: 'Un temporal cerró un día los centros municipales.',
      ast: 'Un temporal zarró un día los centros municipales.',
      en: 'A storm closed the civic centres for a day.',
    };
    await this.#run(
      new ChangeWithReason(
        electionId,
        { code: 'storm', texts: words },
        (reason) => ({ do: 'extend', schedule: { closesAt, claimsUntil }, reason }),
        this.#by('extend'),
      ),
    );
  }

  async #close(edition: Edition, electionId: string, closesAt: number): Promise<void> {
    await this.come(closesAt);
    await this.#run(new ChangeElection(electionId, { do: 'close' }, this.#by('close')), 'wrong-phase');
    const random = lot('paper');
    const sheets = Array.from({ length: edition.marked }, (_, index) => ({
      s: index + 1,
      vote: votesOf(edition.projects, ['city', DISTRICTS[index % 3] ?? 'harbour'], random),
    }));
    await this.#together('record-batch', { electionId, batch: 'centre-1', sheets }, { sheets });
    await this.#run(new ReconcilePaper(electionId, this.#by('reconcile')));
    await this.#run(new PublishElectionKey(electionId, this.#by('key')), 'wrong-phase');
    await this.#run(new CountElection(electionId, this.#by('count')), 'count-current');
    await this.#wait(8 * DAY_MS);
    const { row } = await this.#elections.fresh(electionId);
    const tally = row?.tallies.at(-1);
    if (tally === undefined) throw new Error('The demo’s first edition is not counted');
    await this.#together('certify', { electionId, tally: tally.number, outputDigest: tally.outputDigest });
  }

  /** Both officers, as two persons would. */
  async #together(kind: string, body: unknown, second?: unknown): Promise<void> {
    const [one, other] = this.cast.officers;
    const acts = this.app.get(Acts, { strict: false });
    const proposed = await acts.propose(kind, body, { ...this.#by(`propose-${kind}`), actor: one });
    if (isRejection(proposed)) throw new Error(`The demo cannot propose ${kind}: ${proposed.rejected}`);
    const done = await acts.approve(proposed.actId, other, second);
    if (isRejection(done)) throw new Error(`The demo cannot approve ${kind}: ${done.rejected}`);
    if (done.state !== 'done')
      throw new Error(`The demo’s act ${kind} came to nothing: ${JSON.stringify(done.outcome)}`);
  }

  async #run(command: Command<object>, orElse?: string): Promise<void> {
    const answer = await this.#commands.execute(command);
    if (isRejection(answer) && answer.rejected !== orElse) {
      throw new Error(
        `The demo was refused ${command.constructor.name}: ${answer.rejected} ${answer.field ?? ''}`,
      );
    }
  }

  #by(step: string): By {
    return { commandId: `demo-story-${step}`, actor: this.cast.officers[0], request: utf8(step) };
  }
}

/** Made-up voters have made-up keys, which anybody can make again: a demo's votes are worth nothing. */
function keyOf(person: string) {
  return signingKeyPair(createHash('sha256').update(`demo key ${person}`).digest());
}

/** Up to three projects in each area, the better liked ones more often. */
function votesOf(
  projects: readonly DemoProject[],
  areas: readonly string[],
  random: () => number,
): AreaVote[] {
  return [...areas].sort().map((area) => ({
    a: area,
    ids: projects
      .filter((project) => project.area === area && random() * 100 < project.appeal)
      .map(({ id }) => id)
      .slice(0, 3),
  }));
}
