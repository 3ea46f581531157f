-- What the bounds of a controller are held against.

alter table task
  -- Of its events, as they are stored.
  add column event_bytes bigint not null default 0;

create index task_queued_by_actor on task (tenant, actor) where state = 'queued';

alter table runner
  -- Why it takes no new task now; empty when it does.
  add column takes_none text not null default '';
