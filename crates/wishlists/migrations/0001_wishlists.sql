-- Wish lists and what was looked at are their buyer's alone: closed to whoever acts for a shop.

create table wishlists.list (
    buyer_id uuid not null,
    -- by which others read it; null where it is not shared
    token text,
    -- whether what is looked at is kept
    keeps_viewed boolean not null default true,
    constraint list_pkey primary key (buyer_id),
    constraint list_token_key unique (token)
);
select store.close_to_shops('wishlists.list');

create table wishlists.item (
    buyer_id uuid not null,
    product_id uuid not null,
    -- orders what was added at the same moment
    place bigint generated always as identity,
    added_at timestamptz not null,
    -- minor units of what its cheapest variant cost then
    price bigint not null,
    currency char(3) not null,
    constraint item_pkey primary key (buyer_id, product_id)
);
create index item_of_buyer on wishlists.item (buyer_id, place desc);
select store.close_to_shops('wishlists.item');

create table wishlists.viewed (
    buyer_id uuid not null,
    product_id uuid not null,
    -- the same of a later look is greater
    place bigint not null,
    constraint viewed_pkey primary key (buyer_id, product_id)
);
create index viewed_of_buyer on wishlists.viewed (buyer_id, place desc);
create sequence wishlists.viewed_place as bigint;
select store.close_to_shops('wishlists.viewed');
