-- Mails that are to be sent, and what became of them. Outside the log, and erasable: `recipient`, `subject`, `text` and `unsubscribe`
-- are gone some weeks after the end, the row stays with its state and times.
create table outbox (
  -- A keyed hash of event, recipient and kind: the same mail is never put in twice.
  id uuid primary key,
  kind text not null,
  -- The stream that it tells of, such as `matter-…`.
  about text collate "C" not null,
  language text not null,
  recipient text,
  subject text,
  text text,
  -- Where it is a subscription: the address at which it ends.
  unsubscribe text,
  -- `sending` is committed before the server is spoken to. `unknown`: whether it was sent nobody knows, so it is not sent again by itself.
  state text not null check (state in ('waiting', 'sending', 'sent', 'failed', 'unknown')),
  -- A code; never the server's words, which may hold an address.
  reason text,
  tries integer not null default 0 check (tries >= 0),
  made_at timestamptz not null,
  changed_at timestamptz not null,
  next_try_at timestamptz not null,
  -- It is not sent any more from then on.
  not_after timestamptz not null
);
create index outbox_due on outbox (next_try_at) where state = 'waiting';
create index outbox_by_state on outbox (state, made_at, id);
create index outbox_by_time on outbox (made_at, id);
create index outbox_by_about on outbox (about);
create index outbox_by_recipient on outbox (recipient) where recipient is not null;

-- In which database the outbox is: one that finds itself in another was restored or copied, and sends nothing of before.
create table outbox_home (
  only_one boolean primary key default true check (only_one),
  database text not null
);

-- How far each reactor has followed the log.
create table reactors (
  name text primary key,
  -- Of the last event that it reacted to; -1 before the first.
  position bigint not null check (position >= -1)
);

do $$
begin
  if exists (select from pg_roles where rolname = 'concejo_runtime') then
    grant select, insert, update, delete on outbox to concejo_runtime;
    grant select, insert, update on outbox_home, reactors to concejo_runtime;
  end if;
end $$;
