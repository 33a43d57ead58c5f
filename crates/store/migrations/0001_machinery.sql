-- The machinery that every context stands on: isolation, partitions, streams, the log, idempotency keys, jobs.

-- ---------------------------------------------------------------------------------------------------------
-- Isolation. A context has two roles: stoa_<context> acts for one shop and sees that shop's rows only;
-- stoa_<context>_system spans shops (projections, the till, the operator). Neither bypasses row security.

create function store.isolate(tenant_table regclass) returns void
language plpgsql as $$
declare
    context text := (select n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = tenant_table);
begin
    execute format('alter table %s enable row level security', tenant_table);
    execute format('alter table %s force row level security', tenant_table);
    execute format(
        'create policy one_tenant on %s to %I using (tenant_id = (select nullif(current_setting(''stoa.tenant'', true), '''')::uuid))'
        ' with check (tenant_id = (select nullif(current_setting(''stoa.tenant'', true), '''')::uuid))',
        tenant_table, 'stoa_' || context);
    execute format('create policy all_tenants on %s to %I using (true) with check (true)', tenant_table, 'stoa_' || context || '_system');
end $$;

-- A table whose rows belong to no shop, because they span several or are a buyer's own: closed to whoever acts for one.
create function store.close_to_shops(spanning regclass) returns void
language plpgsql as $$
declare
    context text := (select n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = spanning);
begin
    execute format('alter table %s enable row level security', spanning);
    execute format('alter table %s force row level security', spanning);
    execute format(
        'create policy for_no_shop on %s to %I using ((select nullif(current_setting(''stoa.tenant'', true), '''')) is null)',
        spanning, 'stoa_' || context);
    execute format('create policy all_tenants on %s to %I using (true)', spanning, 'stoa_' || context || '_system');
end $$;

-- A table with a tenant_id that is meant to be seen across shops (a read model of buyers' pages) says so, and why.
create table store.shared_table (
    name text primary key,
    reason text not null check (reason <> '')
);

create function store.share(shared regclass, reason text) returns void
language sql as $$
    insert into store.shared_table (name, reason)
    select format('%I.%I', n.nspname, c.relname), reason
      from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = shared
    on conflict (name) do update set reason = excluded.reason
$$;

-- Policies hold for the table a statement names: a partition named directly would show every row in it. So partitions,
-- wherever they lie, are closed to the context's roles, which reach them through the parent.
create function store.close_partitions(context text) returns void
language plpgsql as $$
declare
    part regclass;
begin
    for part in
        select c.oid from pg_class c
          join pg_class root on root.oid = pg_partition_root(c.oid)
          join pg_namespace n on n.oid = root.relnamespace
         where c.relispartition and c.relkind in ('r', 'p') and n.nspname = context
    loop
        execute format('revoke all on %s from %I, %I', part, 'stoa_' || context, 'stoa_' || context || '_system');
    end loop;
end $$;

-- ---------------------------------------------------------------------------------------------------------
-- Months. Tables that only grow are partitioned by month, made ahead, dropped or archived as a whole.

create table store.month_partitioned (
    parent text primary key,
    -- 'uuid' for UUIDv7 keys, 'timestamptz' for times
    key_type text not null check (key_type in ('uuid', 'timestamptz'))
);

-- The smallest UUIDv7 of an instant: 48 bits of milliseconds, then version and variant bits, then zeros.
create function store.uuid_floor(at timestamptz) returns uuid
language sql immutable strict as $$
    select (lpad(to_hex(floor(extract(epoch from at) * 1000)::bigint), 12, '0') || '70008000000000000000')::uuid
$$;

-- Triggers of statements guard the table that a statement names: each partition gets those of its parent, so that nobody goes
-- around them.
create function store.guard_partition(parent regclass, part regclass) returns void
language plpgsql as $$
declare
    guard record;
begin
    for guard in
        select t.tgname, pg_get_triggerdef(t.oid) as definition
          from pg_trigger t
         -- bit 0: for each row; those are there already
         where t.tgrelid = parent and not t.tgisinternal and t.tgtype & 1 = 0
           and not exists (select from pg_trigger p where p.tgrelid = part and p.tgname = t.tgname)
    loop
        execute regexp_replace(guard.definition, ' ON [^ ]+ ', format(' ON %s ', store.full_name(part)));
    end loop;
end $$;

create function store.guard_partitions(parent regclass) returns void
language sql as $$
    select store.guard_partition(parent, i.inhrelid::regclass) from pg_inherits i where i.inhparent = parent
$$;

create function store.full_name(relation regclass) returns text
language sql stable as $$
    select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = relation
$$;

create function store.make_month_partition(parent regclass, key_type text, month date) returns void
language plpgsql as $$
declare
    schema_name text := (select n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = parent);
    table_name text := (select c.relname from pg_class c where c.oid = parent);
    part text := table_name || '_' || to_char(month, 'YYYY_MM');
    starts timestamptz := month::timestamp at time zone 'UTC';
    ends timestamptz := (month + interval '1 month')::timestamp at time zone 'UTC';
begin
    if to_regclass(format('%I.%I', schema_name, part)) is not null then
        return;
    end if;
    -- Made apart and then attached: readers and writers of the parent go on meanwhile, as they could not if it were made in
    -- its place.
    execute format('create table %I.%I (like %s including defaults including constraints including storage including compression)',
        schema_name, part, parent);
    execute format('alter table %s attach partition %I.%I for values from (%L) to (%L)', parent, schema_name, part,
        case key_type when 'uuid' then store.uuid_floor(starts)::text else starts::text end,
        case key_type when 'uuid' then store.uuid_floor(ends)::text else ends::text end);
    perform store.guard_partition(parent, format('%I.%I', schema_name, part)::regclass);
end $$;

-- Registers a table and makes its first partitions: one for all that came before, this month and the next three.
create function store.partition_by_month(parent regclass, key_type text) returns void
language plpgsql as $$
declare
    schema_name text := (select n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = parent);
    table_name text := (select c.relname from pg_class c where c.oid = parent);
    first_month timestamptz := date_trunc('month', now() at time zone 'UTC') at time zone 'UTC';
begin
    insert into store.month_partitioned (parent, key_type) values (format('%I.%I', schema_name, table_name), key_type);
    execute format('create table %I.%I partition of %s for values from (minvalue) to (%L)', schema_name, table_name || '_before', parent,
        case key_type when 'uuid' then store.uuid_floor(first_month)::text else first_month::text end);
    for ahead in 0..3 loop
        perform store.make_month_partition(parent, key_type, (date_trunc('month', now() at time zone 'UTC') + make_interval(months => ahead))::date);
    end loop;
end $$;

-- Called at every start and daily: three months ahead for every registered table, each in a transaction of its own.
create procedure store.partition_ahead()
language plpgsql as $$
declare
    grown record;
begin
    for grown in select m.parent, m.key_type from store.month_partitioned m order by m.parent loop
        for ahead in 0..3 loop
            -- One instance at a time; the others find the partitions made.
            perform pg_advisory_xact_lock(7205759403);
            perform store.make_month_partition(grown.parent::regclass, grown.key_type,
                (date_trunc('month', now() at time zone 'UTC') + make_interval(months => ahead))::date);
            commit;
        end loop;
    end loop;
end $$;

-- ---------------------------------------------------------------------------------------------------------
-- Streams. One table per context that keeps its history: <context>.event. Events are written once and read whole: json
-- keeps them as they came, where jsonb would take them apart and put them together again.

create function store.make_stream(context text) returns void
language plpgsql as $$
begin
    execute format($sql$
        create table %1$I.event (
            stream_id uuid not null,
            version bigint not null check (version > 0),
            name text not null,
            payload json not null,
            actor json not null,
            correlation_id uuid not null,
            at timestamptz not null,
            constraint event_pkey primary key (stream_id, version)
        ) partition by range (stream_id)
    $sql$, context);
    perform store.partition_by_month(format('%I.event', context)::regclass, 'uuid');
end $$;

-- What the till sends as one array of rows (store::rows): events of streams, and pairs of ids.
create type store.new_stream_event as (
    stream_id uuid, version bigint, name text, payload json, actor json, correlation_id uuid, at timestamptz
);
create type store.pair as (first uuid, second uuid);

-- ---------------------------------------------------------------------------------------------------------
-- The log: public events of all contexts. A sequence is drawn before the commit, so a reader that remembers the last
-- number misses a late one. The log is read in the order (xid, id), below the oldest transaction that still runs.
--
-- `xid` is the writer's transaction id, or that of the newest transaction already over when it appended, if that is
-- higher. Below the oldest running transaction this is as final as the plain id, and it keeps the order of a key: who
-- got its id early, then waited for the lock of a row and appended after another's commit, comes after that other.

create schema log;

create table log.event (
    xid xid8 not null default greatest(pg_current_xact_id(),
        ((pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1)::text)::xid8),
    id bigint generated always as identity,
    event_id uuid not null,
    topic text not null,
    version smallint not null,
    key uuid not null,
    tenant_id uuid,
    payload json not null,
    actor json not null,
    correlation_id uuid not null,
    at timestamptz not null default now()
) partition by range (at);
create type log.new_event as (
    event_id uuid, topic text, version smallint, key uuid, tenant_id uuid, payload json, actor json, correlation_id uuid
);
create index event_order on log.event (xid, id);
select store.partition_by_month('log.event', 'timestamptz');

-- Events of some topics behind a place, in order, below the oldest running transaction. After a burst the planner's
-- statistics know nothing of the newest events, and it would sort them all for every batch: it may only follow the index.
create function log.read_after(after_xid xid8, after_id bigint, topics text[], at_most bigint) returns setof log.event
language plpgsql stable set enable_sort = off set enable_bitmapscan = off set enable_seqscan = off as $$
begin
    return query
        select * from log.event e
         where (e.xid, e.id) > (after_xid, after_id)
           and e.xid < pg_snapshot_xmin(pg_current_snapshot())
           and e.topic = any(topics)
         order by e.xid, e.id
         limit at_most;
end $$;

-- Seconds since the start of the oldest transaction that writes: readers of the log cannot see past it. The owner
-- sees the times of all its sessions, whichever context's role they have taken.
create function store.oldest_transaction_s() returns double precision
language sql stable security definer set search_path = pg_catalog as $$
    select coalesce(max(extract(epoch from clock_timestamp() - xact_start)), 0)::float8
      from pg_stat_activity where backend_xid is not null
$$;

create table log.cursor (
    consumer text primary key,
    -- what it reads, as it said when it began last: by them others see whether it is behind
    topics text[] not null default '{}',
    xid xid8 not null default '0',
    id bigint not null default 0,
    moved_at timestamptz not null default now()
);

-- What a consumer could not handle, after its retries. The key it belongs to waits until this is settled.
create table log.dead_letter (
    consumer text not null,
    xid xid8 not null,
    id bigint not null,
    event_id uuid not null,
    topic text not null,
    key uuid not null,
    envelope jsonb not null,
    error text not null,
    attempts int not null,
    -- parked: waits behind an earlier failure of its key
    state text not null check (state in ('retry', 'parked', 'dead')),
    next_at timestamptz not null,
    primary key (consumer, xid, id)
);
create index dead_letter_key on log.dead_letter (consumer, key);
create index dead_letter_due on log.dead_letter (consumer, next_at) where state = 'retry';

-- Moves a consumer's cursor in the caller's transaction, which then holds it until its end, if it stands where the consumer
-- believes; tells where it stood (nothing while another instance holds it), and those of the keys that have letters.
create function log.take_cursor(
    reader text, from_xid xid8, from_id bigint, to_xid xid8, to_id bigint, keys uuid[],
    out stood_xid xid8, out stood_id bigint, out blocked uuid[]
) language plpgsql as $$
begin
    select c.xid, c.id into stood_xid, stood_id from log.cursor c where c.consumer = reader for update skip locked;
    if (stood_xid, stood_id) = (from_xid, from_id) then
        update log.cursor c set xid = to_xid, id = to_id, moved_at = now() where c.consumer = reader;
        -- After the lock, with a snapshot of its own: whoever held the cursor before may have settled letters just now, and
        -- nothing may be parked behind one that is gone.
        select array(select distinct d.key from log.dead_letter d where d.consumer = reader and d.key = any (keys)) into blocked;
    end if;
end $$;

-- ---------------------------------------------------------------------------------------------------------
-- Idempotency keys: the answer to a call, kept with the work in one transaction.

create table store.idempotency_key (
    scope text not null,
    key text not null,
    request_hash bytea not null,
    status smallint,
    response json,
    expires_at timestamptz not null,
    -- until when whoever claimed it apart from its work is believed to be at it
    leased_until timestamptz,
    constraint idempotency_key_pkey primary key (scope, key)
);
create type store.new_idempotency_key as (scope text, key text, request_hash bytea, response json, expires_at timestamptz);
-- Keys end in the order in which they came: ranges of pages are enough to find those that have ended.
create index idempotency_key_expiry on store.idempotency_key using brin (expires_at) with (autosummarize = on);
-- Whoever acts for a shop sees the keys of calls in its name, whose scope ends with it.
alter table store.idempotency_key enable row level security;
alter table store.idempotency_key force row level security;
create policy own_keys on store.idempotency_key
    using ((select nullif(current_setting('stoa.tenant', true), '')) is null
           or scope like '%/' || (select current_setting('stoa.tenant', true)));

-- A key claimed and committed without an answer could never be replayed: its transaction is refused.
create function store.require_answer() returns trigger
language plpgsql as $$
begin
    if exists (select from store.idempotency_key k where k.scope = new.scope and k.key = new.key and k.status is null) then
        raise exception 'idempotency key % of % was claimed without an answer', new.key, new.scope
            using errcode = 'integrity_constraint_violation', constraint = 'idempotency_key_answered';
    end if;
    return null;
end $$;
create constraint trigger idempotency_key_answered after insert or update on store.idempotency_key
    deferrable initially deferred for each row when (new.status is null) execute function store.require_answer();

-- ---------------------------------------------------------------------------------------------------------
-- Jobs: work to be done later, at least once, with backoff; dead after their last attempt.

create table store.job (
    id uuid primary key,
    queue text not null,
    -- one open job per (queue, key), where a key is given
    key text,
    -- counts how often the job was asked for: one that is asked for again while it runs, runs again
    revision int not null default 1,
    payload jsonb not null,
    state text not null default 'ready' check (state in ('ready', 'dead')),
    run_at timestamptz not null,
    leased_until timestamptz,
    attempts int not null default 0,
    attempts_max int not null,
    -- counts leases, for ever: attempts begin again, this does not
    fence bigint not null default 0,
    error text,
    created_at timestamptz not null default now(),
    constraint job_once unique (queue, key)
);
create index job_due on store.job (queue, run_at) where state = 'ready';
create index job_dead on store.job (created_at) where state = 'dead';
