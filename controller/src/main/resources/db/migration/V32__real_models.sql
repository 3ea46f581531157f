-- What a task may cost and did, and whose models a runner can ask.

alter table task
  -- How hard the model is to think; empty is the provider's own choice.
  add column effort       text not null default '',
  -- In all; 0 is no limit.
  add column max_microusd bigint not null default 0 check (max_microusd >= 0),
  add column tokens_in    bigint not null default 0,
  add column tokens_out   bigint not null default 0,
  -- Some of those have no price: cost_microusd is too low.
  add column cost_unknown boolean not null default false,
  -- Empty where nobody needs to be asked.
  add column provider     text collate "C" not null
    generated always as (case when position('/' in model) > 0 then split_part(model, '/', 1) else '' end) stored;

alter table runner
  add column usable_providers  text[] not null default '{}',
  -- Each as `name: what is missing`.
  add column missing_providers text[] not null default '{}';

-- A claim reads, of each kind that it has a place for, what it could take. With the former two beside it, it could be
-- planned to read past the others.
drop index task_queue;
drop index task_queue_weaker;
create index task_queue_kind on task (tenant, provider, accept_weaker, created_at, id) where state = 'queued';
