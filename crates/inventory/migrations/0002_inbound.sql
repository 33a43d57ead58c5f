-- Goods on their way to a warehouse: transfers from another one of the shop's, and purchases from a supplier. What is on
-- its way is in the levels' `incoming`, and every step is a movement that refers to the inbound delivery.
create table inventory.inbound (
    tenant_id uuid not null,
    id uuid not null,
    kind text not null,
    warehouse_id uuid not null,
    -- the warehouse that sent it; of transfers
    source_id uuid,
    -- of purchases
    supplier text,
    expected_on date,
    note text,
    state text not null default 'under_way',
    created_at timestamptz not null,
    ended_at timestamptz,
    constraint inbound_pkey primary key (tenant_id, id),
    constraint inbound_kind_check check (
        kind = 'transfer' and source_id is not null and supplier is null and source_id <> warehouse_id
     or kind = 'purchase' and source_id is null and supplier is not null),
    -- closed: ended with units that never came
    constraint inbound_state_check check (state in ('under_way', 'received', 'closed')),
    constraint inbound_ended_check check ((state = 'under_way') = (ended_at is null))
) partition by list (tenant_id);
create table inventory.inbound_pool partition of inventory.inbound default;
create index inbound_under_way on inventory.inbound (tenant_id, warehouse_id) where state = 'under_way';
select store.isolate('inventory.inbound');

create table inventory.inbound_line (
    tenant_id uuid not null,
    inbound_id uuid not null,
    sku_id uuid not null,
    product_id uuid not null,
    expected bigint not null,
    received bigint not null default 0,
    -- known not to come
    missing bigint not null default 0,
    constraint inbound_line_pkey primary key (tenant_id, inbound_id, sku_id),
    constraint inbound_line_units_check check (
        expected > 0 and received >= 0 and missing >= 0 and received + missing <= expected)
) partition by list (tenant_id);
create table inventory.inbound_line_pool partition of inventory.inbound_line default;
select store.isolate('inventory.inbound_line');
