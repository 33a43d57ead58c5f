-- What the marketplace pays a shop for discounts, less what it took back of it, is what its books say.
with owed as (
    select order_id, tenant_id, funded - funded_refunded as amount, funded
      from orders.sub_order
     where confirmed_at is not null and funded > 0
), posted as (
    select e.reference as order_id, p.tenant_id,
           sum(p.amount)::bigint as amount, coalesce(sum(p.amount) filter (where e.kind = 'sale'), 0)::bigint as sold
      from ledger.posting p
      join ledger.entry e on e.id = p.entry_id
     where p.account = 'promotion_expense' and e.kind in ('sale', 'refund')
     group by e.reference, p.tenant_id
)
select order_id, tenant_id, coalesce(owed.amount, 0)::bigint as owed, coalesce(posted.amount, 0)::bigint as posted
  from owed
  full join posted using (order_id, tenant_id)
 where (coalesce(owed.funded, 0), coalesce(owed.amount, 0)) <> (coalesce(posted.sold, 0), coalesce(posted.amount, 0))
 limit $1
