-- What happened to a shop's accounts between two moments, by currency and quarter of UTC. A reversal counts as what it
-- reverses, with the other sign.
select m.currency, m.quarter,
       count(distinct m.entry) filter (where m.kind = 'sale') as sales,
       coalesce(sum(m.credit) filter (where m.kind = 'sale' and m.account in ('seller_payable', 'commission_revenue', 'tax_payable')), 0)::bigint as sold,
       count(distinct m.entry) filter (where m.kind = 'refund') as refunds,
       coalesce(-sum(m.credit) filter (where m.kind = 'refund' and m.account in ('seller_payable', 'commission_revenue', 'tax_payable')), 0)::bigint as refunded,
       coalesce(sum(m.credit) filter (where m.account = 'commission_revenue'), 0)::bigint as commission,
       coalesce(sum(m.credit) filter (where m.account = 'listing_revenue'), 0)::bigint as listing_fees,
       coalesce(sum(m.credit) filter (where m.account = 'tax_payable'), 0)::bigint as tax,
       coalesce(-sum(m.credit) filter (where m.kind = 'payout' and m.account = 'seller_payable'), 0)::bigint as paid_out
  from (select e.id as entry, p.account, p.currency, -p.amount as credit, coalesce(o.kind, e.kind) as kind,
               extract(quarter from e.at at time zone 'UTC')::int as quarter
          from ledger.posting p
          join ledger.entry e on e.id = p.entry_id
          left join ledger.entry o on e.kind = 'reversal' and o.id = e.reference
         where p.tenant_id = $1 and e.at >= $2 and e.at < $3
           and p.account in ('seller_payable', 'commission_revenue', 'listing_revenue', 'tax_payable')) m
 group by m.currency, m.quarter
having bool_or(m.kind in ('sale', 'refund', 'payout', 'listing_fee', 'promoted_fee'))
 order by m.currency, m.quarter
