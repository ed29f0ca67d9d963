-- Acts that need two persons, from the first one's proposal to their outcome. What was done stands in the log with both
-- approvals; this table is how the two come together.
create table pending_acts (
  act_id uuid primary key,
  kind text not null,
  -- HMAC of the proposal's request: the same command id with another request is refused.
  request_digest bytea not null,
  -- Canonical JSON of what both sign.
  act text not null,
  -- What the kind needs again when it is carried out; never a choice of a voter in the clear.
  kept text not null,
  proposed_by text not null,
  proposed_at timestamptz not null,
  expires_at timestamptz not null,
  -- JSON list of one or two approvals.
  approvals text not null,
  -- `approved`: both have, and it is being carried out (again after a crash).
  state text not null check (state in ('pending', 'approved', 'done', 'refused', 'withdrawn')),
  withdrawn_by text,
  -- JSON of the outcome of an act that is done or refused.
  outcome text
);

create index pending_acts_by_age on pending_acts (proposed_at desc, act_id desc);
create index pending_acts_unfinished on pending_acts (proposed_at) where state = 'approved';

do $$
begin
  if exists (select from pg_roles where rolname = 'concejo_runtime') then
    grant select, insert on pending_acts to concejo_runtime;
    grant update (approvals, state, withdrawn_by, outcome) on pending_acts to concejo_runtime;
  end if;
end $$;
