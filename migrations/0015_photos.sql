-- Small pictures of photos, for lists: made of the photo when it is kept, and gone with it.
create table photo_previews (
  photo_id uuid primary key references contents (id) on delete cascade,
  -- JPEG
  bytes bytea not null
);

-- Pictures do not compress; trying costs time on every write.
alter table photo_previews alter column bytes set storage external;

do $$
begin
  if exists (select from pg_roles where rolname = 'concejo_runtime') then
    grant select, insert on photo_previews to concejo_runtime;
  end if;
end $$;
