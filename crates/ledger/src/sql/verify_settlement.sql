select format('reversal %s does not mirror entry %s', r.reversed_by, r.entry_id)
  from ledger.reversal r
 where exists (select from (select line, account, tenant_id, currency, amount from ledger.posting where entry_id = r.entry_id) a
                 full join (select line, account, tenant_id, currency, -amount as amount from ledger.posting where entry_id = r.reversed_by) b
                   on b.line = a.line
                where a is distinct from b)
union all
select format('payout %s is %s and its entries say otherwise', p.id, p.state)
  from ledger.payout p
  left join (select e.reference,
                    count(*) filter (where e.kind = 'payout') as made,
                    count(r.entry_id) filter (where e.kind = 'payout') as undone,
                    count(*) filter (where e.kind = 'payout_paid') - count(r.entry_id) filter (where e.kind = 'payout_paid') as paid
               from ledger.entry e
               left join ledger.reversal r on r.entry_id = e.id
              where e.kind in ('payout', 'payout_paid')
              group by e.reference) s on s.reference = p.id
 where coalesce(s.made, 0) <> 1
    or s.undone <> (p.state in ('failed', 'returned'))::int
    or s.paid <> (p.state = 'paid')::int
union all
select format('sale %s owes shop %s what was never held', p.entry_id, p.tenant_id)
  from ledger.posting p
  join ledger.entry e on e.id = p.entry_id
 where e.kind = 'sale' and p.account = 'seller_payable' and p.amount < 0
   and not exists (select from ledger.hold h where h.tenant_id = p.tenant_id and h.entry_id = p.entry_id)
union all
select format('listing fee %s of shop %s is not what its entry says', c.entry_id, c.tenant_id)
  from ledger.listing_charge c
  left join lateral (select coalesce(-sum(p.amount) filter (where p.account = 'listing_revenue'), 0) as fee,
                            coalesce(-sum(p.amount) filter (where p.account = 'tax_payable'), 0) as tax
                       from ledger.posting p
                      where p.entry_id = c.entry_id and p.tenant_id = c.tenant_id and p.currency = c.currency) e on true
 where (c.fee, c.tax) is distinct from (e.fee, e.tax)
limit $1
