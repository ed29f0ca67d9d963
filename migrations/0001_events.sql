-- The log. Positions are dense: who appends locks the one row of log_head, so that they are taken and become visible in the
-- same order, and a reader that has seen position p never meets anything new at or before it.
create table log_head (
  only_one boolean primary key default true check (only_one),
  -- Of the last event; -1 for an empty log.
  position bigint not null check (position >= -1),
  recorded_at timestamptz not null
);
insert into log_head (position, recorded_at) values (-1, 'epoch');

create table events (
  position bigint primary key check (position >= 0),
  -- A bound in the pattern instead, `{0,199}`, takes twice as long as all the rest of an insert.
  stream text collate "C" not null check (stream ~ '^[a-z][A-Za-z0-9._-]*$' and octet_length(stream) <= 200),
  revision bigint not null check (revision >= 0),
  id uuid not null unique,
  type text collate "C" not null,
  -- Canonical bytes, never rewritten: what is hashed, signed and published.
  leaf bytea not null check (octet_length(leaf) between 1 and 60000),
  -- RFC 9162 §2.1.1
  hash bytea not null check (hash = sha256('\x00'::bytea || leaf)),
  recorded_at timestamptz not null,
  -- What finds a repeated request again; in no bundle.
  command_id text,
  request_digest bytea,
  unique (stream, revision)
);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% on % is refused: the log only grows', tg_op, tg_table_name using errcode = 'restrict_violation';
end $$;

create trigger events_only_grow before update or delete or truncate on events
  for each statement execute function refuse_change();
create trigger log_head_stays before delete or truncate on log_head
  for each statement execute function refuse_change();
create trigger log_head_goes_forward before update on log_head
  for each row when (new.position <= old.position or new.recorded_at < old.recorded_at)
  execute function refuse_change();

do $$
begin
  if exists (select from pg_roles where rolname = 'concejo_runtime') then
    grant select, insert on events to concejo_runtime;
    grant select, update on log_head to concejo_runtime;
  end if;
end $$;
