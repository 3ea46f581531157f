-- Tenant and actor are in every table: whose row it is, and who caused it. Ids are compared byte by byte, so that a
-- prefix is a range of the index whatever the database's locale is.

create table tenant (
  tenant     text collate "C" primary key,
  actor      text collate "C" not null,
  created_at timestamptz not null default clock_timestamp()
);

create table actor (
  tenant     text collate "C" not null references tenant,
  actor      text collate "C" not null check (actor <> ''),
  created_at timestamptz not null default clock_timestamp(),
  primary key (tenant, actor)
);

create table project (
  id         text collate "C" primary key,
  tenant     text collate "C" not null,
  actor      text collate "C" not null,
  key        text collate "C" not null,
  name       text not null,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  unique (tenant, key),
  foreign key (tenant, actor) references actor
);

create table runner (
  id              text collate "C" primary key,
  tenant          text collate "C" not null,
  actor           text collate "C" not null,
  boot_id         text not null,
  version         text not null,
  protocol        int not null,
  slots           int not null check (slots >= 0),
  engines         text[] not null,
  labels          text[] not null,
  weaker          text[] not null,
  host            text not null,
  free_disk_bytes bigint not null default 0,
  connected_at    timestamptz not null default clock_timestamp(),
  heartbeat_at    timestamptz not null default clock_timestamp(),
  foreign key (tenant, actor) references actor
);

create table task (
  id                  text collate "C" primary key check (id ~ '^t-[0-9a-z]{20}$'),
  tenant              text collate "C" not null,
  actor               text collate "C" not null,
  project             text collate "C" not null references project,
  idempotency_key     text collate "C" not null,
  request_hash        bytea not null,
  name                text not null,
  prompt              text not null check (octet_length(prompt) between 1 and 262144),
  mode                text not null check (mode in ('approve', 'edits', 'auto', 'full')),
  model               text not null,
  script              text not null,
  script_name         text not null,
  base_commit         text not null check (base_commit ~ '^[0-9a-f]{40}$'),
  head_commit         text not null,
  branch              text not null,
  max_turns           int not null check (max_turns >= 0),
  timeout_seconds     int not null check (timeout_seconds >= 0),
  memory_mib          int not null check (memory_mib >= 0),
  processes           int not null check (processes >= 0),
  accept_weaker       boolean not null,

  state               text not null check (state in ('queued', 'leased', 'preparing', 'running', 'waiting', 'paused',
                                                     'succeeded', 'failed', 'cancelled')),
  waiting_for         text not null default '' check (waiting_for in ('', 'approval', 'question', 'plan', 'budget',
                                                                      'doom_loop')),
  stop_reason         text not null default '',
  stop_detail         text not null default '',
  runner              text collate "C" not null default '',
  sandbox             text not null default '',
  weaker              text[] not null default '{}',
  epoch               int not null default 0,
  lease_until         timestamptz,
  ack_until           timestamptz,
  cancel_requested_at timestamptz,
  cancel_actor        text not null default '',
  cancel_reason       text not null default '',

  created_at          timestamptz not null,
  updated_at          timestamptz not null,
  started_at          timestamptz,
  finished_at         timestamptz,
  heartbeat_at        timestamptz,
  turns               int not null default 0,
  steps               int not null default 0,
  -- The highest step number that was ever used or reserved; never given out again.
  last_step           int not null default 0,
  cost_microusd       bigint not null default 0,
  head_step           int,
  last_snapshot       int,
  files_changed       int not null default 0,
  lines_added         int not null default 0,
  lines_removed       int not null default 0,
  last_seq            bigint not null default 0,
  -- Of the present epoch.
  last_runner_seq     bigint not null default 0,
  operations          int not null default 0,

  unique (tenant, idempotency_key),
  foreign key (tenant, actor) references actor,
  check ((state = 'waiting') = (waiting_for <> '')),
  check ((state in ('succeeded', 'failed', 'cancelled')) = (finished_at is not null)),
  check ((state in ('leased', 'preparing', 'running', 'waiting', 'paused')) = (lease_until is not null)),
  check ((state = 'leased') = (ack_until is not null)),
  check (lease_until is null or (runner <> '' and epoch > 0))
);

create index task_queue on task (tenant, created_at, id) where state = 'queued';
create index task_held on task (runner, tenant) where state in ('leased', 'preparing', 'running', 'waiting', 'paused');
create index task_lease on task (lease_until) where state in ('leased', 'preparing', 'running', 'waiting', 'paused');
create index task_name on task (tenant, id);
create index task_recent on task (tenant, created_at desc, id);

-- One for each epoch of a task.
create table attempt (
  task        text collate "C" not null references task,
  epoch       int not null,
  tenant      text collate "C" not null,
  actor       text collate "C" not null,
  runner      text collate "C" not null,
  assigned_at timestamptz not null default clock_timestamp(),
  acked_at    timestamptz,
  ended_at    timestamptz,
  outcome     text check (outcome in ('rejected', 'unanswered', 'lost', 'succeeded', 'failed', 'cancelled')),
  detail      text not null default '',
  primary key (task, epoch),
  check ((outcome is null) = (ended_at is null))
);

create index attempt_rejected on attempt (task, ended_at) where outcome = 'rejected';

-- `body` is the Event of the wire; the columns repeat what queries need.
create table event (
  task       text collate "C" not null references task,
  seq        bigint not null check (seq > 0),
  tenant     text collate "C" not null,
  actor      text not null,
  epoch      int not null,
  -- Null for what the controller itself wrote.
  runner_seq bigint check (runner_seq > 0),
  at         timestamptz not null,
  kind       text not null,
  turn       int not null,
  step       int not null,
  body       bytea not null,
  primary key (task, seq),
  unique (task, epoch, runner_seq)
);

create table command (
  id          text collate "C" primary key,
  tenant      text collate "C" not null,
  actor       text not null,
  task        text collate "C" not null references task,
  epoch       int not null,
  runner      text collate "C" not null,
  kind        text not null check (kind in ('move_head', 'run')),
  created_at  timestamptz not null default clock_timestamp(),
  answered_at timestamptz,
  outcome     text check (outcome in ('done', 'failed', 'lost')),
  check ((outcome is null) = (answered_at is null))
);

create index command_open on command (task) where answered_at is null;

create table snapshot (
  task        text collate "C" not null references task,
  step        int not null check (step >= 0),
  tenant      text collate "C" not null,
  actor       text not null,
  epoch       int not null,
  kind        text not null check (kind in ('base', 'step', 'exec', 'safety')),
  commit_id   text not null,
  tree        text not null,
  pack_sha256 text not null,
  at          timestamptz not null,
  body        bytea not null,
  primary key (task, step)
);

create table operation (
  task      text collate "C" not null references task,
  number    int not null check (number > 0),
  tenant    text collate "C" not null,
  actor     text not null,
  kind      text not null check (kind in ('step', 'exec', 'rollback', 'revert', 'undo', 'redo')),
  from_step int,
  to_step   int not null,
  at        timestamptz not null,
  body      bytea not null,
  primary key (task, number),
  foreign key (task, to_step) references snapshot
);
