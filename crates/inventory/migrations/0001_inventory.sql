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
    constraint warehouse_pkey primary key (tenant_id, id),
    constraint warehouse_code_key unique (tenant_id, code)
) partition by list (tenant_id);
create table inventory.warehouse_pool partition of inventory.warehouse default;
select store.isolate('inventory.warehouse');

create table inventory.level (
    tenant_id uuid not null,
    sku_id uuid not null,
    warehouse_id uuid not null,
    product_id uuid not null,
    -- the warehouse's, copied so that the till locks and reads one table
    priority smallint not null default 0,
    on_hand bigint not null,
    reserved bigint not null,
    -- the number of the last statement of stock that was applied; one that comes again, or too late, is not
    stated bigint not null default 0,
    constraint level_pkey primary key (tenant_id, sku_id, warehouse_id),
    constraint level_on_hand_check check (on_hand >= 0),
    constraint level_reserved_check check (reserved >= 0 and reserved <= on_hand)
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
    reason text not null,
    -- the order, for movements that an order caused
    reference uuid,
    -- the seller's words, for movements that a seller caused
    note text,
    constraint movement_pkey primary key (tenant_id, id),
    constraint movement_reason_check check (reason in ('count', 'adjustment', 'hold', 'release', 'sale', 'return')),
    constraint movement_moves_check check (delta_on_hand <> 0 or delta_reserved <> 0)
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
    state text not null default 'held',
    expires_at timestamptz not null,
    constraint reservation_pkey primary key (tenant_id, order_id, id),
    constraint reservation_quantity_check check (quantity > 0),
    constraint reservation_state_check check (state in ('held', 'sold', 'released', 'returned'))
) partition by list (tenant_id);
create table inventory.reservation_pool partition of inventory.reservation default partition by range (order_id);
select store.partition_by_month('inventory.reservation_pool', 'uuid');
select store.isolate('inventory.reservation');
