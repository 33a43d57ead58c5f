-- What takes something off a price. A promotion is never changed, only ended, so that it can always be told by what an
-- order was discounted. One of a shop belongs to it; one of the marketplace belongs to no shop, and no shop sees it.

create table promotions.promotion (
    id uuid not null,
    -- whose it is, and who pays for it; null is the marketplace
    tenant_id uuid,
    name text not null,
    -- null where no coupon is needed
    code text,
    -- {"percent": 1000}, {"fixed": 500}, {"buy_get": {"buy": 2, "get": 1, "rate": 10000}}, "free_delivery"
    benefit jsonb not null,
    -- conditions; null and empty are met by all
    shop_id uuid,
    category text,
    products uuid[] not null,
    least bigint,
    currency char(3),
    -- the most that it takes off one order, in minor units
    most bigint,
    -- limits; null is none. Minor units of the currency, orders, orders of one buyer
    budget bigint,
    uses_max bigint,
    uses_per_buyer bigint,
    starts_at timestamptz not null,
    -- the first moment at which it does not hold any more
    ends_at timestamptz,
    note text not null,
    made_by json not null,
    made_at timestamptz not null,
    ended_by json,
    ended_at timestamptz,
    end_note text,
    constraint promotion_pkey primary key (id),
    constraint promotion_code_check check (code ~ '^[A-Z0-9-]{3,24}$'),
    constraint promotion_limits_check check (budget > 0 and uses_max > 0 and uses_per_buyer > 0 and least > 0 and most > 0),
    constraint promotion_amounts_have_currency check (currency is not null or (budget is null and least is null and most is null)),
    constraint promotion_shop_is_its_own check (tenant_id is null or shop_id is null),
    constraint promotion_end_check check ((ended_by is null) = (ended_at is null) and (ended_at is null or ends_at is not null))
);
create index promotion_of_tenant on promotions.promotion (tenant_id, id desc);
create index promotion_of_marketplace on promotions.promotion (id desc) where tenant_id is null;
select store.isolate('promotions.promotion');

-- How much of a promotion is used. Apart from it, because every order that uses it writes this and nothing else.
create table promotions.tally (
    promotion_id uuid not null,
    tenant_id uuid,
    uses bigint not null default 0,
    -- minor units of what was taken off
    spent bigint not null default 0,
    constraint tally_pkey primary key (promotion_id),
    constraint tally_not_below_zero check (uses >= 0 and spent >= 0)
);
select store.isolate('promotions.tally');

-- Which orders use it, and for whom. Of an order that was cancelled or expired it is given back.
create table promotions.redemption (
    promotion_id uuid not null,
    order_id uuid not null,
    -- a buyer, or the hash of a guest's e-mail address
    buyer text not null,
    amount bigint not null,
    at timestamptz not null,
    released_at timestamptz,
    constraint redemption_pkey primary key (promotion_id, order_id),
    constraint redemption_amount_check check (amount > 0)
);
create index redemption_of_buyer on promotions.redemption (promotion_id, buyer) where released_at is null;
select store.close_to_shops('promotions.redemption');

-- One more with every promotion made or ended, so that whoever remembers them knows when to read them again.
create table promotions.version (
    version bigint not null,
    one boolean not null default true,
    constraint version_pkey primary key (one),
    constraint version_one check (one)
);
insert into promotions.version (version) values (1);
