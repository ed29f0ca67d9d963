-- Words that open a matter (a link, a code) or that not everybody may read: no staff sees them, and they are gone once they are sent.
alter table outbox add column secret boolean not null default false;
-- What was put in before: all that may hold any.
update outbox set secret = true where kind like 'matter-%' and text is not null;
update outbox set text = null where secret and state = 'sent';
