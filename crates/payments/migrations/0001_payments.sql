-- One charge per order. The status row says how it stands, payments.event how it came to that.

create table payments.payment (
    id uuid not null,
    order_id uuid not null,
    currency char(3) not null,
    amount bigint not null,
    captured bigint not null default 0,
    -- set aside, and not to be taken; what is neither captured nor released is open
    released bigint not null default 0,
    refunded bigint not null default 0,
    status text not null default 'due',
    -- the latest attempt: each asks the provider under a key of its own, so that a repeated call is no second charge
    attempt int not null default 0,
    provider text,
    method text,
    reference text,
    decline_reason text,
    action_url text,
    updated_at timestamptz not null,
    constraint payment_pkey primary key (id),
    constraint payment_amount_not_negative check (amount >= 0),
    constraint payment_captured_within check (captured between 0 and amount),
    constraint payment_released_within check (released between 0 and amount - captured),
    constraint payment_refunded_within check (refunded between 0 and captured),
    constraint payment_status_known check (status in
        ('due', 'processing', 'requires_action', 'authorized', 'captured', 'declined', 'voided', 'refunded'))
) partition by range (id);
select store.partition_by_month('payments.payment', 'uuid');
select store.close_to_shops('payments.payment');

-- What each shop has of it, keyed by payment, so that a payment's shares are found without another index.
create table payments.share (
    tenant_id uuid not null,
    payment_id uuid not null,
    amount bigint not null,
    captured bigint not null default 0,
    released bigint not null default 0,
    refunded bigint not null default 0,
    constraint share_pkey primary key (payment_id, tenant_id),
    constraint share_captured_within check (captured between 0 and amount),
    constraint share_released_within check (released between 0 and amount - captured),
    constraint share_refunded_within check (refunded between 0 and captured)
) partition by list (tenant_id);
create table payments.share_pool partition of payments.share default partition by range (payment_id);
select store.partition_by_month('payments.share_pool', 'uuid');
select store.isolate('payments.share');

select store.make_stream('payments');
select store.close_to_shops('payments.event');

-- The sandbox provider's own books: it stands for a company elsewhere, so nothing of ours joins them.
create table payments.sandbox_charge (
    key text not null,
    reference text not null,
    currency char(3) not null,
    amount bigint not null,
    method text not null,
    state text not null,
    captured bigint not null default 0,
    refunded bigint not null default 0,
    return_path text not null,
    created_at timestamptz not null default now(),
    constraint sandbox_charge_pkey primary key (key),
    constraint sandbox_charge_reference unique (reference),
    constraint sandbox_charge_captured_within check (captured between 0 and amount),
    constraint sandbox_charge_refunded_within check (refunded between 0 and captured),
    constraint sandbox_charge_state_known check (state in ('requires_action', 'authorized', 'declined', 'captured', 'voided', 'refunded'))
);

-- What the till sends as one array of rows each (store::rows).
create type payments.new_payment as (id uuid, order_id uuid, currency text, amount bigint, updated_at timestamptz);
create type payments.new_share as (tenant_id uuid, payment_id uuid, amount bigint);
create type payments.new_move as (
    id uuid, status text, name text, payload json, at timestamptz, attempt int, provider text, method text, reference text,
    reason text, url text,
    -- the statuses that it may be in, with commas between them
    allowed text,
    actor json, correlation_id uuid,
    -- what is given back, where that is not all; less than nothing where it came back
    part bigint,
    -- what is captured and released, where it is by shares; less than nothing is released where that is captured after all
    took bigint, freed bigint
);
create type payments.share_move as (tenant_id uuid, payment_id uuid, captured bigint, released bigint, refunded bigint);
