/**
 * What becomes of the tables beside a log that ends earlier than the backup they come from. They are not folds, so no row says
 * of what index it is. What the log needs is kept; what only later events gave a reason for goes, most of all persons.
 */
import type { ClientBase } from 'pg';

const STEPS = [
  // Acts that were approved would be carried out again, and those that wait stand on a state that is no more: whoever
  // wants them proposes them again.
  'delete from pending_acts',
  // People, keys and files of elections that the log does not know.
  `delete from import_rows where not exists (select from events where stream = 'election-' || election_id)`,
  `delete from imports where not exists (select from events where stream = 'election-' || election_id)`,
  `delete from roll_lines where not exists (select from events where stream = 'election-' || election_id)`,
  `delete from scope_keys where scope like 'election-%' and not exists (select from events where stream = scope)`,
  // People of matters that the log does not know, and of joinings that it does not know; links go with them.
  `delete from matter_people where not exists (select from events where stream = 'matter-' || matter_id)`,
  `delete from matter_people where joiner is not null and not exists (select from events where stream =
     'matter-' || matter_id || '.' || rtrim(translate(encode(joiner, 'base64'), '+/', '-_'), '='))`,
  `delete from matter_keys where not exists (select from events where stream = 'matter-' || matter_id)`,
  `delete from matter_cases where not exists (select from events where stream = 'matter-' || matter_id)
     or not exists (select from events where stream = 'matter-' || case_id)`,
  'delete from matter_forms',
  `delete from matter_questionnaires where not exists (select from events where stream = 'matter-' || matter_id)`,
  `delete from matter_notes where not exists (select from events where stream = 'matter-' || matter_id)`,
  // Mails tell of what may not have happened.
  'delete from outbox',
  // Heads over events that the log does not have.
  'delete from ledger_heads where size > (select position + 1 from log_head)',
  // Texts stay, erased ones gone; the sweep looks again who refers to each, and deletes what nobody does.
  'update contents set kept = false where kept',
  // To what was filed and is not released, the log refers through the details alone.
  'update contents set kept = true from matter_people where id = any(matter_people.contents)',
  // That they were carried out is forgotten, so that the list kept apart tells the log again.
  'delete from erasures',
] as const;

/** Part of the transaction that has filled them. Contents, outcomes and explanations go by their hashes and stay. */
export async function makeEarlier(client: ClientBase): Promise<void> {
  for (const step of STEPS) await client.query(step);
}
