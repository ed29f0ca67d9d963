-- Where the log lives: in the table `events`, or on EventStoreDB under a name. Decided at the first start, for ever.
create table log_home (
  only_one boolean primary key default true check (only_one),
  engine text not null check (engine in ('postgres', 'eventstoredb')),
  -- Streams are called `<name>:<stream>` there.
  name text check (name ~ '^[a-z][a-z0-9-]{0,63}$'),
  check ((engine = 'eventstoredb') = (name is not null))
);
insert into log_home (engine) select 'postgres' where exists (select from events);

-- The dense index over a log on EventStoreDB, derived from its `$all` alone by whoever holds the sequencer's lock.
create table log_index (
  position bigint primary key check (position >= 0),
  -- Its place in `$all`.
  commit_position bigint not null,
  prepare_position bigint not null,
  stream text collate "C" not null,
  -- Its place in the stream: among the events that the index keeps, and among all that stand there.
  revision bigint not null check (revision >= 0),
  raw_revision bigint not null check (raw_revision >= revision),
  id uuid not null unique,
  -- RFC 9162 §2.1.1
  hash bytea not null check (octet_length(hash) = 32),
  -- As the store says, but never earlier than that of the event before.
  recorded_at timestamptz not null,
  -- Of the append that wrote it: tells its writer from one who came again.
  append uuid not null,
  command_id text,
  request_digest bytea,
  unique (stream, revision)
);
create index log_index_hash on log_index using hash (hash);

-- Appends that stand in the store and not in the log, because one of their ids had come before.
create table log_left_out (
  stream text collate "C" not null,
  raw_revision bigint not null check (raw_revision >= 0),
  commit_position bigint not null,
  id uuid not null,
  primary key (stream, raw_revision)
);

-- How far the index has come. Whoever moves it says from where: of two sequencers one finds that it moved already.
create table log_index_head (
  only_one boolean primary key default true check (only_one),
  -- Of the last event; -1 for an empty log.
  position bigint not null default -1 check (position >= -1),
  recorded_at timestamptz not null default 'epoch',
  -- All of `$all` up to here is in the index or is no part of the log.
  commit_position bigint not null default -1,
  prepare_position bigint not null default -1
);
insert into log_index_head default values;

create trigger log_home_stays before update or delete or truncate on log_home
  for each statement execute function refuse_change();
create trigger log_index_only_grows before update or delete or truncate on log_index
  for each statement execute function refuse_change();
create trigger log_left_out_only_grows before update or delete or truncate on log_left_out
  for each statement execute function refuse_change();
create trigger log_index_head_stays before delete or truncate on log_index_head
  for each statement execute function refuse_change();
create trigger log_index_head_goes_forward before update on log_index_head
  for each row when (new.position < old.position or new.commit_position <= old.commit_position)
  execute function refuse_change();

do $$
begin
  if exists (select from pg_roles where rolname = 'concejo_runtime') then
    grant select, insert on log_home, log_index, log_left_out to concejo_runtime;
    grant select, update on log_index_head to concejo_runtime;
  end if;
end $$;
