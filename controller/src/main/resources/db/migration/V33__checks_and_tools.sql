-- What says at a task's end whether its work is done, and which tools its model is given.

alter table task
  -- A command line; empty is what the project shows.
  add column check_command    text not null default '',
  add column no_check         boolean not null default false,
  -- None named is all.
  add column allowed_tools    text[] not null default '{}',
  add column disallowed_tools text[] not null default '{}',
  -- What was found at the end, as the runner said it.
  add column check_result     bytea;
