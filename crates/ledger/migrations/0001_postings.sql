-- A journal entry and its postings. An account is named by (account, tenant, currency); it needs no row of its own,
-- so a new shop or currency costs nothing and no account row is ever a hot spot.

create table ledger.entry (
    id uuid not null,
    -- what happened: sale, refund, payout ...
    kind text not null,
    -- what it happened to: an order, a sub-order, a payout
    reference uuid not null,
    at timestamptz not null,
    constraint entry_pkey primary key (id)
) partition by range (id);
select store.partition_by_month('ledger.entry', 'uuid');
-- An order has one sale, whose id follows from the order's, or one for each take of its charge; and any number of refunds.
create index entry_of_refund on ledger.entry (reference) where kind = 'refund';

create table ledger.posting (
    entry_id uuid not null,
    line smallint not null,
    account text not null,
    -- the shop, for accounts that are kept per shop
    tenant_id uuid,
    currency char(3) not null,
    -- debit positive, credit negative, in minor units
    amount bigint not null,
    constraint posting_pkey primary key (entry_id, line),
    constraint posting_amount_not_zero check (amount <> 0),
    constraint posting_account_known check (account in
        ('provider_clearing', 'buyer_funds', 'seller_payable', 'seller_reserve', 'commission_revenue', 'tax_payable', 'promotion_expense', 'bank',
         'payout_clearing', 'provider_fees', 'listing_revenue', 'gift_cards_outstanding', 'store_credit_outstanding',
         'goodwill_expense'))
) partition by range (entry_id);
select store.partition_by_month('ledger.posting', 'uuid');
create index posting_of_tenant on ledger.posting (tenant_id, account, currency) where tenant_id is not null;
select store.isolate('ledger.posting');

-- The database refuses what does not balance: all postings of an entry come in one statement and sum to zero in
-- each currency. One check per statement, not per row.
create function ledger.refuse_unbalanced() returns trigger
language plpgsql as $$
declare
    odd record;
begin
    select entry_id, currency, sum(amount) as off into odd
      from posted group by entry_id, currency having sum(amount) <> 0 limit 1;
    if found then
        raise exception 'entry % is off by % %', odd.entry_id, odd.off, odd.currency
            using errcode = 'check_violation', constraint = 'posting_balanced';
    end if;
    return null;
end $$;
create trigger posting_balanced after insert on ledger.posting
    referencing new table as posted for each statement execute function ledger.refuse_unbalanced();

-- What was posted stays posted: corrections are entries of their own.
create function ledger.refuse_change() returns trigger
language plpgsql as $$
begin
    raise exception 'postings are never changed, only reversed' using errcode = 'check_violation', constraint = 'posting_immutable';
end $$;
create trigger posting_immutable before update or delete or truncate on ledger.posting
    for each statement execute function ledger.refuse_change();
create trigger entry_immutable before update or delete or truncate on ledger.entry
    for each statement execute function ledger.refuse_change();
select store.guard_partitions('ledger.posting');
select store.guard_partitions('ledger.entry');

-- What the till sends as one array of rows each (store::rows).
create type ledger.new_entry as (id uuid, kind text, reference uuid, at timestamptz);
create type ledger.new_posting as (
    entry_id uuid, line smallint, account text, tenant_id uuid, currency text, amount bigint,
    -- the hold that it begins, if it does, and when what is sold for arrived, if it did before
    hold_id uuid, delivered_at timestamptz
);
