-- Prices over time: sales with a period, quantity breaks, and what was asked when.

alter table catalog.variant
    -- contracts::catalog::Sale
    add column sale jsonb,
    -- contracts::catalog::QuantityBreak, in rising order
    add column breaks jsonb not null default '[]';

-- What one unit of a variant cost buyers from a moment on. Written with the listing that buyers read, as far as the future is
-- known: a sale's beginning and end stand here ahead, and the next change takes away those that did not come.
create table catalog.price_point (
    tenant_id uuid not null,
    sku uuid not null,
    at timestamptz not null,
    price_minor bigint not null,
    currency text not null,
    constraint price_point_pkey primary key (tenant_id, sku, at),
    constraint price_point_price_check check (price_minor >= 0),
    constraint price_point_currency_check check (currency ~ '^[A-Z]{3}$')
) partition by list (tenant_id);
create table catalog.price_point_pool partition of catalog.price_point default;
select store.isolate('catalog.price_point');

-- Products of which a sale begins or ends at a moment to come. A job of each moment tells the log of them.
create table catalog.price_due (
    tenant_id uuid not null,
    at timestamptz not null,
    product_id uuid not null,
    constraint price_due_pkey primary key (tenant_id, at, product_id)
) partition by list (tenant_id);
create table catalog.price_due_pool partition of catalog.price_due default;
select store.isolate('catalog.price_due');
