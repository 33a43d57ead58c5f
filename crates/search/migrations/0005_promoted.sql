-- Listings that shops pay for being put forward, and what a day of it costs.

-- Of each currency the latest holds. Nothing is changed, so what it cost when can always be told.
create table search.promoted_tariff (
    id uuid not null,
    currency char(3) not null,
    -- minor units; 0 ends it
    per_day bigint not null,
    -- hundredths of a percent, on top
    tax_bp int not null,
    note text not null,
    made_by json not null,
    made_at timestamptz not null,
    constraint promoted_tariff_pkey primary key (id),
    constraint promoted_tariff_within check (per_day >= 0 and tax_bp between 0 and 10000)
);
create index promoted_tariff_latest on search.promoted_tariff (currency, id desc);
select store.close_to_shops('search.promoted_tariff');

create table search.promoted_listing (
    tenant_id uuid not null,
    id uuid not null,
    product_id uuid not null,
    -- the tariff as it was when it began
    currency char(3) not null,
    per_day bigint not null,
    tax_bp int not null,
    starts_at timestamptz not null,
    -- the first moment at which it is not put forward any more
    ends_at timestamptz not null,
    stopped_at timestamptz,
    -- days up to here have begun, and are charged or were let off
    begun_until timestamptz not null,
    days_charged int not null,
    made_by json not null,
    constraint promoted_listing_pkey primary key (tenant_id, id),
    constraint promoted_listing_within check (per_day > 0 and starts_at < ends_at and begun_until > starts_at and days_charged >= 0)
) partition by list (tenant_id);
create table search.promoted_listing_pool partition of search.promoted_listing default;
create index promoted_listing_running on search.promoted_listing (ends_at) where stopped_at is null;
select store.isolate('search.promoted_listing');
