-- Several controllers on one database: who of them lives, who has which runner's session, and what one asks of a runner
-- whose session another one has.

create table controller (
  id           text collate "C" primary key,
  tenant       text collate "C" not null,
  actor        text collate "C" not null,
  version      text not null,
  -- Which store of packs it uses.
  packs        text not null,
  started_at   timestamptz not null default clock_timestamp(),
  heartbeat_at timestamptz not null default clock_timestamp(),
  foreign key (tenant, actor) references actor
);

-- Who has its session; empty for nobody.
alter table runner add column controller text collate "C" not null default '';

update command set answered_at = clock_timestamp(), outcome = 'lost' where answered_at is null;

alter table command
  -- Who asks, and which start of the runner is asked.
  add column controller text collate "C" not null default '',
  add column boot_id    text not null default '',
  -- The Command and the CommandResult of the wire.
  add column body       bytea,
  add column answer     bytea;

-- A task is asked one thing at a time, by whichever controller.
drop index command_open;
create unique index command_open on command (task) where answered_at is null;

create table command_output (
  command text collate "C" not null references command,
  number  bigint generated always as identity,
  tenant  text collate "C" not null,
  actor   text not null,
  body    bytea not null,
  primary key (command, number)
);
