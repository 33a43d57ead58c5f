-- What a warehouse says it has, compared with what we say it has. Lines that agree are counted and not kept.
create table inventory.feed (
    tenant_id uuid not null,
    id uuid not null,
    warehouse_id uuid not null,
    file_name text not null,
    created_at timestamptz not null,
    -- of the file, without its header
    rows bigint not null,
    failed bigint not null,
    matching bigint not null,
    differing bigint not null,
    unknown bigint not null,
    missing bigint not null,
    -- the first of what could not be read: row, column, code, message
    errors jsonb not null,
    constraint feed_pkey primary key (tenant_id, id)
) partition by list (tenant_id);
create table inventory.feed_pool partition of inventory.feed default;
select store.isolate('inventory.feed');

create table inventory.feed_line (
    tenant_id uuid not null,
    feed_id uuid not null,
    position bigint not null,
    kind text not null,
    -- of the file; null for what it does not name
    row bigint,
    code text not null,
    sku_id uuid,
    product_id uuid,
    -- units when the file was read; null where the SKU is none of ours
    ours bigint,
    -- units by the file; null for what it does not name
    theirs bigint,
    adjusted_at timestamptz,
    constraint feed_line_pkey primary key (tenant_id, feed_id, position),
    constraint feed_line_kind_check check (
        kind = 'differs' and sku_id is not null and ours is not null and theirs is not null and row is not null
     or kind = 'unknown' and sku_id is null and ours is null and theirs is not null and row is not null
     or kind = 'missing' and sku_id is not null and ours is not null and theirs is null and row is null),
    constraint feed_line_adjusted_check check (adjusted_at is null or sku_id is not null)
) partition by list (tenant_id);
create table inventory.feed_line_pool partition of inventory.feed_line default;
select store.isolate('inventory.feed_line');
