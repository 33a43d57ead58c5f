-- What the marketplace keeps of what was sold, and has not given back, is what its books say: commission with the tax on it,
-- and the tax on what was sold where the marketplace owes that. Of a share that is captured as its shop sends, nothing before.
with kept as (
    select s.order_id, s.tenant_id,
           s.commission - s.commission_refunded
               + case when s.tax_by_marketplace then s.tax - s.tax_refunded else 0 end as amount
      from orders.sub_order s
     where s.confirmed_at is not null
       and (s.total = 0
            or not exists (select from checkout.capture c where c.order_id = s.order_id)
            or exists (select from orders.order o
                         join payments.share h on h.payment_id = o.payment_id and h.tenant_id = s.tenant_id
                        where o.id = s.order_id and h.captured > 0))
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
