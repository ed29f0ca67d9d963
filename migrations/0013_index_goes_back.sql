-- A store that was brought back from an older backup may end before what the index has looked at, with all events of the log still
-- there: then it looks again from the store's end. No event loses its place by that.
create or replace trigger log_index_head_goes_forward before update on log_index_head
  for each row when (new.position < old.position
                     or (new.position > old.position and new.commit_position <= old.commit_position))
  execute function refuse_change();
