-- What is looked at before buyers see it.

-- The marketplace's rules: one row. At first nothing is held back.
create table catalog.moderation_rules (
    one boolean not null default true,
    -- products of shops that are new wait
    holds_new_shops boolean not null default false,
    -- a shop is new until so many of its products have been seen by buyers, or until it is trusted
    approved_min int not null default 5,
    -- a price that moves by more than this waits
    price_percent int,
    -- words and phrases, as the operator wrote them
    words jsonb not null default '[]',
    version bigint not null default 1,
    constraint moderation_rules_pkey primary key (one),
    constraint moderation_rules_one_check check (one),
    constraint moderation_rules_approved_check check (approved_min between 1 and 10000),
    constraint moderation_rules_price_check check (price_percent between 1 and 1000)
);
insert into catalog.moderation_rules default values;

-- Shops that are new no more, because the operator says so.
create table catalog.trusted_shop (
    tenant_id uuid not null,
    at timestamptz not null,
    actor jsonb not null,
    constraint trusted_shop_pkey primary key (tenant_id)
);
select store.isolate('catalog.trusted_shop');

-- What waited, waits or was refused. A product waits once.
create table catalog.moderation (
    tenant_id uuid not null,
    id uuid not null,
    product_id uuid not null,
    title text not null,
    -- whether buyers have seen the product before
    is_new boolean not null,
    -- the version that waits
    version bigint not null,
    reasons jsonb not null,
    actor jsonb not null,
    at timestamptz not null,
    state text not null,
    decided_by jsonb,
    decided_at timestamptz,
    -- what the seller is told
    note text not null default '',
    constraint moderation_pkey primary key (tenant_id, id),
    constraint moderation_state_check check (state in ('waiting', 'approved', 'rejected', 'withdrawn'))
) partition by list (tenant_id);
create table catalog.moderation_pool partition of catalog.moderation default;
create unique index moderation_waiting on catalog.moderation (tenant_id, product_id) where state = 'waiting';
create index moderation_queue on catalog.moderation (id) where state = 'waiting';
create index moderation_queue_of_kind on catalog.moderation (is_new, id) where state = 'waiting';
create index moderation_queue_of_shop on catalog.moderation (tenant_id, id) where state = 'waiting';
select store.isolate('catalog.moderation');

-- Products whose present state buyers do not see: it waits, or was refused. The document is the listing as its seller has it;
-- `catalog.listing` has the one that buyers saw last, or one that is not for sale.
create table catalog.held (
    tenant_id uuid not null,
    product_id uuid not null,
    moderation_id uuid not null,
    document json not null,
    constraint held_pkey primary key (tenant_id, product_id)
) partition by list (tenant_id);
create table catalog.held_pool partition of catalog.held default;
select store.isolate('catalog.held');

-- What buyers saw last of products that are not for sale at present: what they are compared with when they come back.
create table catalog.last_shown (
    tenant_id uuid not null,
    product_id uuid not null,
    document json not null,
    constraint last_shown_pkey primary key (tenant_id, product_id)
) partition by list (tenant_id);
create table catalog.last_shown_pool partition of catalog.last_shown default;
select store.isolate('catalog.last_shown');
