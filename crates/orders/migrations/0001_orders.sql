-- Orders. The stream (orders.event) is the truth; the other tables are written from it in the same transaction, for
-- lists and for sellers, and can be proved equal to it at any time.

select store.make_stream('orders');
select store.close_to_shops('orders.event');

-- One row per order, for the buyer's list and for the clock that ends unpaid orders. Belongs to no shop.
create table orders.order (
    id uuid not null,
    version bigint not null,
    number text not null,
    -- none for guests, who own their order by the secret of their cart
    buyer_id uuid,
    status text not null,
    -- how far its goods are, over its sub-orders
    fulfilment text not null default 'pending',
    cancel_reason text,
    currency text not null,
    total bigint not null,
    -- given back of it so far
    refunded bigint not null default 0,
    sellers int not null,
    units bigint not null,
    payment_id uuid not null,
    placed_at timestamptz not null,
    reserved_until timestamptz not null,
    constraint order_pkey primary key (id),
    constraint order_status_check check (status in ('placed', 'confirmed', 'cancelled')),
    constraint order_cancel_reason_check check ((status = 'cancelled') = (cancel_reason is not null)),
    constraint order_fulfilment_check check (fulfilment in ('pending', 'partly_shipped', 'shipped', 'delivered')),
    constraint order_total_check check (total >= 0 and refunded between 0 and total),
    constraint order_units_check check (units > 0 and sellers > 0)
) partition by range (id);
select store.partition_by_month('orders.order', 'uuid');
create index order_of_buyer on orders.order (buyer_id, id desc) where buyer_id is not null;
create index order_due on orders.order (reserved_until) where status = 'placed';
select store.close_to_shops('orders.order');

-- A seller's share.
create table orders.sub_order (
    tenant_id uuid not null,
    id uuid not null,
    order_id uuid not null,
    number text not null,
    status text not null,
    currency text not null,
    subtotal bigint not null,
    delivery bigint not null,
    total bigint not null,
    -- what the marketplace pays for its discounts, beside the total
    funded bigint not null default 0,
    -- and what it took back of that
    funded_refunded bigint not null default 0,
    -- what promotions took off the delivery; null where nothing was
    delivery_discounts jsonb,
    -- what of the total is tax, what of that went back, and whether the marketplace owes it instead of the shop
    tax bigint not null default 0,
    tax_refunded bigint not null default 0,
    tax_by_marketplace boolean not null default false,
    -- the tax in the delivery; null where none is due
    delivery_tax jsonb,
    -- what the marketplace keeps, frozen at sale
    commission bigint not null,
    -- given back of its total so far
    refunded bigint not null default 0,
    -- and of its commission with it
    commission_refunded bigint not null default 0,
    delivery_code text not null,
    delivery_name text not null,
    placed_at timestamptz not null,
    confirmed_at timestamptz,
    packed_at timestamptz,
    -- with its last parcel
    delivered_at timestamptz,
    cancelled_at timestamptz,
    -- known to the seller from confirmed on, unless it is cancelled
    address jsonb,
    cancel_reason text,
    cancel_note text,
    -- of units, while others are sent
    cancellations jsonb not null default '[]',
    parcels jsonb not null default '[]',
    refunds jsonb not null default '[]',
    returns jsonb not null default '[]',
    -- of these, how many more is expected of
    open_returns int not null default 0,
    -- until when its buyer may ask for one; known once it is delivered
    return_until timestamptz,
    constraint sub_order_pkey primary key (tenant_id, id),
    constraint sub_order_status_check check (status in
        ('placed', 'confirmed', 'packed', 'partly_shipped', 'shipped', 'delivered',
         'return_requested', 'returned', 'cancelled', 'refunded')),
    constraint sub_order_total_check check (subtotal >= 0 and delivery >= 0 and total = subtotal + delivery),
    constraint sub_order_refunded_check check (refunded between 0 and total),
    constraint sub_order_commission_refunded_check check (commission_refunded between 0 and commission),
    constraint sub_order_commission_check check (commission between 0 and total + funded and funded_refunded between 0 and funded),
    constraint sub_order_tax_check check (tax between 0 and total and tax_refunded between 0 and tax),
    constraint sub_order_open_returns_check check (open_returns >= 0),
    constraint sub_order_address_check check ((status in ('placed', 'cancelled')) = (address is null)),
    constraint sub_order_cancelled_check check ((status = 'cancelled') = (cancel_reason is not null))
) partition by list (tenant_id);
create table orders.sub_order_pool partition of orders.sub_order default partition by range (id);
select store.partition_by_month('orders.sub_order_pool', 'uuid');
-- The shop's lists of returns. Sub-orders without any are in neither.
create index sub_order_returning on orders.sub_order (tenant_id, id desc) where open_returns > 0;
create index sub_order_with_returns on orders.sub_order (tenant_id, id desc) where returns <> '[]';
select store.isolate('orders.sub_order');

-- Keyed by sub-order, so that a sub-order's lines are found without another index.
create table orders.line (
    tenant_id uuid not null,
    sub_order_id uuid not null,
    id uuid not null,
    sku_id uuid not null,
    product_id uuid not null,
    title text not null,
    options text not null,
    code text not null,
    quantity bigint not null,
    unit_price bigint not null,
    -- what promotions took off all its units; null where nothing was
    discounts jsonb,
    -- the tax in what is paid for all its units; null where none is due
    tax jsonb,
    -- how its units are made to order: its buyer's answers, surcharges, lead time; null for plain goods
    made jsonb,
    -- its files, on what terms, and when its buyer consented; null for what is sent
    digital jsonb,
    -- units sent, units cancelled by themselves, and minor units given back for the line as such
    shipped bigint not null default 0,
    cancelled bigint not null default 0,
    refunded bigint not null default 0,
    constraint line_pkey primary key (tenant_id, sub_order_id, id),
    constraint line_quantity_check check (quantity > 0),
    constraint line_unit_price_check check (unit_price >= 0),
    constraint line_units_check check (shipped >= 0 and cancelled >= 0 and shipped + cancelled <= quantity),
    -- tax that comes on top of the price is paid and given back as well
    constraint line_refunded_check check (refunded between 0 and quantity * unit_price
        + case when tax ->> 'included' = 'false' then (tax ->> 'amount')::bigint else 0 end)
) partition by list (tenant_id);
create table orders.line_pool partition of orders.line default partition by range (sub_order_id);
select store.partition_by_month('orders.line_pool', 'uuid');
select store.isolate('orders.line');

-- What the till sends as one array of rows each (store::rows).
create type orders.new_order as (
    id uuid, version bigint, number text, buyer_id uuid, status text, currency text, total bigint, sellers int, units bigint,
    payment_id uuid, placed_at timestamptz, reserved_until timestamptz
);
create type orders.new_sub_order as (
    tenant_id uuid, id uuid, order_id uuid, number text, status text, currency text, subtotal bigint, delivery bigint, total bigint,
    funded bigint, delivery_discounts jsonb, commission bigint, delivery_code text, delivery_name text, placed_at timestamptz,
    tax bigint, tax_by_marketplace boolean, delivery_tax jsonb
);
create type orders.new_line as (
    tenant_id uuid, sub_order_id uuid, id uuid, sku_id uuid, product_id uuid, title text, options text, code text, quantity bigint,
    unit_price bigint, discounts jsonb, tax jsonb, made jsonb,
    digital jsonb
);
create type orders.order_update as (
    id uuid, version bigint, status text, fulfilment text, refunded bigint, cancel_reason text, reserved_until timestamptz
);
create type orders.sub_order_update as (
    tenant_id uuid, id uuid, status text, refunded bigint, commission_refunded bigint, confirmed_at timestamptz,
    packed_at timestamptz, delivered_at timestamptz, cancelled_at timestamptz, address jsonb, cancel_reason text, cancel_note text,
    parcels jsonb, refunds jsonb, funded_refunded bigint, returns jsonb, open_returns int, return_until timestamptz, tax_refunded bigint,
    cancellations jsonb
);
create type orders.line_update as (
    tenant_id uuid, sub_order_id uuid, id uuid, shipped bigint, cancelled bigint, refunded bigint
);
