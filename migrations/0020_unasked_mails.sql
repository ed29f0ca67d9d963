-- How many mails of a day went to an address whose owner may not have asked for them: codes, since anybody can enter any address.
-- A keyed hash of it and a count, which no erasure of mails or people sets back; gone a day later.
create table unasked_mails (
  recipient bytea not null,
  -- UTC.
  day date not null,
  mails integer not null,
  primary key (recipient, day)
);

do $$
begin
  if exists (select from pg_roles where rolname = 'concejo_runtime') then
    grant select, insert, update, delete on unasked_mails to concejo_runtime;
  end if;
end $$;
