-- What the till itself must remember. Orders, stock, payments and postings live in their contexts' schemas.

-- The one order that was placed from a cart. Whoever inserts first has it; a second one waits for the first one's
-- commit and then finds the cart taken.
create table checkout.cart_claim (
    cart_id uuid not null,
    order_id uuid not null,
    constraint cart_claim_pkey primary key (cart_id)
) partition by range (cart_id);
select store.partition_by_month('checkout.cart_claim', 'uuid');

-- Where the payment of an order stands between the till and the provider. Written with the order locked; only the
-- lease of a payment that is being driven is also renewed without.
create table checkout.saga (
    order_id uuid not null,
    -- one more with every write
    version bigint not null,
    -- one more with every means of payment that was tried; part of the key under which the provider knows the charge
    attempt int not null,
    method text not null,
    return_path text not null,
    step jsonb not null,
    -- how often the step was tried in vain
    tries int not null,
    -- when to go on; null where there is nothing to do but to wait for the buyer's next attempt
    due_at timestamptz,
    -- somebody is at it until then, so that nobody else need be
    lease_until timestamptz,
    -- [{at, step, outcome}]
    history jsonb not null,
    -- when the money of this attempt is captured: at once, or by shares as shops send (checkout.capture)
    capture text not null default 'at_once',
    constraint saga_pkey primary key (order_id),
    constraint saga_attempt_check check (attempt > 0),
    constraint saga_version_check check (version > 0),
    constraint saga_capture_known check (capture in ('at_once', 'on_dispatch'))
) partition by range (order_id);
select store.partition_by_month('checkout.saga', 'uuid');
create index saga_due on checkout.saga (due_at) where due_at is not null;

-- What the till sends as one array of rows (store::rows).
create type checkout.saga_row as (
    order_id uuid, version bigint, attempt int, method text, return_path text, step jsonb, tries int, due_at timestamptz,
    lease_until timestamptz, history jsonb, capture text
);
