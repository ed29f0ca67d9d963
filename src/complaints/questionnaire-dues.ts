/** Keeps when whom to ask whether her matter is fixed, as the reactor follows the log: in the transaction that says how far it has come. */
import type { ClientBase } from 'pg';
import type { LogEvent } from '../../projections/event.js';
import { type MatterEvent } from '../../projections/matter.js';
import { mattersView } from '../../projections/matters.view.js';
import type { Correspondent } from '../mail/correspondents.js';
import type { Views } from '../views/views.js';
import { askedAt, closingOf } from './questionnaire.js';

export class QuestionnaireDues implements Correspondent<void> {
  readonly writesAbout = [
    'MatterMoved',
    'MatterAnswered',
    'MatterReopened',
    'MatterDuplicated',
    'FixReported',
    'ReporterErased',
    'MatterErased',
  ] as const;
  /** None yet. */
  readonly mails = () => [];
  readonly facts: Correspondent<void>['facts'] = (event, client) => this.#keep(event as MatterEvent, client);

  constructor(private readonly views: Pick<Views, 'get'>) {}

  /** By the row as it is now, so that an event that comes late, or again, changes nothing that is right. */
  async #keep(event: MatterEvent, client: ClientBase): Promise<void> {
    const { matterId } = event.data;
    const row = await this.views.get(mattersView, matterId);
    const closedAt = row && closingOf(row);
    if (closedAt === undefined) {
      await client.query('delete from matter_questionnaires where matter_id = $1', [matterId]);
      return;
    }
    await client.query(
      `insert into matter_questionnaires as kept (matter_id, closed_at, due_at) values ($1, $2, $3)
       on conflict (matter_id) do update set closed_at = excluded.closed_at, due_at = excluded.due_at, done_at = null
         where kept.closed_at <> excluded.closed_at`,
      [matterId, closedAt, askedAt(closedAt, event.at)],
    );
    if (event.type === 'FixReported') await saidSo(event, client);
  }
}

/** Who has said that this closing is right need not be asked; what she said of an earlier one does not count. */
async function saidSo({ data, at }: LogEvent<'FixReported'>, client: ClientBase): Promise<void> {
  await client.query(
    'update matter_questionnaires set done_at = $2 where matter_id = $1 and closed_at <= $2 and done_at is null',
    [data.matterId, at],
  );
}
