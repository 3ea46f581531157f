-- What people entrust to a tenant, sealed; no key is ever in here.

create table secret (
  tenant text collate "C" not null,
  name   text collate "C" not null check (name ~ '^[A-Z][A-Z0-9_]{0,63}$'),
  -- Where it may go, whatever a policy says: sorted, each in its one spelling. Another list does not open the value.
  hosts  text[] not null check (cardinality(hosts) between 1 and 20),
  -- Its first byte says in which form.
  sealed bytea not null,
  -- The fingerprint of the key that opens it.
  key_id text collate "C" not null,
  set_at timestamptz not null default clock_timestamp(),
  -- Who set it the last time.
  actor  text collate "C" not null,
  primary key (tenant, name),
  foreign key (tenant, actor) references actor
);
