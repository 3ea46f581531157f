-- What a runner that isolates less may take, found without reading past what it may not.

create index task_queue_weaker on task (tenant, created_at, id) where state = 'queued' and accept_weaker;
