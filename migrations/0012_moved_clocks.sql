-- Clocks that were moved under a running process: each tells of its own here, and any of them takes the confirmation of two persons.
create table moved_clocks (
  process uuid primary key,
  moved_by_ms bigint not null,
  -- How far it is ahead of the database's clock now.
  ahead_ms bigint not null,
  -- By the database's clock; renewed as long as the process lives.
  told_at timestamptz not null default now(),
  confirmed boolean not null default false
);

do $$
begin
  if exists (select from pg_roles where rolname = 'concejo_runtime') then
    grant select, insert, update, delete on moved_clocks to concejo_runtime;
  end if;
end $$;
