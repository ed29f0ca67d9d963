-- Who filed or joined a matter. Outside the log and erasable: events hold a pseudonym of a joiner and nothing of a reporter.
create table matter_people (
  person_id uuid primary key,
  matter_id uuid not null,
  role text not null check (role in ('reporter', 'joiner')),
  -- 16 bytes: who a joiner is in the log.
  joiner bytea,
  name text,
  email text,
  phone text,
  -- BCP 47, in which she is answered.
  language text not null,
  created_at timestamptz not null,
  -- When she entered the code that was sent to her address.
  confirmed_at timestamptz,
  -- HMAC of the code, which six digits alone would not hide; until when it is good and how often it was tried.
  code_hash bytea,
  code_until timestamptz,
  code_tries integer not null default 0,
  -- What she wrote and sent: nobody's when her matter never comes into the log.
  contents uuid[] not null default '{}',
  unique (matter_id, joiner)
);
create unique index matter_people_reporter on matter_people (matter_id) where role = 'reporter';

-- SHA-256 of 32 random bytes: whoever has these comes back to her matter. A person may have been given several.
create table matter_links (
  hash bytea primary key,
  person_id uuid not null references matter_people on delete cascade,
  created_at timestamptz not null
);
create index matter_links_person on matter_links (person_id);

-- The random key of one matter's pseudonyms, so that the same address has another one in each.
create table matter_keys (
  matter_id uuid primary key,
  key bytea not null
);

-- Which matters go together. The log says it of released ones alone.
create table matter_cases (
  matter_id uuid primary key,
  case_id uuid not null
);
create index matter_cases_by_case on matter_cases (case_id);

do $$
begin
  if exists (select from pg_roles where rolname = 'concejo_runtime') then
    grant select, insert, update, delete on matter_people, matter_links, matter_keys, matter_cases to concejo_runtime;
  end if;
end $$;
