-- What the marketplace keeps of what was sold, and has not given back, is what its books say: commission with the tax on it,
-- and the tax on what was sold where the marketplace owes that.
with kept as (
    select order_id, tenant_id,
           commission - commission_refunded
               + case when tax_by_marketplace then tax - tax_refunded else 0 end as amount
      from orders.sub_order
     where confirmed_at is not null
), posted as (
    select e.reference as order_id, p.tenant_id, -sum(p.amount)::bigint as amount
      from ledger.posting p
      join ledger.entry e on e.id = p.entry_id
     where p.account in ('commission_revenue', 'tax_payable') and e.kind in ('sale', 'refund')
     group by e.reference, p.tenant_id
)
select order_id, tenant_id, coalesce(kept.amount, 0)::bigint as kept, coalesce(posted.amount, 0)::bigint as posted
  from kept
  full join posted using (order_id, tenant_id)
 where coalesce(kept.amount, 0) <> coalesce(posted.amount, 0)
 limit $1
