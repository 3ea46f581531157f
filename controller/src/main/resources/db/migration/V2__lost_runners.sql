-- What a task remembers of runners that were lost with it.

alter table task
  -- Runners lost one after another without a step done in between.
  add column losses       int not null default 0,
  -- The last of them was lost while a call was at work.
  add column died_in_call boolean not null default false,
  -- Queued, but not given to a runner before this.
  add column not_before   timestamptz,
  -- Live, and silent for so long that it was told; cleared by its next word.
  add column stalled_at   timestamptz;

alter table attempt
  drop constraint attempt_outcome_check,
  add check (outcome in ('rejected', 'unanswered', 'lost', 'returned', 'succeeded', 'failed', 'cancelled'));
