-- Versions know what caused them, and uploads can be undone as a whole.

-- What brought a version about, where it was not somebody's own hand: {"kind": "upload", "import": ...},
-- {"kind": "undo", "import": ...}, {"kind": "restore", "version": ...}, {"kind": "schedule", "change": ...}.
alter table catalog.product_version add column cause jsonb;
-- The upload that wrote it.
alter table catalog.product_version add column import_id uuid;
create index product_version_of_import on catalog.product_version (tenant_id, import_id, product_id) where import_id is not null;

-- The undoing of an upload: how far it got, so that it goes on where it was broken off. Products are taken in the order of
-- their ids; `after` moves in the transaction of the products it counts.
create table catalog.import_undo (
    tenant_id uuid not null,
    import_id uuid not null,
    actor jsonb not null,
    after uuid,
    -- products that the upload created and that are gone
    deleted bigint not null default 0,
    -- products that are what they were before it
    restored bigint not null default 0,
    started_at timestamptz not null,
    finished_at timestamptz,
    constraint import_undo_pkey primary key (tenant_id, import_id),
    constraint import_undo_import_fkey foreign key (tenant_id, import_id) references catalog.import (tenant_id, id)
) partition by list (tenant_id);
create table catalog.import_undo_pool partition of catalog.import_undo default;
select store.isolate('catalog.import_undo');

-- Products that were left as they are, and why.
create table catalog.import_undo_skip (
    tenant_id uuid not null,
    import_id uuid not null,
    product_id uuid not null,
    title text not null,
    code text not null,
    reason text not null,
    constraint import_undo_skip_pkey primary key (tenant_id, import_id, product_id),
    constraint import_undo_skip_undo_fkey foreign key (tenant_id, import_id) references catalog.import_undo (tenant_id, import_id)
) partition by list (tenant_id);
create table catalog.import_undo_skip_pool partition of catalog.import_undo_skip default;
select store.isolate('catalog.import_undo_skip');
