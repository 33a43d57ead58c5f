-- Changes whose time has not come, and what became of those whose time has. A job of each applies it; the state moves in the
-- transaction of the change, so that it is applied once.
create table catalog.scheduled_change (
    tenant_id uuid not null,
    id uuid not null,
    product_id uuid not null,
    at timestamptz not null,
    change jsonb not null,
    actor jsonb not null,
    asked_at timestamptz not null,
    state text not null,
    -- when it was applied, failed or was cancelled
    decided_at timestamptz,
    -- the version it made, or the one that said so already
    version bigint,
    failure_code text,
    failure text,
    constraint scheduled_change_pkey primary key (tenant_id, id),
    constraint scheduled_change_product_fkey foreign key (tenant_id, product_id) references catalog.product (tenant_id, id),
    constraint scheduled_change_state_check check (state in ('waiting', 'applied', 'failed', 'cancelled'))
) partition by list (tenant_id);
create table catalog.scheduled_change_pool partition of catalog.scheduled_change default;
create index scheduled_change_of_product on catalog.scheduled_change (tenant_id, product_id, id desc);
select store.isolate('catalog.scheduled_change');
