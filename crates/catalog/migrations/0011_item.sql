-- Items: the same thing sold by several shops.

-- Which item a GTIN names, for ever; fourteen digits whose last one is right.
create table catalog.item_gtin (
    gtin text not null,
    item_id uuid not null,
    constraint item_gtin_pkey primary key (gtin),
    constraint item_gtin_digits_check check (gtin ~ '^[0-9]{14}$')
);

-- Which item a product is an offer of. Whoever matched by hand is noted; a match by hand is not undone by a GTIN.
create table catalog.item_product (
    product_id uuid not null,
    tenant_id uuid not null,
    item_id uuid not null,
    by_hand boolean not null default false,
    matched_by jsonb,
    matched_at timestamptz not null,
    constraint item_product_pkey primary key (product_id)
);
create index item_product_of_item on catalog.item_product (item_id, product_id);

-- Which of two products of different shops are one item, as a seller sees it, until an operator decides.
create table catalog.item_proposal (
    tenant_id uuid not null,
    product_id uuid not null,
    same_as uuid not null,
    proposed_by jsonb not null,
    proposed_at timestamptz not null,
    constraint item_proposal_pkey primary key (tenant_id, product_id)
) partition by list (tenant_id);
create table catalog.item_proposal_pool partition of catalog.item_proposal default;
create index item_proposal_newest on catalog.item_proposal (proposed_at desc, product_id);
select store.isolate('catalog.item_proposal');

do $$
declare
    own constant text := '(tenant_id = (select nullif(current_setting(''stoa.tenant'', true), '''')::uuid))';
begin
    alter table catalog.item_product enable row level security;
    alter table catalog.item_product force row level security;
    create policy anyone_reads on catalog.item_product for select to stoa_catalog using (true);
    execute format('create policy owner_adds on catalog.item_product for insert to stoa_catalog with check %s', own);
    execute format('create policy owner_changes on catalog.item_product for update to stoa_catalog using %s with check %s', own, own);
    execute format('create policy owner_removes on catalog.item_product for delete to stoa_catalog using %s', own);
    create policy all_tenants on catalog.item_product to stoa_catalog_system using (true) with check (true);
end $$;
