-- Products' words in other languages than their own, as their sellers write them. What buyers read of it is in the listing.
create table catalog.product_translation (
    tenant_id uuid not null,
    product_id uuid not null,
    -- of the product's own words, if anybody said: a tag of BCP 47
    language text,
    -- by tag, contracts::catalog::Translation
    translations jsonb not null,
    constraint product_translation_pkey primary key (tenant_id, product_id),
    constraint product_translation_product_fkey foreign key (tenant_id, product_id) references catalog.product (tenant_id, id)
) partition by list (tenant_id);
create table catalog.product_translation_pool partition of catalog.product_translation default;
select store.isolate('catalog.product_translation');
