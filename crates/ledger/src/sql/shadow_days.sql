-- Sums of the closed days from their postings, written apart from `ledger.sum_days` and `ledger.moved_between`, by which the live
-- ones come to be: that one of them is wrong is to show.
with posted as materialized (
    select (e.at at time zone 'UTC')::date as day, p.tenant_id, p.account, p.currency, coalesce(o.kind, e.kind) as kind,
           e.kind = 'reversal' as is_reversal, p.amount,
           p.line = min(p.line) filter (where p.account in ('seller_payable', 'commission_revenue', 'listing_revenue', 'tax_payable'))
                        over (partition by p.entry_id, p.tenant_id, p.currency) as is_counted
      from ledger.entry e
      join ledger.posting p on p.entry_id = e.id
      left join ledger.entry o on e.kind = 'reversal' and o.id = e.reference
     where e.at < (select closed_before::timestamp at time zone 'UTC' from ledger.closed)
), of_shops as (
    insert into shadow_day_sum (tenant_id, account, currency, day, kind, is_reversal, amount, postings, entries)
    select tenant_id, account, currency, day, kind, is_reversal, sum(amount), count(*), count(*) filter (where is_counted)
      from posted
     where tenant_id is not null
     group by tenant_id, account, currency, day, kind, is_reversal
), of_all as (
    insert into shadow_day_total (day, account, currency, kind, is_reversal, amount, postings)
    select day, account, currency, kind, is_reversal, sum(amount), count(*)
      from posted
     group by day, account, currency, kind, is_reversal
)
select count(*) as postings, count(distinct day) as days from posted
