-- The log: one row an event, bytes that are never rewritten, dense positions from 0.
create table events (
  position bigint primary key,
  stream text not null,
  revision bigint not null,
  id uuid not null unique,
  type text not null,
  -- Canonical bytes: what is hashed, and never jsonb.
  leaf bytea not null,
  hash bytea not null check (octet_length(hash) = 32),
  recorded_at timestamptz not null,
  -- The command that made it and the digest of its request: outside leaf and bundle.
  command_id text,
  request_digest bytea,
  unique (stream, revision)
);

-- One row, locked for the length of an append: positions are assigned and committed in one order.
create table log_head (
  only boolean primary key default true check (only),
  position bigint not null,
  recorded_at timestamptz not null
);
insert into log_head (position, recorded_at) values (-1, '-infinity');

create function refuse_to_change_events() returns trigger language plpgsql as $$
begin
  raise exception 'the log is append-only: % on events is refused', tg_op using errcode = 'insufficient_privilege';
end $$;
create trigger events_never_change before update or delete on events for each row execute function refuse_to_change_events();
create trigger events_never_vanish before truncate on events for each statement execute function refuse_to_change_events();

do $$
begin
  if exists (select from pg_roles where rolname = 'concejo_runtime') then
    grant select, insert on events to concejo_runtime;
    grant select, update on log_head to concejo_runtime;
  end if;
end $$;
