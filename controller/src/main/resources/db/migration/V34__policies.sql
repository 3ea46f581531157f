-- What a task may do, in the words of its project.

alter table task
  -- A TaskPolicy; null is the standard one.
  add column policy bytea;
