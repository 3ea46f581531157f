-- A revert makes a snapshot of its own.

alter table snapshot drop constraint snapshot_kind_check;
alter table snapshot add constraint snapshot_kind_check check (kind in ('base', 'step', 'exec', 'safety', 'revert'));
