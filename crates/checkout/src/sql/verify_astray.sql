-- Refunds that did not reach their buyers are owed to them, order by order.
with said as (
    select r.order_id, sum((back ->> 'amount')::bigint)::bigint as amount
      from checkout.refund r
     cross join lateral jsonb_array_elements(r.came_back) as back
     where r.came_back <> '[]'
     group by r.order_id
), owed as (
    select e.reference as order_id, -sum(p.amount)::bigint as amount
      from ledger.entry e
      join ledger.posting p on p.entry_id = e.id and p.account = 'buyer_funds'
     where e.kind in ('refund_came_back', 'refund_again')
     group by e.reference
)
select order_id, coalesce(said.amount, 0) as said, coalesce(owed.amount, 0) as owed
  from said
  full join owed using (order_id)
 where coalesce(said.amount, 0) <> coalesce(owed.amount, 0)
 limit $1
