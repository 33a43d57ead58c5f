-- What the marketplace charges shops for their sales. Nothing here is ever changed: a rule that no longer suits is ended,
-- and another one made, so that for each sale it can be told which rule held and who made it.

create table ledger.commission_rule (
    id uuid not null,
    -- conditions; null is met by all
    product_id uuid,
    shop_id uuid,
    -- a category's path: met by all below it
    category text,
    plan text,
    currency char(3),
    -- hundredths of a percent of the line's total
    rate_bp int not null,
    -- minor units of the currency, for each unit sold
    fixed bigint not null,
    floor bigint,
    cap bigint,
    -- hundredths of a percent of the commission
    tax_bp int not null,
    valid_from timestamptz not null,
    -- the rule that it took the place of
    replaces uuid,
    note text not null,
    made_by json not null,
    made_at timestamptz not null,
    constraint commission_rule_pkey primary key (id),
    constraint commission_rule_rates_within check (rate_bp between 0 and 10000 and tax_bp between 0 and 10000),
    constraint commission_rule_amounts_within check (fixed >= 0 and floor >= 0 and cap >= coalesce(floor, 0)),
    constraint commission_rule_amounts_have_currency
        check (currency is not null or fixed = 0 and floor is null and cap is null)
);

create table ledger.commission_rule_end (
    rule_id uuid not null,
    valid_to timestamptz not null,
    note text not null,
    ended_by json not null,
    ended_at timestamptz not null,
    constraint commission_rule_end_pkey primary key (rule_id),
    constraint commission_rule_end_rule foreign key (rule_id) references ledger.commission_rule (id)
);

-- One more with every change to rules or plans, so that whoever remembers them knows when to read them again.
create table ledger.commission_version (
    version bigint not null,
    one boolean not null default true,
    constraint commission_version_pkey primary key (one),
    constraint commission_version_one check (one)
);
insert into ledger.commission_version (version) values (1);

create function ledger.refuse_rule_change() returns trigger
language plpgsql as $$
begin
    raise exception 'rules are never changed, only ended' using errcode = 'check_violation', constraint = 'commission_rule_immutable';
end $$;
create trigger commission_rule_immutable before update or delete or truncate on ledger.commission_rule
    for each statement execute function ledger.refuse_rule_change();
create trigger commission_rule_end_immutable before update or delete or truncate on ledger.commission_rule_end
    for each statement execute function ledger.refuse_rule_change();

select store.close_to_shops('ledger.commission_rule');
select store.close_to_shops('ledger.commission_rule_end');
select store.close_to_shops('ledger.commission_version');

-- What the shop has agreed to pay by; rules name it.
alter table ledger.terms add column plan text;

-- Every change to a shop's terms, with the terms as they were after it.
create table ledger.terms_change (
    tenant_id uuid not null,
    id uuid not null,
    terms json not null,
    actor json not null,
    at timestamptz not null,
    constraint terms_change_pkey primary key (tenant_id, id)
) partition by list (tenant_id);
create table ledger.terms_change_pool partition of ledger.terms_change default;
create trigger terms_change_immutable before update or delete or truncate on ledger.terms_change
    for each statement execute function ledger.refuse_rule_change();
select store.isolate('ledger.terms_change');
