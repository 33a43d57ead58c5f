-- What the marketplace pays a shop for discounts, less what it took back of it, is what its books say. Where shares are captured as
-- shops send, the sale is posted without what was undone before, and nothing is posted of what is not captured.
with owed as (
    select s.order_id, s.tenant_id, s.funded - s.funded_refunded as amount, s.funded, c.order_id is not null as by_share
      from orders.sub_order s
      left join checkout.capture c on c.order_id = s.order_id
     where s.confirmed_at is not null and s.funded > 0
       and (c.order_id is null or s.total = 0
            or exists (select from orders.order o
                         join payments.share h on h.payment_id = o.payment_id and h.tenant_id = s.tenant_id
                        where o.id = s.order_id and h.captured > 0))
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
 where coalesce(owed.amount, 0) <> coalesce(posted.amount, 0)
    or coalesce(owed.funded, 0) <> coalesce(posted.sold, 0) and not coalesce(owed.by_share, false)
 limit $1
