-- Words that staff answers with again and again, with placeholders. Every change is a row: the last version counts, and what was
-- written before stays to be looked up. Nobody's personal data.
create table reply_templates (
  template_id uuid not null,
  version integer not null check (version > 0),
  -- For staff, to find it by.
  name text not null,
  -- Of matters that it is for, and the state that it leads to; any where none is named.
  category text,
  state text,
  -- Language to words.
  words jsonb not null,
  withdrawn boolean not null default false,
  author text not null,
  written_at timestamptz not null,
  primary key (template_id, version)
);

-- What staff tells one another of a matter. In no event; deleted with the matter, or by itself.
create table matter_notes (
  note_id uuid primary key,
  matter_id uuid not null,
  author text not null,
  written_at timestamptz not null,
  words text not null
);
create index matter_notes_by_matter on matter_notes (matter_id, written_at);

do $$
begin
  if exists (select from pg_roles where rolname = 'concejo_runtime') then
    grant select, insert on reply_templates to concejo_runtime;
    grant select, insert, delete on matter_notes to concejo_runtime;
  end if;
end $$;
