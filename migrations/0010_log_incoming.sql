-- A log that is being copied into this database, or brought back from a backup, and is not whole yet: nothing serves it.
create table log_incoming (
  only_one boolean primary key default true check (only_one),
  -- What brings it, to be run again when it was broken off.
  command text not null check (command in ('copy-log', 'restore')),
  begun_at timestamptz not null default now()
);

-- A log that was moved to EventStoreDB does not go on here, whatever program still runs that was started before.
create function refuse_elsewhere() returns trigger language plpgsql as $$
begin
  if exists (select from log_home where engine = 'eventstoredb') then
    raise exception 'the log of this database is on EventStoreDB' using errcode = 'restrict_violation';
  end if;
  return null;
end $$;
create trigger events_at_home before insert on events for each statement execute function refuse_elsewhere();

do $$
begin
  if exists (select from pg_roles where rolname = 'concejo_runtime') then
    grant select, insert, delete on log_incoming to concejo_runtime;
  end if;
end $$;
