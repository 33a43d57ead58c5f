-- Days that are over are closed: nothing is posted on them any more, and what was posted is summed up beside the postings,
-- so that a balance reads sums and the postings since, however long the books are. A day is of UTC and by the entry's own
-- time (`at`); its id has the time of what it is about, which may be months before.

-- Whether an entry's id is more than an hour from its time.
create function ledger.is_apart(id uuid, at timestamptz) returns boolean
language sql immutable parallel safe as $$
    select abs(date_part('epoch', at - timestamptz '1970-01-01 00:00:00+00') * 1000
               - ('x' || substr(id::text, 1, 8) || substr(id::text, 10, 4))::bit(48)::bigint) > 3600000
$$;

-- Those whose id is: by their time, in one table, since they may be of any month. They are few; all others are found by their ids.
create table ledger.entry_apart (
    id uuid not null,
    kind text not null,
    reference uuid not null,
    at timestamptz not null,
    constraint entry_apart_pkey primary key (id)
);
create index entry_apart_at on ledger.entry_apart (at);
create trigger entry_apart_immutable before update or delete or truncate on ledger.entry_apart
    for each statement execute function ledger.refuse_change();

-- The smallest id of a time so many hours later. Two hours are more than an entry that is not apart can be off.
create function ledger.id_floor(at timestamptz, hours int) returns uuid
language sql immutable parallel safe as $$
    select store.uuid_floor(at + make_interval(hours => hours))
$$;

-- What was posted between two times, the first included. Part of the statement that names it; the ids' bounds are known
-- before that is planned, so that other months are left out, if the times are.
create function ledger.moved_between(starts timestamptz, ends timestamptz)
returns table (entry_id uuid, kind text, reference uuid, at timestamptz, line smallint, account text, tenant_id uuid, currency char(3), amount bigint)
language sql stable parallel safe as $$
    select e.id, e.kind, e.reference, e.at, p.line, p.account, p.tenant_id, p.currency, p.amount
      from ledger.entry e
      join ledger.posting p on p.entry_id = e.id
     where e.id >= ledger.id_floor(starts, -2) and e.id < ledger.id_floor(ends, 2)
       and p.entry_id >= ledger.id_floor(starts, -2) and p.entry_id < ledger.id_floor(ends, 2)
       and e.at >= starts and e.at < ends
    union all
    select a.id, a.kind, a.reference, a.at, p.line, p.account, p.tenant_id, p.currency, p.amount
      from ledger.entry_apart a
      join ledger.posting p on p.entry_id = a.id
     where a.at >= starts and a.at < ends
       and (a.id < ledger.id_floor(starts, -2) or a.id >= ledger.id_floor(ends, 2))
$$;

-- How far the books are closed: the one row. Days before `closing_before` take no more entries; those before
-- `closed_before` are summed up.
create table ledger.closed (
    the_only boolean not null default true,
    closing_before date not null,
    closed_before date not null,
    constraint closed_pkey primary key (the_only),
    constraint closed_one_row check (the_only),
    constraint closed_in_order check (closed_before <= closing_before)
);
-- Before the first marketplace of this kind.
insert into ledger.closed (closing_before, closed_before) values ('2000-01-01', '2000-01-01');
-- Whoever posts reads it; only system work moves it on.
alter table ledger.closed enable row level security;
alter table ledger.closed force row level security;
create policy anybody_reads on ledger.closed for select to stoa_ledger using (true);
create policy system_writes on ledger.closed to stoa_ledger_system using (true) with check (true);

-- What a shop's accounts moved by on a closed day, by kind of entry. A reversal is of the kind of what it reverses.
create table ledger.day_sum (
    tenant_id uuid not null,
    account text not null,
    currency char(3) not null,
    day date not null,
    kind text not null,
    is_reversal boolean not null,
    amount bigint not null,
    postings int not null,
    -- entries, each counted at the first of its postings to payable, commission, listing revenue or tax
    entries int not null,
    constraint day_sum_pkey primary key (tenant_id, account, currency, day, kind, is_reversal)
) partition by list (tenant_id);
create table ledger.day_sum_pool partition of ledger.day_sum default;
select store.isolate('ledger.day_sum');

-- The same of all shops together and of the marketplace's own accounts.
create table ledger.day_total (
    day date not null,
    account text not null,
    currency char(3) not null,
    kind text not null,
    is_reversal boolean not null,
    amount bigint not null,
    postings bigint not null,
    constraint day_total_pkey primary key (day, account, currency, kind, is_reversal)
);
select store.close_to_shops('ledger.day_total');

-- Sums up days, the first included. Planned anew each time: what lies in them differs.
create function ledger.sum_days(starts date, ends date) returns void
language plpgsql set plan_cache_mode = force_custom_plan as $$
begin
    with moved as (
        select (m.at at time zone 'UTC')::date as day, m.tenant_id, m.account, m.currency, coalesce(o.kind, m.kind) as kind,
               m.kind = 'reversal' as is_reversal, m.amount,
               w.is_main and row_number() over (partition by m.entry_id, m.tenant_id, m.currency order by w.is_main desc, m.line) = 1 as is_first
          from ledger.moved_between(starts::timestamp at time zone 'UTC', ends::timestamp at time zone 'UTC') m
         cross join lateral (select m.account in ('seller_payable', 'commission_revenue', 'listing_revenue', 'tax_payable') as is_main) w
          -- Few are reversals, of entries of any month: each is looked up by itself, and nothing for the others.
          left join lateral (select e.kind from ledger.entry e where m.kind = 'reversal' and e.id = m.reference limit 1) o on true
    ), summed as (
        select day, tenant_id, account, currency, kind, is_reversal, sum(amount)::bigint as amount, count(*) as postings,
               count(*) filter (where is_first) as entries
          from moved
         group by day, tenant_id, account, currency, kind, is_reversal
    ), of_shops as (
        insert into ledger.day_sum (tenant_id, account, currency, day, kind, is_reversal, amount, postings, entries)
        select tenant_id, account, currency, day, kind, is_reversal, amount, postings, entries from summed where tenant_id is not null
    )
    insert into ledger.day_total (day, account, currency, kind, is_reversal, amount, postings)
    select day, account, currency, kind, is_reversal, sum(amount)::bigint, sum(postings)
      from summed
     group by day, account, currency, kind, is_reversal;
end $$;

-- Two small statements for each that inserts, whatever its entries.
create function ledger.keep_entries() returns trigger
language plpgsql as $$
declare
    late record;
begin
    select e.id, e.at, c.closing_before as boundary into late
      from ledger.closed c
      join made e on e.at < c.closing_before::timestamp at time zone 'UTC'
     limit 1;
    if found then
        raise exception 'entry % is of %, and the books are closed before %: post it with a time of today', late.id, late.at, late.boundary
            using errcode = 'check_violation', constraint = 'entry_of_open_day';
    end if;
    insert into ledger.entry_apart (id, kind, reference, at)
    select id, kind, reference, at from made where ledger.is_apart(id, at);
    return null;
end $$;
create trigger entry_of_open_day after insert on ledger.entry
    referencing new table as made for each statement execute function ledger.keep_entries();
select store.guard_partitions('ledger.entry');

-- Sales and refunds of closed days that a file of their provider should name, and none did when it was noted: every one that is missing
-- there is here, or on a day that is still open.
create table ledger.unlisted (
    entry_id uuid not null,
    kind text not null,
    order_id uuid not null,
    currency char(3) not null,
    amount bigint not null,
    at timestamptz not null,
    constraint unlisted_pkey primary key (entry_id)
);
select store.close_to_shops('ledger.unlisted');

-- A clock that ran ahead closed days that had not come: their sums are let go and the days taken up again. By hand, by the
-- database's owner, while nothing runs; the sums are made anew.
create function ledger.reopen(from_day date) returns void
language sql as $$
    delete from ledger.day_sum where day >= from_day;
    delete from ledger.day_total where day >= from_day;
    delete from ledger.unlisted where at >= from_day::timestamp at time zone 'UTC';
    update ledger.closed
       set closing_before = least(closing_before, from_day), closed_before = least(closed_before, from_day);
$$;
