-- What is in stock. A level is what lies in one warehouse; a movement is one change of it, and the levels equal
-- the sum of their movements at all times; a reservation is stock held for one order.

create table inventory.warehouse (
    tenant_id uuid not null,
    -- the default warehouse carries its shop's id
    id uuid not null,
    code text not null,
    name text not null,
    -- lower is emptied first
    priority smallint not null default 0,
    -- ISO 3166-1 alpha-2 and ISO 3166-2; null where the shop has not said where it stands
    country text,
    region text,
    postcode text,
    town text,
    -- what sending a parcel from here costs, in minor units of the shop's currency
    parcel_cost bigint not null default 0,
    -- closed: it takes nothing in any more
    closed_at timestamptz,
    constraint warehouse_pkey primary key (tenant_id, id),
    constraint warehouse_code_key unique (tenant_id, code),
    constraint warehouse_parcel_cost_check check (parcel_cost >= 0),
    constraint warehouse_main_check check (closed_at is null or id <> tenant_id)
) partition by list (tenant_id);
create table inventory.warehouse_pool partition of inventory.warehouse default;
select store.isolate('inventory.warehouse');

-- By which rule a shop's orders are sent from its warehouses; shops without a row empty them in order of preference.
create table inventory.routing (
    tenant_id uuid not null,
    rule text not null,
    constraint routing_pkey primary key (tenant_id),
    constraint routing_rule_check check (rule in ('preference', 'nearest', 'cheapest', 'fewest_parcels'))
) partition by list (tenant_id);
create table inventory.routing_pool partition of inventory.routing default;
select store.isolate('inventory.routing');

create table inventory.level (
    tenant_id uuid not null,
    sku_id uuid not null,
    warehouse_id uuid not null,
    product_id uuid not null,
    on_hand bigint not null,
    reserved bigint not null,
    -- on its way here: transfers under way, purchases ordered
    incoming bigint not null default 0,
    -- The SKU runs low when fewer are available over all warehouses, and is then ordered up to so many. What its level
    -- in the default warehouse says holds; every SKU that is stocked anywhere has one.
    low_below bigint not null default 5,
    order_up_to bigint,
    -- the number of the last statement of stock that was applied; one that comes again, or too late, is not
    stated bigint not null default 0,
    constraint level_pkey primary key (tenant_id, sku_id, warehouse_id),
    constraint level_on_hand_check check (on_hand >= 0),
    constraint level_reserved_check check (reserved >= 0 and reserved <= on_hand),
    constraint level_incoming_check check (incoming >= 0),
    constraint level_low_below_check check (low_below >= 0 and order_up_to >= low_below)
) partition by list (tenant_id);
-- Half of each page stays free: a level changes with every order of its SKU, and changes that find room on the
-- page touch no index.
create table inventory.level_pool partition of inventory.level default with (fillfactor = 50);
create index level_sku on inventory.level (sku_id);
create index level_product on inventory.level (product_id);
select store.isolate('inventory.level');

create table inventory.movement (
    tenant_id uuid not null,
    id uuid not null,
    sku_id uuid not null,
    warehouse_id uuid not null,
    delta_on_hand bigint not null,
    delta_reserved bigint not null,
    delta_incoming bigint not null default 0,
    reason text not null,
    -- the order, the return of some of its units, the inbound delivery or the stock feed that caused it
    reference uuid,
    -- the seller's words, for movements that a seller caused
    note text,
    constraint movement_pkey primary key (tenant_id, id),
    constraint movement_reason_check check (reason in (
        'count', 'adjustment', 'hold', 'release', 'sale', 'return', 'dispatched', 'expected', 'received', 'not_received',
        'reconciliation')),
    constraint movement_moves_check check (delta_on_hand <> 0 or delta_reserved <> 0 or delta_incoming <> 0)
) partition by list (tenant_id);
create table inventory.movement_pool partition of inventory.movement default partition by range (id);
select store.partition_by_month('inventory.movement_pool', 'uuid');
select store.isolate('inventory.movement');

create function inventory.refuse_rewriting() returns trigger
language plpgsql as $$
begin
    raise exception 'a movement is never changed or deleted; write the opposite one'
        using errcode = 'restrict_violation', constraint = 'movement_append_only';
end $$;
create trigger movement_append_only before update or delete on inventory.movement
    for each row execute function inventory.refuse_rewriting();

-- Keyed by order, so that an order's holds are found without another index. When a hold is due is known to its
-- order, which ends as a whole.
create table inventory.reservation (
    tenant_id uuid not null,
    order_id uuid not null,
    id uuid not null,
    sku_id uuid not null,
    warehouse_id uuid not null,
    quantity bigint not null,
    -- of what was sold, units that are back on the shelf
    returned bigint not null default 0,
    state text not null default 'held',
    expires_at timestamptz not null,
    constraint reservation_pkey primary key (tenant_id, order_id, id),
    constraint reservation_quantity_check check (quantity > 0 and returned between 0 and quantity),
    constraint reservation_state_check check (state in ('held', 'sold', 'released', 'returned'))
) partition by list (tenant_id);
create table inventory.reservation_pool partition of inventory.reservation default partition by range (order_id);
select store.partition_by_month('inventory.reservation_pool', 'uuid');
select store.isolate('inventory.reservation');

-- How a shop with several warehouses chooses between one of them and its default one, as the till reads it beside a
-- locked level. Not asked for levels of the default warehouse: shops that have no other pay nothing for it.
create function inventory.route(shop uuid, warehouse uuid) returns jsonb
language sql stable as $$
    select jsonb_build_object(
               'rule', coalesce(r.rule, 'preference'),
               'is_closed', w.closed_at is not null,
               'here', jsonb_build_object('priority', w.priority, 'country', w.country, 'region', w.region, 'parcel_cost', w.parcel_cost),
               'main', jsonb_build_object('priority', m.priority, 'country', m.country, 'region', m.region, 'parcel_cost', m.parcel_cost))
      from inventory.warehouse w
      join inventory.warehouse m on m.tenant_id = w.tenant_id and m.id = w.tenant_id
      left join inventory.routing r on r.tenant_id = w.tenant_id
     where w.tenant_id = shop and w.id = warehouse
$$;

-- What the till sends as one array of rows each (store::rows).
create type inventory.delta as (
    tenant_id uuid, sku_id uuid, warehouse_id uuid, on_hand bigint, reserved bigint, incoming bigint
);
create type inventory.new_movement as (
    tenant_id uuid, id uuid, sku_id uuid, warehouse_id uuid, delta_on_hand bigint, delta_reserved bigint, delta_incoming bigint,
    reason text, reference uuid, note text
);
create type inventory.new_hold as (
    tenant_id uuid, order_id uuid, id uuid, sku_id uuid, warehouse_id uuid, quantity bigint, expires_at timestamptz
);
create type inventory.settled as (tenant_id uuid, order_id uuid, id uuid, state text, returned bigint);
