-- How large the file system of a task's files may be.

alter table task
  -- Zero is the usual.
  add column disk_mib int not null default 0 check (disk_mib >= 0);
