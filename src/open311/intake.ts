/** What Open311 clients send, handed to the commands of matters. Refusals come back as problems. */
import { createHash, createHmac, randomUUID } from 'node:crypto';
import type { CommandBus } from '@nestjs/cqrs';
import { categoriesView, type CategoryRow } from '../../projections/categories.view.js';
import { isShown } from '../../projections/matter.js';
import { utf8 } from '../../projections/bytes.js';
import type { Clock } from '../clock.js';
import { FileMatter } from '../complaints/filing.commands.js';
import { LISTENER, NO_MATTER, RESIDENT } from '../complaints/matter.js';
import { AnswerMatter, MoveMatter, ReopenMatter } from '../complaints/matters.commands.js';
import { Matters } from '../complaints/matters.js';
import { AddByOthers } from '../complaints/others.commands.js';
import { SameForms } from '../complaints/same-forms.js';
import { isRejection, type By, type Receipt, type Rejection } from '../event-store/command-log.js';
import { isUuid } from '../event-store/event-ids.js';
import { Photos } from '../photos/photos.js';
import type { FormFile } from '../rest/forms.js';
import { accepted, Problem } from '../rest/problem.js';
import { Views } from '../views/views.js';
import { updateId } from './open311.js';
import './open311.problems.js';
import type { Open311Key } from './open311-setting.js';
import { Parameters, type Given } from './parameters.js';
import { answersOf, requestFormOf } from './request-form.js';
import { actOf, updateFormOf, type Act } from './update-form.js';

/** People of a client without an address share what one may send in a minute. */
const MINUTE_MS = 60_000;

export interface Taken {
  readonly matterId: string;
  readonly category: CategoryRow;
}

export class Intake {
  /** @param secret under which forms are hashed: a plain hash of a short form could be guessed */
  constructor(
    private readonly commands: CommandBus,
    private readonly matters: Matters,
    private readonly forms: SameForms,
    private readonly photos: Photos,
    private readonly views: Views,
    private readonly clock: Clock,
    private readonly secret: Uint8Array,
    private readonly language: string,
  ) {}

  /** Files a request, or finds the one that the same form made less than a minute ago. @throws Problem */
  async file(given: Given, files: readonly FormFile[], client: Open311Key): Promise<Taken> {
    const form = requestFormOf(new Parameters(given));
    const category = await this.views.get(categoriesView, form.code);
    const kind = category?.kinds.find((one) => one === 'complaint') ?? category?.kinds[0];
    if (category === undefined || kind === undefined || category.withdrawn) {
      throw new Problem('open311-service-unknown', { field: 'service_code' });
    }
    const request = this.#digest(client, given, files);
    // Clients have no keys of commands: the same form is recognised by itself.
    const by: By = { commandId: randomUUID(), actor: RESIDENT, request };
    // Before its photos are looked at, which are no others either.
    const before = await this.forms.find(by, client.name);
    if (before !== undefined && (await this.matters.look(before)).row !== undefined)
      return { matterId: before, category };
    const photos = accepted(
      await this.photos.add(sentFiles(files), this.#sender(client, form.reporter.email)),
    );
    const filing = {
      kind,
      category: form.code,
      text: form.words,
      language: this.language,
      answers: answersOf(given, category.questions),
      photos: photos.map(({ id }) => id),
      reporter: form.reporter,
      ...(form.place !== undefined && { place: form.place }),
    };
    const from = { sender: client.name, linkByMail: true };
    const { matterId } = accepted(await this.commands.execute(new FileMatter(filing, by, from)));
    return { matterId, category };
  }

  /** Answers the update's id, under which it is listed. @throws Problem */
  async update(given: Given, client: Open311Key): Promise<string> {
    const now = this.clock.now().getTime();
    const form = updateFormOf(new Parameters(given), now);
    // The stream and not the view: another update may have come a moment before.
    const { row } = isUuid(form.requestId) ? await this.matters.look(form.requestId) : NO_MATTER;
    if (row === undefined || !isShown(row)) {
      throw new Problem('open311-request-unknown', { field: 'service_request_id' });
    }
    const request = this.#digest(client, given, []);
    const commandId = this.#name(utf8(client.name), `update ${form.updateId}`);
    const roles = client.moves ? [LISTENER] : [];
    const by: By = { commandId, actor: { id: `open311-${client.name}`, roles }, request };
    const act = actOf(form, row, client.moves, now);
    const answer = await this.#act(form.requestId, act, form.words, by);
    const known = new Problem('open311-update-known', { field: 'update_id' });
    if (isRejection(answer) && answer.rejected === 'command-id-reused') throw known;
    if (accepted(answer).repeated) throw known;
    // Where the event itself stands: the receipt says where its words are seen.
    const own = await this.matters.find(form.requestId, by);
    const { position } = accepted(own ?? answer);
    return updateId(form.requestId, position);
  }

  async #act(matterId: string, act: Act, text: string, by: By): Promise<Receipt | Rejection> {
    const words = { [this.language]: text };
    switch (act.do) {
      case 'move':
        return this.commands.execute(new MoveMatter(matterId, { ...act, words }, by));
      case 'answer':
        return this.commands.execute(new AnswerMatter(matterId, { ...act, words }, by));
      case 'reopen':
        return this.commands.execute(new ReopenMatter(matterId, words, by));
      case 'add':
        return this.commands.execute(new AddByOthers(matterId, words, by));
    }
  }

  /** Of one client's form with its files, whatever the order of the fields is. */
  #digest({ name }: Open311Key, { api_key: _key, ...given }: Given, files: readonly FormFile[]): Uint8Array {
    const fields = Object.entries(given).sort(([a], [b]) => (a < b ? -1 : 1));
    const bytes = files.map(({ bytes: file }) => createHash('sha256').update(file).digest('hex'));
    return utf8(JSON.stringify([name, fields, bytes]));
  }

  #name(bytes: Uint8Array, what: string): string {
    return createHmac('sha256', this.secret).update(`open311 ${what}\n`).update(bytes).digest('base64url');
  }

  /** All of a client's people come from one address: they are told apart by what they say, and without it by the minute. */
  #sender({ name }: Open311Key, email: string | undefined) {
    const minute = Math.floor(this.clock.now().getTime() / MINUTE_MS);
    return { address: this.#name(utf8(email ?? String(minute)), `sender of ${name}`) };
  }
}

function sentFiles(files: readonly FormFile[]) {
  return files.map(({ mediaType, bytes }) => ({ mediaType, bytes }));
}
