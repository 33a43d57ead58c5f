-- What shops pay for having products listed. Rules are never changed, only ended; what was charged is a row and an entry.

create table ledger.listing_rule (
    id uuid not null,
    -- conditions; null is met by all. A shop is charged in its own currency, by rules of that.
    shop_id uuid,
    plan text,
    currency char(3) not null,
    -- minor units, for each listed product
    fee bigint not null,
    -- hundredths of a percent of the fee
    tax_bp int not null,
    -- for how long a product stays listed for it; null: for ever
    period_days int,
    valid_from timestamptz not null,
    note text not null,
    made_by json not null,
    made_at timestamptz not null,
    constraint listing_rule_pkey primary key (id),
    constraint listing_rule_within check (fee >= 0 and tax_bp between 0 and 10000 and period_days between 1 and 366)
);

create table ledger.listing_rule_end (
    rule_id uuid not null,
    valid_to timestamptz not null,
    note text not null,
    ended_by json not null,
    ended_at timestamptz not null,
    constraint listing_rule_end_pkey primary key (rule_id),
    constraint listing_rule_end_rule foreign key (rule_id) references ledger.listing_rule (id)
);
create trigger listing_rule_immutable before update or delete or truncate on ledger.listing_rule
    for each statement execute function ledger.refuse_rule_change();
create trigger listing_rule_end_immutable before update or delete or truncate on ledger.listing_rule_end
    for each statement execute function ledger.refuse_rule_change();
select store.close_to_shops('ledger.listing_rule');
select store.close_to_shops('ledger.listing_rule_end');

-- Products that are for sale or were, as the catalogue tells.
create table ledger.listing (
    tenant_id uuid not null,
    product_id uuid not null,
    is_listed boolean not null,
    -- from when on nothing is paid for it; null: it is paid for ever
    due_at timestamptz,
    constraint listing_pkey primary key (tenant_id, product_id)
) partition by list (tenant_id);
create table ledger.listing_pool partition of ledger.listing default;
create index listing_due on ledger.listing (tenant_id, due_at) where is_listed and due_at is not null;
select store.isolate('ledger.listing');

create table ledger.listing_charge (
    tenant_id uuid not null,
    entry_id uuid not null,
    product_id uuid not null,
    rule_id uuid not null,
    currency char(3) not null,
    fee bigint not null,
    tax bigint not null,
    -- the time that it pays for; without an end: for ever
    paid_from timestamptz not null,
    paid_until timestamptz,
    at timestamptz not null,
    constraint listing_charge_pkey primary key (tenant_id, entry_id),
    constraint listing_charge_once unique (tenant_id, product_id, paid_from),
    constraint listing_charge_positive check (fee > 0 and tax >= 0)
) partition by list (tenant_id);
create table ledger.listing_charge_pool partition of ledger.listing_charge default;
create trigger listing_charge_immutable before update or delete or truncate on ledger.listing_charge
    for each statement execute function ledger.refuse_change();
select store.isolate('ledger.listing_charge');
