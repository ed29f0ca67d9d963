-- Who stands behind a pseudonym: outside the log, erasable, and destroyed with its key after the claims period.
create table scope_keys (
  scope text primary key,
  key bytea not null check (octet_length(key) = 32),
  created_at timestamptz not null default now()
);

create table roll_lines (
  election_id uuid not null,
  pseudonym text not null,
  -- The line of the census, as the city names it.
  person text not null,
  salt bytea not null,
  primary key (election_id, pseudonym),
  unique (election_id, person)
);

-- Outcomes of counts by the digest that TallyPublished states: derived, and recomputed by anybody from the log.
create table outcomes (
  digest text primary key,
  outcome bytea not null
);

do $$
begin
  if exists (select from pg_roles where rolname = 'concejo_runtime') then
    grant select, insert, update, delete on scope_keys, roll_lines to concejo_runtime;
    grant select, insert on outcomes to concejo_runtime;
  end if;
end $$;
