-- A log that is being copied into this database, or brought back from a backup, and is not whole yet: nothing serves it.
create table log_incoming (
  only_one boolean primary key default true check (only_one),
  -- What brings it, to be run again when it was broken off.
  command text not null check (command in ('copy-log', 'restore')),
  begun_at timestamptz not null default now()
);

do $$
begin
  if exists (select from pg_roles where rolname = 'concejo_runtime') then
    grant select, insert, delete on log_incoming to concejo_runtime;
  end if;
end $$;
