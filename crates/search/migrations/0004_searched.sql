-- What people search for, and what came of it: kept for three months. Nobody is named. Who searched is a hash with the salt of its day,
-- which is thrown away two days later, and only of those who are signed in.

create table search.salt (
    day date not null,
    salt bytea not null,
    constraint salt_pkey primary key (day)
);
select store.close_to_shops('search.salt');

-- A search with words, on its first page.
create table search.searched (
    id uuid not null,
    at timestamptz not null,
    -- in small letters, blanks single
    words text not null,
    language text,
    -- what was filtered by
    filters jsonb not null,
    results bigint not null,
    visitor bytea,
    constraint searched_pkey primary key (id),
    constraint searched_results_check check (results >= 0)
);
create index searched_at on search.searched (at);
create index searched_by on search.searched (visitor) where visitor is not null;
select store.close_to_shops('search.searched');

create table search.clicked (
    search_id uuid not null,
    product_id uuid not null,
    -- from 1, over all pages
    position int not null,
    at timestamptz not null,
    -- into which it was put then; forgotten after two days
    cart_id uuid,
    constraint clicked_pkey primary key (search_id, product_id),
    constraint clicked_position_check check (position >= 1)
);
create index clicked_at on search.clicked (at);
create index clicked_cart on search.clicked (cart_id) where cart_id is not null;
select store.close_to_shops('search.clicked');

-- Orders of what was found and clicked within a day before.
create table search.ordered (
    search_id uuid not null,
    product_id uuid not null,
    order_id uuid not null,
    at timestamptz not null,
    constraint ordered_pkey primary key (search_id, product_id, order_id)
);
create index ordered_at on search.ordered (at);
select store.close_to_shops('search.ordered');
