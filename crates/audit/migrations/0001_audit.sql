-- Who changed what: read from the log, in its order, and chained. docs/audit.md has the bytes that are hashed.

create table audit.batch (
    -- without gaps from 1 on
    seq bigint not null,
    first_entry bigint not null,
    last_entry bigint not null,
    previous bytea not null,
    hash bytea not null,
    constraint batch_pkey primary key (seq),
    constraint batch_holds_entries check (first_entry <= last_entry)
);
select store.close_to_shops('audit.batch');

create table audit.entry (
    -- without gaps from 1 on
    seq bigint not null,
    at timestamptz not null,
    event_id uuid not null,
    audience text not null constraint entry_audience_known check (audience in ('operator', 'seller', 'system')),
    user_id uuid,
    role text,
    actor_name text,
    tenant_id uuid,
    kind text not null,
    about_kind text not null,
    about_id text not null,
    label text not null,
    -- json and not jsonb: what is hashed is the text as it was written
    before json,
    after json,
    correlation_id uuid not null,
    digest bytea not null,
    constraint entry_pkey primary key (seq),
    constraint entry_event_once unique (event_id)
);
-- One for each filter; every list is read backwards.
create index entry_by_time on audit.entry (at, seq);
create index entry_by_user on audit.entry (user_id, at, seq);
create index entry_by_tenant on audit.entry (tenant_id, at, seq);
create index entry_by_kind on audit.entry (kind, at, seq);
create index entry_by_about on audit.entry (about_id, at, seq);
select store.isolate('audit.entry');

-- Events that said again what the trail had: they have no entry, and heard twice they are to get none either.
create table audit.told_again (
    event_id uuid constraint told_again_pkey primary key
);
select store.close_to_shops('audit.told_again');

-- Whoever would rewrite the trail through the program is refused; whoever owns the database is found out by the chain.
create function audit.refuse_change() returns trigger
language plpgsql as $$
begin
    raise exception 'the audit trail is only ever added to' using errcode = 'insufficient_privilege';
end $$;
create trigger batch_is_kept before update or delete or truncate on audit.batch
    for each statement execute function audit.refuse_change();
create trigger entry_is_kept before update or delete or truncate on audit.entry
    for each statement execute function audit.refuse_change();
