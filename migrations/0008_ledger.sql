-- The Merkle tree over the log (RFC 9162), in tiles of 256 hashes (C2SP tlog-tiles), derived from the events alone.
create table ledger_tiles (
  level smallint not null check (level between 0 and 7),
  index bigint not null check (index >= 0),
  -- The last tile of a level may have fewer than 256 hashes of 32 bytes.
  hashes bytea not null check (octet_length(hashes) between 32 and 8192 and octet_length(hashes) % 32 = 0),
  primary key (level, index)
);
-- Hashes cannot be compressed.
alter table ledger_tiles alter column hashes set storage external;

-- How far the tiles reach, the last head that was signed and the last one that is shown. One row for ever.
create table ledger_head (
  only_one boolean primary key default true check (only_one),
  size bigint not null default 0 check (size >= 0),
  -- A signed note (C2SP tlog-checkpoint), and the size that it is about.
  published text,
  published_size bigint not null default 0 check (published_size <= size)
);
insert into ledger_head default values;

-- A receipt is asked for by the hash of its leaf.
create index events_hash on events using hash (hash);

do $$
begin
  if exists (select from pg_roles where rolname = 'concejo_runtime') then
    grant select, insert, update on ledger_tiles to concejo_runtime;
    grant select, update on ledger_head to concejo_runtime;
  end if;
end $$;
