-- Elections that were read from a file: what the file says of the election itself, and whose row was whose, so that it can
-- be written back. Outside the log, because it names the file's voters.
create table imports (
  election_id uuid primary key,
  -- META and PROJECTS as they stand in the file, and the header of VOTES.
  head bytea not null
);

create table import_rows (
  election_id uuid not null references imports,
  -- Place of the row in VOTES, from 0.
  ordinal integer not null,
  voter_id text not null,
  -- The paper batch and sheet; null for a web ballot.
  batch text,
  sheet integer,
  primary key (election_id, ordinal)
);

do $$
begin
  if exists (select from pg_roles where rolname = 'concejo_runtime') then
    grant select, insert, update, delete on imports, import_rows to concejo_runtime;
  end if;
end $$;
