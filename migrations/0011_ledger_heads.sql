-- The public form of the key that signs a log which has announced none: so any process can tell it, also without that key.
alter table ledger_head add column first_key text;

-- Of each day (UTC) the last head that was shown, for those who check that nothing was taken back.
create table ledger_heads (
  day date primary key,
  size bigint not null check (size > 0),
  -- A signed note (C2SP tlog-checkpoint).
  note text not null
);

do $$
begin
  if exists (select from pg_roles where rolname = 'concejo_runtime') then
    grant select, insert, update on ledger_heads to concejo_runtime;
  end if;
end $$;
