-- When the marketplace captures what its buyers pay: one row at most, and all at once while there is none.
create table checkout.capture_time (
    only_one boolean not null default true,
    capture text not null,
    note text not null,
    changed_by jsonb not null,
    changed_at timestamptz not null,
    constraint capture_time_pkey primary key (only_one),
    constraint capture_time_only_one check (only_one),
    constraint capture_time_known check (capture in ('at_once', 'on_dispatch'))
);

-- Payments whose shares are captured as shops send their goods. Written with the order locked, in the transaction of what caused it;
-- only the lease of one that is being driven is also renewed without.
create table checkout.capture (
    order_id uuid not null,
    -- one more with every write that whoever is at it must know of
    version bigint not null,
    -- the shares, the charge, and the question that may have been asked (payments::taking)
    taking jsonb not null,
    -- minor units of the order's currency: neither captured nor released; and not captured in time
    open bigint not null,
    lapsed bigint not null,
    -- what is not captured by then cannot be captured any more
    lapses_at timestamptz not null,
    -- when staff were told that something of it lapses soon
    warned_at timestamptz,
    -- how often the question was put in vain
    tries int not null,
    -- when to go on; null when it has ended
    due_at timestamptz,
    -- somebody is at it until then, so that nobody else need be
    lease_until timestamptz,
    -- [{at, attempt, step, outcome}]
    history jsonb not null,
    ended_at timestamptz,
    constraint capture_pkey primary key (order_id),
    constraint capture_version_check check (version > 0),
    constraint capture_open_not_negative check (open >= 0),
    constraint capture_lapsed_not_negative check (lapsed >= 0),
    constraint capture_ended check ((ended_at is null) = (due_at is not null))
) partition by range (order_id);
select store.partition_by_month('checkout.capture', 'uuid');
create index capture_due on checkout.capture (due_at) where due_at is not null;
-- What staff are told of, what lapses first before the rest.
create index capture_warned on checkout.capture (lapses_at, order_id) where warned_at is not null;
-- And of what the provider was asked for in vain again and again.
create index capture_stuck on checkout.capture (lapses_at, order_id) where tries >= 8;
select store.close_to_shops('checkout.capture');

create type checkout.capture_row as (
    order_id uuid, version bigint, taking jsonb, open bigint, lapsed bigint, lapses_at timestamptz, warned_at timestamptz,
    tries int, due_at timestamptz, lease_until timestamptz, history jsonb, ended_at timestamptz
);
