-- Addresses of pictures that came with products, until the pictures themselves are here.

create table catalog.picture_address (
    tenant_id uuid not null,
    product_id uuid not null,
    -- SHA-256 of the address
    url_hash bytea not null,
    url text not null,
    alt text not null,
    state text not null default 'waiting',
    -- where the state is `kept`
    image_id uuid,
    attempts int not null default 0,
    -- why the last attempt failed, for people
    failure text,
    due_at timestamptz not null,
    constraint picture_address_pkey primary key (tenant_id, product_id, url_hash),
    constraint picture_address_state_check check (state in ('waiting', 'kept', 'refused')),
    constraint picture_address_kept_check check ((state = 'kept') = (image_id is not null))
) partition by list (tenant_id);
create table catalog.picture_address_pool partition of catalog.picture_address default;
create index picture_address_due on catalog.picture_address (due_at) where state = 'waiting';
select store.isolate('catalog.picture_address');
