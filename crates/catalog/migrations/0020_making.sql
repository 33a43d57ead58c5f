-- How products are made to order: what their buyers are asked, what that costs, how long it takes. Plain goods have no row.

create table catalog.making (
    tenant_id uuid not null,
    product_id uuid not null,
    making jsonb not null,
    constraint making_pkey primary key (tenant_id, product_id),
    constraint making_product_fkey foreign key (tenant_id, product_id) references catalog.product (tenant_id, id)
) partition by list (tenant_id);
create table catalog.making_pool partition of catalog.making default;
select store.isolate('catalog.making');
