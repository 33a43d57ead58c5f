-- Money on its way back for what was sold. Written with its order locked, in the transaction of what caused it; closed in
-- the one that tells payment, order and books. Only the lease of a refund that is being driven is also renewed without.
create table checkout.refund (
    order_id uuid not null,
    id uuid not null,
    -- one more with every write
    version bigint not null,
    -- one more each time a refused refund is tried again; part of the key under which the provider knows it
    attempt int not null,
    -- the key under which the provider knows the charge
    charge text not null,
    -- one per sub-order, as the order's history will tell it
    parts jsonb not null,
    -- minor units of the order's currency, over all parts
    amount bigint not null,
    status text not null default 'pending',
    asked_by jsonb not null,
    asked_at timestamptz not null,
    -- by what whoever asked knows it, if they said so, and the hash of what they asked
    key text,
    request_hash bytea,
    step jsonb not null,
    -- how often the step was tried in vain
    tries int not null,
    -- when to go on; null when it has ended
    due_at timestamptz,
    -- somebody is at it until then, so that nobody else need be
    lease_until timestamptz,
    -- [{at, attempt, step, outcome}]
    history jsonb not null,
    ended_at timestamptz,
    -- what of it goes back to gift cards and store credit; the provider is asked for the rest
    tenders jsonb not null,
    -- origin or store_credit
    goes_to text not null,
    -- [{tenant, amount}]: what the provider gave back and has again, until it is given back anew
    came_back jsonb not null default '[]',
    -- the key of the take that it goes back of, where the charge was captured by shares
    of_take text,
    constraint refund_pkey primary key (order_id, id),
    constraint refund_key_once unique (order_id, key),
    constraint refund_key_hashed check ((key is null) = (request_hash is null)),
    constraint refund_amount_positive check (amount > 0),
    constraint refund_attempt_check check (attempt > 0),
    constraint refund_version_check check (version > 0),
    constraint refund_goes_to_known check (goes_to in ('origin', 'store_credit')),
    constraint refund_status_known check (status in ('pending', 'refunded', 'refused', 'came_back')),
    constraint refund_ended check ((status = 'pending') = (ended_at is null) and (status = 'pending') = (due_at is not null))
) partition by range (order_id);
select store.partition_by_month('checkout.refund', 'uuid');
create index refund_due on checkout.refund (due_at) where due_at is not null;
-- The operators' lists, newest first.
create index refund_pending on checkout.refund (id) where status = 'pending';
create index refund_refused on checkout.refund (id) where status in ('refused', 'came_back');
create index refund_uneasy on checkout.refund (id) where status in ('pending', 'refused', 'came_back');
create index refund_through on checkout.refund (id) where status = 'refunded';
select store.close_to_shops('checkout.refund');

create type checkout.refund_row as (
    order_id uuid, id uuid, version bigint, attempt int, charge text, parts jsonb, amount bigint, status text, asked_by jsonb,
    asked_at timestamptz, key text, request_hash bytea, step jsonb, tries int, due_at timestamptz, lease_until timestamptz,
    history jsonb, ended_at timestamptz, tenders jsonb, goes_to text, came_back jsonb, of_take text
);
