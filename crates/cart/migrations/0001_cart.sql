-- A cart is read and written as a whole, so it is one row: its lines are a document within it. Two devices that
-- write at once meet in the version.

create table cart.cart (
    id uuid not null,
    -- whose it is: a guest by the hash of the secret in their cookie, or a user
    guest_hash bytea,
    user_id uuid,
    currency char(3) not null,
    version bigint not null,
    -- [{sku, tenant, quantity, price_seen: {amount, currency}}], with {line, answers} where it is made to order
    lines jsonb not null,
    -- coupons, each once
    codes text[] not null default '{}',
    ordered boolean not null default false,
    updated_at timestamptz not null,
    constraint cart_pkey primary key (id),
    constraint cart_has_one_owner check ((guest_hash is null) <> (user_id is null))
);
create unique index cart_open_of_user on cart.cart (user_id) where user_id is not null and not ordered;
create unique index cart_open_of_guest on cart.cart (guest_hash) where guest_hash is not null and not ordered;
create index cart_idle on cart.cart (updated_at) where not ordered;
