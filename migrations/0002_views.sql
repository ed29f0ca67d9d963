-- Read tables and how far each has come. They live in a schema of their own, because the runner creates and drops tables at
-- run time, and the runtime role must not be able to do that beside the log.
create schema views;

create table views.checkpoints (
  name text not null,
  version integer not null check (version between 1 and 9999),
  -- A version that is built again stands here twice: live, and building beside it.
  state text not null check (state in ('building', 'live', 'retired')),
  -- Position of the last event folded in; -1 before the first.
  position bigint not null check (position >= -1),
  -- Position of the last event that changed any row: the whole view's ETag. -1 when none did.
  changed_at bigint not null check (changed_at between -1 and position),
  primary key (name, version, state)
);

-- A name has one live version at most.
create unique index on views.checkpoints (name) where state = 'live';

do $$
begin
  if exists (select from pg_roles where rolname = 'concejo_runtime') then
    grant usage, create on schema views to concejo_runtime;
    grant select, insert, update, delete on views.checkpoints to concejo_runtime;
  end if;
end $$;
