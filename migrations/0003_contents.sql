-- Texts and files: outside the log, erasable. Events hold only a salted commitment of them.
create table contents (
  id uuid primary key,
  -- text/plain is the JSON of language to words; anything else is a file.
  media_type text not null,
  bytes bytea not null,
  salt bytea not null check (octet_length(salt) = 32),
  -- HT("content", id, salt, bytes)
  commitment bytea not null check (octet_length(commitment) = 32),
  -- Somebody refers to it: an event (found by the sweep), or a row outside the log (set with that row). What nobody
  -- refers to after a day is swept away.
  kept boolean not null default false,
  created_at timestamptz not null
);

-- Photographs do not compress; trying costs time on every write.
alter table contents alter column bytes set storage external;

create index contents_not_kept on contents (created_at) where not kept;

-- Erasures that were carried out here. The same list is kept apart in a file, for a database restored from an older backup.
create table erasures (
  content_id uuid primary key,
  basis text not null,
  erased_at timestamptz not null
);

do $$
begin
  if exists (select from pg_roles where rolname = 'concejo_runtime') then
    grant select, insert, delete on contents to concejo_runtime;
    grant update (kept) on contents to concejo_runtime;
    grant select, insert on erasures to concejo_runtime;
  end if;
end $$;
