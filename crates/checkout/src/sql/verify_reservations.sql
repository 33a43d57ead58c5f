-- An order that expired and was opened again has released reservations beside those that count now.
select b.order_id as "order_id!", b.status as "status!", b.sku_id as "sku_id!", b.bought as "bought!",
       coalesce(r."right", 0) as "right!", coalesce(r.wrong, 0) as "wrong!"
  from (select o.id as order_id, o.status, l.tenant_id, l.sku_id, sum(l.quantity)::bigint as bought
          from orders.order o
          join orders.sub_order s on s.order_id = o.id
          join orders.line l on l.tenant_id = s.tenant_id and l.sub_order_id = s.id
         group by o.id, o.status, l.tenant_id, l.sku_id) b
  left join (select r.tenant_id, r.order_id, r.sku_id,
                    sum(r.quantity) filter (where
                        o.status = 'placed' and r.state = 'held'
                     or o.status = 'confirmed' and r.state = 'sold'
                     or o.status = 'cancelled' and r.state in ('released', 'returned'))::bigint as "right",
                    sum(r.quantity) filter (where
                        o.status = 'placed' and r.state in ('sold', 'returned')
                     or o.status = 'confirmed' and r.state in ('held', 'returned')
                     or o.status = 'cancelled' and r.state in ('held', 'sold'))::bigint as wrong
               from inventory.reservation r
               join orders.order o on o.id = r.order_id
              group by r.tenant_id, r.order_id, r.sku_id) r
         on r.tenant_id = b.tenant_id and r.order_id = b.order_id and r.sku_id = b.sku_id
 where coalesce(r.wrong, 0) <> 0
    or (coalesce(r."right", 0) <> b.bought
        and not (b.status = 'cancelled' and r."right" > b.bought and r."right" % b.bought = 0))
 limit $1
