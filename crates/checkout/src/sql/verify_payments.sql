select order_id, payment_id, problem
  from (select o.id as order_id, o.payment_id,
               case
                   when p.id is null then 'does not exist'
                   when p.order_id <> o.id then 'belongs to another order'
                   when p.amount <> o.total or p.currency <> o.currency then 'is not over the total of the order'
                   when coalesce(s.amount, 0) <> o.total then 'is not shared out in full'
                   when s.shares <> o.sellers then 'is not shared among the sellers'
                   when o.status = 'placed' and p.status in ('captured', 'voided', 'refunded')
                     -- where shares are captured as shops send, it is authorized meanwhile, and voided where nothing was captured
                     or o.status = 'confirmed' and p.status not in ('captured', 'refunded')
                        and not (c.order_id is not null and p.status in ('authorized', 'voided'))
                     or o.status = 'cancelled' and p.status not in ('captured', 'voided', 'refunded')
                        and not (c.order_id is not null and p.status = 'authorized')
                       then 'is ' || p.status || ' while the order is ' || o.status
               end as problem
          from orders.order o
          left join payments.payment p on p.id = o.payment_id
          left join checkout.capture c on c.order_id = o.id
          left join (select payment_id, sum(amount)::bigint as amount, count(*) as shares
                       from payments.share
                      group by payment_id) s on s.payment_id = o.payment_id) checked
 where problem is not null
 limit $1
