-- What happened to a shop's accounts on closed days and between two moments behind them, by currency and quarter of UTC. A reversal counts as what it
-- reverses, with the other sign.
select m.currency, m.quarter,
       coalesce(sum(m.entries) filter (where m.kind = 'sale'), 0)::bigint as sales,
       coalesce(sum(m.credit) filter (where m.kind = 'sale' and m.account in ('seller_payable', 'commission_revenue', 'tax_payable')), 0)::bigint as sold,
       coalesce(sum(m.entries) filter (where m.kind = 'refund'), 0)::bigint as refunds,
       coalesce(-sum(m.credit) filter (where m.kind = 'refund' and m.account in ('seller_payable', 'commission_revenue', 'tax_payable')), 0)::bigint as refunded,
       coalesce(sum(m.credit) filter (where m.account = 'commission_revenue'), 0)::bigint as commission,
       coalesce(sum(m.credit) filter (where m.account = 'listing_revenue'), 0)::bigint as listing_fees,
       coalesce(sum(m.credit) filter (where m.account = 'tax_payable'), 0)::bigint as tax,
       coalesce(-sum(m.credit) filter (where m.kind = 'payout' and m.account = 'seller_payable'), 0)::bigint as paid_out
  from (select account, currency, -amount as credit, kind, entries, extract(quarter from day)::int as quarter
          from ledger.day_sum
         where tenant_id = $1 and day >= $2 and day < $3
           and account in ('seller_payable', 'commission_revenue', 'listing_revenue', 'tax_payable')
        union all
        select p.account, p.currency, -p.amount, coalesce(o.kind, p.kind),
               -- An entry counts once in each currency, at its first posting.
               (row_number() over (partition by p.entry_id, p.currency order by p.line) = 1)::int,
               extract(quarter from p.at at time zone 'UTC')::int
          from ledger.moved_between($4, $5) p
          left join ledger.entry o on o.id = case p.kind when 'reversal' then p.reference end
         where p.tenant_id = $1
           and p.account in ('seller_payable', 'commission_revenue', 'listing_revenue', 'tax_payable')) m
 group by m.currency, m.quarter
having bool_or(m.kind in ('sale', 'refund', 'payout', 'listing_fee', 'promoted_fee'))
 order by m.currency, m.quarter
