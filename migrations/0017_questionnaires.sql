-- When the reporter of a closed matter is asked whether it is fixed. Who she is stands in matter_people alone.
create table matter_questionnaires (
  matter_id uuid primary key,
  -- A matter that was opened and closed again was closed at another time, and is asked about again.
  closed_at timestamptz not null,
  due_at timestamptz not null,
  -- When she was asked, or had said so by herself, or nobody was there to be asked.
  done_at timestamptz
);
create index matter_questionnaires_due on matter_questionnaires (due_at, matter_id) where done_at is null;

-- What was due before may have been sent from the database that this one was restored from or copied of.
alter table outbox_home add column since timestamptz;

alter table matter_people
  -- Where the category takes nothing unconfirmed: until when she has time. Staff does nothing with the matter before.
  add column confirm_until timestamptz,
  -- How many codes were sent to her address: who guesses has few tries in all.
  add column codes_made integer not null default 0,
  -- Another program filed for her, and gave her no link: it comes with the code.
  add column link_by_mail boolean not null default false;
create index matter_people_unconfirmed on matter_people (confirm_until) where confirm_until is not null and confirmed_at is null;

-- Which matter a form became, so that the same form sent twice under two keys is one. No word of it: a keyed hash.
create table matter_forms (
  -- Of the form with who sent it, or of a command that asked for the same again.
  hash bytea primary key,
  matter_id uuid not null,
  until timestamptz not null
);
create index matter_forms_until on matter_forms (until);

do $$
begin
  if exists (select from pg_roles where rolname = 'concejo_runtime') then
    grant select, insert, update, delete on matter_questionnaires, matter_forms to concejo_runtime;
  end if;
end $$;
