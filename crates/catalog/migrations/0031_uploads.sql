-- Files that are kept before they are read: looked at, checked without writing, then read in the background, from
-- the committed row on after a crash. The bytes lie in object storage.

create table catalog.kept_file (
    tenant_id uuid not null,
    -- also of the upload, once it is started
    id uuid not null,
    file_name text not null,
    sha256 bytea not null,
    bytes bigint not null,
    state text not null default 'draft',
    -- contracts::catalog::uploads::Reading
    reading jsonb not null,
    -- contracts::catalog::uploads::FileCheck, once asked for
    check_result jsonb,
    -- of the file, read so far: for the progress bar
    bytes_read bigint not null default 0,
    created_at timestamptz not null,
    moved_at timestamptz not null,
    constraint kept_file_pkey primary key (tenant_id, id),
    constraint kept_file_state_check check (state in ('draft', 'checking', 'checked', 'started')),
    constraint kept_file_bytes_check check (bytes >= 0 and bytes_read >= 0)
) partition by list (tenant_id);
create table catalog.kept_file_pool partition of catalog.kept_file default;
create index kept_file_content on catalog.kept_file (tenant_id, sha256);
create index kept_file_moved on catalog.kept_file (moved_at);
select store.isolate('catalog.kept_file');

-- What a shop's columns mean, by the hash of the header they stand in.
create table catalog.column_mapping (
    tenant_id uuid not null,
    header_hash bytea not null,
    -- contracts::catalog::uploads::ColumnMeaning
    columns jsonb not null,
    saved_at timestamptz not null,
    constraint column_mapping_pkey primary key (tenant_id, header_hash)
) partition by list (tenant_id);
create table catalog.column_mapping_pool partition of catalog.column_mapping default;
select store.isolate('catalog.column_mapping');
