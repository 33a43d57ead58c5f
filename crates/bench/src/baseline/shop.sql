-- A shop as it is usually built: the rows that an order of ours writes, in plain tables. Keys are numbers from
-- sequences, smaller than ours; there are no partitions, no row-level security and no triggers: all in its favour.

create table idempotency_key (
    scope text not null,
    key text not null,
    request_hash bytea not null,
    status smallint,
    response json,
    expires_at timestamptz not null,
    primary key (scope, key)
);
create index idempotency_key_expiry on idempotency_key using brin (expires_at);

create table stock (
    sku bigint primary key,
    product bigint not null,
    seller int not null,
    on_hand bigint not null check (on_hand >= 0),
    reserved bigint not null default 0 check (reserved >= 0),
    check (reserved <= on_hand)
) with (fillfactor = 50);
create index stock_product on stock (product);

create table movement (
    id bigint generated always as identity primary key,
    sku bigint not null,
    seller int not null,
    warehouse int not null,
    delta_on_hand bigint not null,
    delta_reserved bigint not null,
    reason text not null check (reason in ('count', 'adjustment', 'hold', 'release', 'sale', 'return')),
    reference bigint,
    note text,
    check (delta_on_hand <> 0 or delta_reserved <> 0)
);

create table reservation (
    order_id bigint not null,
    sku bigint not null,
    seller int not null,
    warehouse int not null,
    quantity bigint not null check (quantity > 0),
    state text not null default 'held' check (state in ('held', 'sold', 'released', 'returned')),
    expires_at timestamptz not null,
    primary key (order_id, sku)
);

create table purchase (
    id bigint generated always as identity primary key,
    -- one order per cart
    cart bigint generated always as identity unique,
    version bigint not null,
    number text not null,
    buyer bigint,
    status text not null check (status in ('placed', 'confirmed', 'cancelled')),
    cancel_reason text,
    currency text not null,
    total bigint not null check (total >= 0),
    sellers int not null,
    units bigint not null,
    payment bigint,
    placed_at timestamptz not null,
    reserved_until timestamptz not null,
    check (units > 0 and sellers > 0)
);
create index purchase_of_buyer on purchase (buyer, id desc) where buyer is not null;
create index purchase_due on purchase (reserved_until) where status = 'placed';

create table sub_order (
    seller int not null,
    id bigint not null,
    order_id bigint not null,
    number text not null,
    status text not null check (status in ('placed', 'confirmed', 'cancelled')),
    currency text not null,
    subtotal bigint not null,
    delivery bigint not null,
    total bigint not null,
    commission bigint not null,
    delivery_code text not null,
    delivery_name text not null,
    placed_at timestamptz not null,
    address jsonb,
    primary key (seller, id),
    check (subtotal >= 0 and delivery >= 0 and total = subtotal + delivery),
    check (commission between 0 and total)
);

create table line (
    seller int not null,
    sub_order_id bigint not null,
    id smallint not null,
    sku bigint not null,
    product bigint not null,
    title text not null,
    options text not null,
    code text not null,
    quantity bigint not null check (quantity > 0),
    unit_price bigint not null check (unit_price >= 0),
    primary key (seller, sub_order_id, id)
);

create table payment (
    id bigint generated always as identity primary key,
    order_id bigint not null,
    currency char(3) not null,
    amount bigint not null check (amount >= 0),
    captured bigint not null default 0,
    refunded bigint not null default 0,
    status text not null default 'due',
    attempt int not null default 0,
    provider text,
    method text,
    reference text,
    updated_at timestamptz not null,
    check (captured between 0 and amount),
    check (refunded between 0 and captured)
);

create table share (
    seller int not null,
    payment_id bigint not null,
    amount bigint not null,
    captured bigint not null default 0,
    refunded bigint not null default 0,
    primary key (payment_id, seller),
    check (captured between 0 and amount)
);

create table stream_event (
    stream_id bigint not null,
    version bigint not null check (version > 0),
    name text not null,
    payload json not null,
    actor json not null,
    correlation_id uuid not null,
    at timestamptz not null,
    primary key (stream_id, version)
);

create table outbox (
    id bigint generated always as identity primary key,
    topic text not null,
    version smallint not null,
    key bigint not null,
    payload json not null,
    actor json not null,
    correlation_id uuid not null,
    at timestamptz not null default now()
);
