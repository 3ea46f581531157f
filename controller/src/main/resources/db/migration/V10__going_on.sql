-- Tasks that stand with no runner holding them, what people say to tasks, and tasks that begin where another one was.

alter table task
  -- A person wants it to stand; cleared when it does, or when that person wants it to go on.
  add column pause_requested_at timestamptz,
  add column pause_actor        text not null default '',
  -- In the middle of a call.
  add column pause_now          boolean not null default false,
  -- Waiting or paused since then.
  add column parked_at          timestamptz,
  -- What it was forked from. No reference: the parent may be purged.
  add column parent             text collate "C" not null default '',
  add column parent_step        int,
  -- Messages that no model was given yet.
  add column unread             int not null default 0 check (unread >= 0),
  -- Who holds a task has a lease; one that waits or is paused is held by nobody.
  drop constraint task_check2,
  add constraint task_lease_is_held check ((state in ('leased', 'preparing', 'running')) = (lease_until is not null)),
  add constraint task_parked_since check ((state in ('waiting', 'paused')) = (parked_at is not null)),
  add check ((parent <> '') = (parent_step is not null));

drop index task_held;
drop index task_lease;
create index task_held on task (runner, tenant) where state in ('leased', 'preparing', 'running');
create index task_lease on task (lease_until) where state in ('leased', 'preparing', 'running');
create index task_parked on task (parked_at) where state in ('waiting', 'paused');

alter table attempt
  drop constraint attempt_outcome_check,
  add check (outcome in ('rejected', 'unanswered', 'lost', 'returned', 'waiting', 'paused', 'succeeded', 'failed',
                         'cancelled'));

-- What people said; the text is in the event.
create table message (
  id              text collate "C" primary key,
  task            text collate "C" not null references task,
  seq             bigint not null,
  tenant          text collate "C" not null,
  actor           text not null,
  idempotency_key text collate "C" not null,
  request_hash    bytea not null,
  -- With which turn a model was given it.
  turn            int,
  created_at      timestamptz not null default clock_timestamp(),
  unique (tenant, idempotency_key),
  foreign key (task, seq) references event
);

create index message_unread on message (task, seq) where turn is null;
