-- Parcels that labels were asked for, and what their carriers tell of them.

create table shipping.shipment (
    tenant_id uuid not null,
    -- the parcel's as well
    id uuid not null,
    order_id uuid not null,
    sub_order_id uuid not null,
    number text not null,
    -- the return whose goods are sent again
    return_id uuid,
    lines jsonb not null,
    carrier text not null,
    service text not null,
    weight_g int not null,
    sender jsonb not null,
    recipient jsonb not null,
    state text not null,
    tracking text,
    reason text,
    eta timestamptz,
    created_at timestamptz not null,
    -- when the carrier is to be asked what became of the booking; none once it has answered
    ask_at timestamptz,
    asked int not null default 0,
    constraint shipment_pkey primary key (tenant_id, id),
    constraint shipment_state_check check (state in ('requested', 'refused', 'booked', 'accepted', 'in_transit',
        'out_for_delivery', 'attempted', 'exception', 'delivered', 'returned')),
    constraint shipment_tracking_check check ((state in ('requested', 'refused')) = (tracking is null)),
    constraint shipment_reason_check check ((state = 'refused') = (reason is not null)),
    constraint shipment_ask_check check ((state = 'requested') = (ask_at is not null)),
    constraint shipment_weight_check check (weight_g > 0)
) partition by list (tenant_id);
create table shipping.shipment_pool partition of shipping.shipment default;
create index shipment_of_order on shipping.shipment (order_id);
create index shipment_of_sub_order on shipping.shipment (tenant_id, sub_order_id);
create index shipment_to_ask on shipping.shipment (ask_at) where ask_at is not null;
select store.isolate('shipping.shipment');

-- Under which number a carrier knows a shipment: carriers name nothing else, and shops never look here.
create table shipping.tracking (
    carrier text not null,
    number text not null,
    shop_id uuid not null,
    shipment_id uuid not null,
    constraint tracking_pkey primary key (carrier, number),
    constraint tracking_of_shipment unique (shop_id, shipment_id)
);
select store.close_to_shops('shipping.tracking');

-- What a carrier told, as often and in whatever order it did. Never changed.
create table shipping.tracking_event (
    tenant_id uuid not null,
    shipment_id uuid not null,
    -- the carrier's
    id text not null,
    kind text not null,
    -- the carrier's time, and ours
    at timestamptz not null,
    received_at timestamptz not null,
    place text not null,
    note text not null,
    proof jsonb,
    constraint tracking_event_pkey primary key (tenant_id, shipment_id, id),
    constraint tracking_event_kind_check check (kind in ('accepted', 'in_transit', 'out_for_delivery', 'attempted',
        'exception', 'delivered', 'returned'))
) partition by list (tenant_id);
create table shipping.tracking_event_pool partition of shipping.tracking_event default;
select store.isolate('shipping.tracking_event');

-- The sandbox carrier's own books, where nothing of ours reads them.
create table shipping.sandbox_booking (
    -- the sender's key: the same key is the same parcel
    key text not null,
    booking jsonb not null,
    serial bigint generated always as identity,
    eta timestamptz not null,
    constraint sandbox_booking_pkey primary key (key)
);
select store.close_to_shops('shipping.sandbox_booking');

-- What it has yet to tell its customers.
create table shipping.sandbox_news (
    id text not null,
    body jsonb not null,
    -- how often it is still to be sent: a carrier may send the same message several times
    copies int not null,
    tries int not null default 0,
    due_at timestamptz not null,
    constraint sandbox_news_pkey primary key (id)
);
create index sandbox_news_due on shipping.sandbox_news (due_at);
select store.close_to_shops('shipping.sandbox_news');
