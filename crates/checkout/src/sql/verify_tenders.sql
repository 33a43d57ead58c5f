-- What gift cards and store credit pay of an order is set aside while it is placed, spent once it is paid, and let go when
-- it ends unpaid; what went back to them is what its refunds say, and of each no more than it paid.
with said as (
    select h.stream_id as order_id, (t ->> 'purse')::uuid as purse_id, (t ->> 'amount')::bigint as amount,
           case when exists (select from orders.event c where c.stream_id = h.stream_id and c.name = 'confirmed') then 'spent'
                when o.status = 'placed' then 'held'
                else 'released'
           end as state
      from orders.event h
      join orders.order o on o.id = h.stream_id
     cross join lateral jsonb_array_elements(coalesce(h.payload::jsonb -> 'placed' -> 'tenders', '[]')) as t
     where h.name = 'placed'
), back as (
    select r.order_id, r.id as refund_id, (t ->> 'purse')::uuid as purse_id, (t ->> 'amount')::bigint as amount, r.goes_to
      from checkout.refund r
     cross join lateral jsonb_array_elements(r.tenders) as t
     where r.status = 'refunded' or r.came_back <> '[]'
), wrong as (
    select order_id, format('purse %s is to have %s %s of it, %s %s is', purse_id, coalesce(s.amount, 0), s.state,
                            coalesce(h.amount, 0), h.state) as problem
      from said s
      full join ledger.purse_hold h using (order_id, purse_id)
     where (s.amount, s.state) is distinct from (h.amount, h.state)
    union all
    select order_id, format('refund %s puts %s on purse %s, which got %s', refund_id, coalesce(b.amount, 0), purse_id,
                            coalesce(m.amount, 0))
      from back b
      full join (select order_id, refund_id, purse_id, amount from ledger.purse_movement where kind = 'given_back') m
                using (order_id, refund_id, purse_id)
     where b.amount is distinct from m.amount
    union all
    select b.order_id, format('purse %s paid %s of it and got %s back', b.purse_id, coalesce(s.amount, 0), b.amount)
      from (select order_id, purse_id, sum(amount)::bigint as amount
              from back where goes_to = 'origin' group by order_id, purse_id) b
      left join said s on s.order_id = b.order_id and s.purse_id = b.purse_id
     where b.amount > coalesce(s.amount, 0)
)
select order_id, problem from wrong limit $1
