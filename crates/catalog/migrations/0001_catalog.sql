-- The catalogue. Sellers' tables (product, variant, product_version, import ...) are isolated by tenant; what
-- buyers read (category, image, listing, offer) is readable by anyone and writable by its owner only.

-- ---------------------------------------------------------------------------------------------------------
-- Categories: one tree for the whole marketplace. A label of ltree has no dashes, so `wall-art` is `wall_art`.

create table catalog.category (
    id uuid not null,
    path ltree not null,
    slug text not null,
    name text not null,
    name_es text not null default '',
    position int not null default 0,
    -- the upload that made it; none where somebody did by hand
    import_id uuid,
    constraint category_pkey primary key (id),
    constraint category_path_key unique (path),
    constraint category_slug_check check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 64)
);
create index category_tree on catalog.category using gist (path);

-- Categories that an undone upload took away again. Versions of products name them by id; whoever needs one again gets it
-- back under that id, as it was.
create table catalog.category_removed (
    category_id uuid not null,
    path ltree not null,
    name text not null,
    name_es text not null,
    position int not null,
    -- the one that its removal is noted under
    version bigint not null,
    constraint category_removed_pkey primary key (category_id)
);
create index category_removed_path on catalog.category_removed (path);

-- ---------------------------------------------------------------------------------------------------------
-- Pictures, by content: the same bytes are one picture, whoever uploads them.

create table catalog.image (
    id uuid not null,
    sha256 bytea not null,
    -- file name of the largest size, in object storage and below /media
    name text not null,
    width int not null,
    height int not null,
    bytes bigint not null,
    created_at timestamptz not null,
    constraint image_pkey primary key (id),
    constraint image_sha256_key unique (sha256),
    constraint image_size_check check (width > 0 and height > 0 and bytes > 0)
);

-- ---------------------------------------------------------------------------------------------------------
-- Products. `key` is the seller's own and makes uploads repeatable; `content_hash` is of what the last upload
-- said, null after a change by hand, so that the next upload is compared in full.
-- There is no foreign key to category: the lock that each check would take on a popular category makes uploads of
-- different shops wait for each other. Whoever removes categories waits for those who write products instead, and
-- whoever writes products looks whether their categories are still there (store/category_removal.rs).

create table catalog.product (
    tenant_id uuid not null,
    id uuid not null,
    key text not null,
    slug text not null,
    title text not null,
    -- as the seller wrote it
    description text not null,
    -- sanitised, as buyers get it
    description_html text not null,
    brand text not null,
    category_id uuid,
    attributes jsonb not null,
    tags jsonb not null,
    tax_category text not null default 'standard',
    images jsonb not null,
    -- pictures known by address only, to be fetched
    image_addresses jsonb not null,
    status text not null,
    version bigint not null,
    content_hash bytea,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz,
    constraint product_pkey primary key (tenant_id, id),
    constraint product_key_key unique (tenant_id, key),
    constraint product_status_check check (status in ('draft', 'active', 'inactive', 'archived')),
    constraint product_tax_category_check check (tax_category ~ '^[a-z][a-z0-9_]{1,39}$'),
    constraint product_version_check check (version > 0)
) partition by list (tenant_id);
create table catalog.product_pool partition of catalog.product default;
-- Counts by status, and lists of one.
create index product_of_status on catalog.product (tenant_id, status, id) where deleted_at is null;
-- Whether anything lies in a category, whoever sells it.
create index product_in_category on catalog.product (category_id) where deleted_at is null;
select store.isolate('catalog.product');

create table catalog.variant (
    tenant_id uuid not null,
    sku uuid not null,
    product_id uuid not null,
    position int not null,
    code text not null,
    options jsonb not null,
    price_minor bigint not null,
    compare_at_minor bigint,
    currency text not null,
    weight_g bigint not null,
    gtin text,
    -- units the seller last said to have; inventory knows what is there
    stock_given bigint,
    removed_at timestamptz,
    constraint variant_pkey primary key (tenant_id, sku),
    constraint variant_product_fkey foreign key (tenant_id, product_id) references catalog.product (tenant_id, id),
    constraint variant_price_check check (price_minor >= 0),
    constraint variant_compare_at_check check (compare_at_minor >= 0),
    constraint variant_weight_check check (weight_g >= 0),
    constraint variant_stock_check check (stock_given >= 0),
    constraint variant_currency_check check (currency ~ '^[A-Z]{3}$')
) partition by list (tenant_id);
create table catalog.variant_pool partition of catalog.variant default;
create unique index variant_code_key on catalog.variant (tenant_id, code) where removed_at is null;
create index variant_product on catalog.variant (tenant_id, product_id);
select store.isolate('catalog.variant');

-- Every change: who, when, and for each changed field what it was and what it became. Any version is the
-- present one with the later changes taken back.
create table catalog.product_version (
    tenant_id uuid not null,
    product_id uuid not null,
    version bigint not null,
    at timestamptz not null,
    actor jsonb not null,
    change jsonb not null,
    constraint product_version_pkey primary key (tenant_id, product_id, version)
) partition by list (tenant_id);
create table catalog.product_version_pool partition of catalog.product_version default;
select store.isolate('catalog.product_version');

create function catalog.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% only grows', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger product_version_only_grows before update or delete on catalog.product_version
    for each row execute function catalog.refuse_change();

-- Counts given with products, until inventory has them: written with the product, removed when inventory has
-- answered, so that a crash between the two forgets nothing. A count may be passed on more than once, and late: its
-- number, drawn while the shop is locked, tells inventory which of two is the later one.
create sequence catalog.stock_statement as bigint;
create table catalog.stock_to_count (
    tenant_id uuid not null,
    sku uuid not null,
    product_id uuid not null,
    on_hand bigint not null,
    number bigint not null,
    -- when somebody passes it on who did not write it, unless inventory has answered by then
    due_at timestamptz not null,
    constraint stock_to_count_pkey primary key (tenant_id, sku)
) partition by list (tenant_id);
create table catalog.stock_to_count_pool partition of catalog.stock_to_count default;
create index stock_to_count_due on catalog.stock_to_count (due_at);
select store.isolate('catalog.stock_to_count');

-- ---------------------------------------------------------------------------------------------------------
-- What buyers read. Written in the transaction of the change.

create table catalog.listing (
    product_id uuid not null,
    tenant_id uuid not null,
    status text not null,
    created_at timestamptz not null,
    -- contracts::catalog::Listing, in the very bytes it was written in: nothing looks into it here
    document json not null,
    constraint listing_pkey primary key (product_id)
);
create index listing_newest on catalog.listing (created_at desc, product_id desc) where status = 'active';
create index listing_of_shop on catalog.listing (tenant_id, product_id);
create index listing_newest_of_shop on catalog.listing (tenant_id, created_at desc, product_id desc) where status = 'active';

-- Which product a SKU belongs to: for ever. Whether it is in stock follows inventory's events.
create table catalog.offer (
    sku uuid not null,
    product_id uuid not null,
    tenant_id uuid not null,
    in_stock boolean not null default false,
    constraint offer_pkey primary key (sku)
);
create index offer_of_product on catalog.offer (product_id);

do $$
declare
    name text;
    own constant text := '(tenant_id = (select nullif(current_setting(''stoa.tenant'', true), '''')::uuid))';
begin
    foreach name in array array['listing', 'offer'] loop
        execute format('alter table catalog.%I enable row level security', name);
        execute format('alter table catalog.%I force row level security', name);
        execute format('create policy anyone_reads on catalog.%I for select to stoa_catalog using (true)', name);
        execute format('create policy owner_adds on catalog.%I for insert to stoa_catalog with check %s', name, own);
        execute format('create policy owner_changes on catalog.%I for update to stoa_catalog using %s with check %s', name, own, own);
        execute format('create policy owner_removes on catalog.%I for delete to stoa_catalog using %s', name, own);
        execute format('create policy all_tenants on catalog.%I to stoa_catalog_system using (true) with check (true)', name);
    end loop;
end $$;

-- Documents compress several times faster with lz4; a server built without it keeps its default.
do $$ begin
    alter table catalog.listing alter column document set compression lz4;
    alter table catalog.product alter column attributes set compression lz4;
    alter table catalog.product_pool alter column attributes set compression lz4;
    alter table catalog.product_pool alter column description set compression lz4;
    alter table catalog.product_pool alter column description_html set compression lz4;
exception when feature_not_supported then null; end $$;

-- ---------------------------------------------------------------------------------------------------------
-- Uploads. `rows_done` moves in the transaction of the rows it counts.

create table catalog.import (
    tenant_id uuid not null,
    id uuid not null,
    file_name text not null,
    -- of the file's beginning and the options, where the file can be read again
    fingerprint bytea,
    format text not null,
    state text not null,
    rows_done bigint not null default 0,
    rows_failed bigint not null default 0,
    created bigint not null default 0,
    updated bigint not null default 0,
    unchanged bigint not null default 0,
    -- why it broke off, for people
    failure text,
    started_at timestamptz not null,
    moved_at timestamptz not null,
    finished_at timestamptz,
    constraint import_pkey primary key (tenant_id, id),
    constraint import_state_check check (state in ('running', 'finished', 'failed'))
) partition by list (tenant_id);
create table catalog.import_pool partition of catalog.import default;
select store.isolate('catalog.import');

-- The first errors of an upload, in order; import.rows_failed counts them all.
create table catalog.import_error (
    tenant_id uuid not null,
    import_id uuid not null,
    position bigint not null,
    row_number bigint not null,
    column_name text not null,
    code text not null,
    message text not null,
    constraint import_error_pkey primary key (tenant_id, import_id, position),
    constraint import_error_import_fkey foreign key (tenant_id, import_id) references catalog.import (tenant_id, id)
) partition by list (tenant_id);
create table catalog.import_error_pool partition of catalog.import_error default;
select store.isolate('catalog.import_error');
