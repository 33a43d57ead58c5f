-- Files that buyers download, and which products they belong to. What was bought stays to be downloaded, whatever became of
-- its product: a file goes when no product has named it for a while and nobody who bought it may download it any more.

create table catalog.file (
    tenant_id uuid not null,
    id uuid not null,
    name text not null,
    bytes bigint not null,
    sha256 bytea not null,
    created_at timestamptz not null,
    -- when the last who bought it may download it no more; null while nobody did
    sold_until timestamptz,
    -- since when no product names it; null while one does
    spare_since timestamptz,
    constraint file_pkey primary key (tenant_id, id),
    constraint file_bytes_check check (bytes > 0)
) partition by list (tenant_id);
create table catalog.file_pool partition of catalog.file default;
create index file_of_content on catalog.file (tenant_id, sha256);
create index file_spare on catalog.file (spare_since) where spare_since is not null;
select store.isolate('catalog.file');

-- Products that are sent have no row.
create table catalog.digital (
    tenant_id uuid not null,
    product_id uuid not null,
    digital jsonb not null,
    constraint digital_pkey primary key (tenant_id, product_id),
    constraint digital_product_fkey foreign key (tenant_id, product_id) references catalog.product (tenant_id, id)
) partition by list (tenant_id);
create table catalog.digital_pool partition of catalog.digital default;
select store.isolate('catalog.digital');
